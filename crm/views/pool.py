"""培育库: who is in, and firms entering and leaving by the dozen, from any filtered list of firms."""

from dataclasses import dataclass
from math import ceil
from typing import Self
from urllib.parse import parse_qsl

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from forms.pool import EnterForm, LeaveForm
from models import clock, pool
from models.base import db
from models.errors import Refused
from models.firm.editing import may_change
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.firm.record import Firm
from models.pool import PoolMember, PoolType
from models.title import TitleType

bp = Blueprint("pool", __name__, url_prefix="/pool")
PAGE_SIZE = 50


@dataclass(frozen=True)
class Chosen:
    """The firms of a bulk action: those ticked, or all of the filtered list; only those the person may see."""

    ticked: list[int]
    back: str
    everything: bool

    @classmethod
    def of_request(cls) -> Self:
        """What the list posted."""
        ids = [int(value) for value in request.form.getlist("id") if value.isascii() and value.isdigit()]
        everything = request.form.get("everything") == "1" or not ids
        return cls(ids, request.form.get("back", "")[:2000], everything)

    @property
    def listing(self) -> Listing:
        """The list it came from."""
        return Listing(g.user, FirmFilter.parse(dict(parse_qsl(self.back))), clock.today())

    def firm_ids(self) -> list[int]:
        """The ids of the firms."""
        return self.listing.ids(None if self.everything else self.ticked)

    def changeable_ids(self) -> list[int]:
        """The ids of those firms that the person may also change."""
        ids = self.firm_ids()
        if "firms.assign" in g.user.permissions:
            return ids
        return [firm.id for firm in Firm.list_by_ids(ids) if may_change(g.user, firm)]


@bp.get("/")
@needs("firms.view")
def index() -> str:
    """Members of each pool, now or of all times."""
    kinds = PoolType.list_all()
    chosen = request.args.get("type", type=int) or (kinds[0].id if kinds else 0)
    past = request.args.get("past") == "1"
    number = max(request.args.get("page", 1, type=int), 1)
    today = clock.today()
    counts = PoolMember.counts_for(g.user, today)
    total = PoolMember.count_for(g.user, chosen, today, past=past)
    pages = max(1, ceil(total / PAGE_SIZE))
    members = PoolMember.list_for(g.user, chosen, today, past=past, page=min(number, pages), size=PAGE_SIZE)
    return render_template("pool/index.html", kinds=kinds, chosen=chosen, past=past, counts=counts, members=members,
                           total=total, number=min(number, pages), pages=pages)  # fmt: skip


@bp.route("/enter", methods=["GET", "POST"])
@needs("pool.edit")
def enter() -> str | Response:
    """Firms enter a pool: first a POST from the list shows the form, then the form acts."""
    if request.method == "GET":
        return redirect(url_for("firms.index"))
    chosen = Chosen.of_request()
    form = EnterForm(PoolType.list_active(), TitleType.list_all(), clock.today())
    if "type_id" in request.form and form.validate():
        kind, ids = PoolType.get(form.type_id.data), chosen.changeable_ids()
        number = pool.enter(
            ids, kind, form.on.data or clock.today(), plan_year=form.plan_year.data,
            target_type_id=form.target_type_id.data or None, reason=form.reason.data or "", owner_id=g.user.id,
        )  # fmt: skip
        db.session.commit()
        flash(
            f"{number} 家进入{kind.name}"
            + (f"；{len(ids) - number} 家本来就在库" if number < len(ids) else "")
            + _left(chosen, ids)
        )
        return redirect(url_for(".index", type=kind.id))
    return render_template("pool/enter.html", form=form, chosen=chosen, count=len(chosen.firm_ids()),
                           all_count=chosen.listing.count())  # fmt: skip


@bp.route("/leave", methods=["GET", "POST"])
@needs("pool.edit")
def leave() -> str | Response:
    """Firms leave a pool, in the same two steps."""
    if request.method == "GET":
        return redirect(url_for("firms.index"))
    chosen = Chosen.of_request()
    form = LeaveForm(PoolType.list_active(), clock.today())
    if "type_id" in request.form and form.validate():
        kind, ids = PoolType.get(form.type_id.data), chosen.changeable_ids()
        try:
            number = pool.leave(ids, kind, form.on.data or clock.today(), form.reason.data or "")
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
        else:
            flash(
                f"{number} 家离开{kind.name}"
                + (f"；{len(ids) - number} 家本来不在库" if number < len(ids) else "")
                + _left(chosen, ids)
            )
            return redirect(url_for(".index", type=kind.id, past=1))
    return render_template("pool/leave.html", form=form, chosen=chosen, count=len(chosen.firm_ids()),
                           all_count=chosen.listing.count())  # fmt: skip


def _left(chosen: Chosen, ids: list[int]) -> str:
    """How many of the chosen firms somebody else looks after, and so were left alone."""
    left = len(chosen.firm_ids()) - len(ids)
    return f"；{left} 家不由您联系，没有动" if left else ""
