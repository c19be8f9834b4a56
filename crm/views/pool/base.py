"""What the pages of pools share."""

from collections.abc import Sequence

from flask import Blueprint, g, request

from crm.assessing.gaps import Gap, gaps_of
from models import clock
from models.pool import PoolType
from models.pool.filters import PoolFilter
from models.pool.listing import Line, PoolListing
from models.rule_book import shelf

bp = Blueprint("pool", __name__, url_prefix="/pool")
PAGE_SIZE = 50


def listing(kinds: Sequence[PoolType]) -> PoolListing:
    """The list the address asks for: of its kind of pool, or of the first one."""
    first = next((kind.id for kind in kinds if kind.active), kinds[0].id if kinds else 0)
    found = PoolListing(g.user, PoolFilter.parse(request.args, first), clock.today())
    found.__dict__["kinds"] = list(kinds)
    return found


def gaps(lines: Sequence[Line]) -> dict[int, Gap]:
    """What each firm of these lines lacks for its target today, by stay; nothing for a stay that is over."""
    aims = {
        one.member.firm_id: one.member.target.key
        for one in lines
        if one.member.target is not None and one.member.to_on is None
    }
    found = gaps_of(aims, clock.today(), shelf())
    return {one.member.id: found[one.member.firm_id] for one in lines if one.member.firm_id in found}
