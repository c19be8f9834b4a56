"""Firms enter and leave pools by the dozen, from any filtered list of firms; members change by the dozen, from the
list of a pool: a POST from the list shows the form, then the form acts."""

from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.pool.base import bp
from forms.pool import EnterForm, LeaveForm, ManyExitForm, ManyNextForm, ManyOwnerForm, list_owners
from models import clock, pool
from models.base import db
from models.errors import NotFound, Refused
from models.firm.editing import may_change
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.firm.record import Firm
from models.pool import PoolExit, PoolMember, PoolType, moving
from models.pool.filters import PoolFilter
from models.pool.listing import PoolListing
from models.title import TitleType


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


@bp.route("/enter", methods=["GET", "POST"])
@needs("pool.edit")
def enter() -> str | Response:
    """Firms enter a pool: first a POST from the list shows the form, then the form acts."""
    if request.method == "GET":
        return redirect(url_for("firms.index"))
    chosen = Chosen.of_request()
    form = EnterForm(PoolType.list_active(), TitleType.list_all(), list_owners(), clock.today(), g.user.id)
    if "type_id" in request.form and form.validate():
        kind, ids = PoolType.get(form.type_id.data), chosen.changeable_ids()
        number = pool.enter(
            ids, kind, form.on.data or clock.today(), g.user, plan_year=form.plan_year.data,
            target_type_id=form.target_type_id.data or None, reason=form.reason.data or "",
            owner_id=form.owner_id.data or None, batch=form.batch.data or "",
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
    form = LeaveForm(PoolType.list_active(), PoolExit.list_active(), clock.today())
    if "type_id" in request.form and form.validate():
        kind, ids = PoolType.get(form.type_id.data), chosen.changeable_ids()
        try:
            reason = PoolExit.get(form.exit_id.data)
            number = pool.leave(ids, kind, form.on.data or clock.today(), reason, form.reason.data or "")
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
            return redirect(url_for(".index", type=kind.id, state="out"))
    return render_template("pool/leave.html", form=form, chosen=chosen, count=len(chosen.firm_ids()),
                           all_count=chosen.listing.count())  # fmt: skip


def _left(chosen: Chosen, ids: list[int]) -> str:
    """How many of the chosen firms somebody else looks after, and so were left alone."""
    left = len(chosen.firm_ids()) - len(ids)
    return f"；{left} 家不由您联系，没有动" if left else ""


@dataclass(frozen=True)
class ChosenMembers:
    """The stays of a bulk action: those ticked, or all of the filtered list; only those the person may see."""

    ticked: list[int]
    back: str
    everything: bool
    listing: PoolListing

    @classmethod
    def of_request(cls) -> Self:
        """What the list posted."""
        ids = [int(value) for value in request.form.getlist("id") if value.isascii() and value.isdigit()]
        back = request.form.get("back", "")[:2000]
        listing = PoolListing(g.user, PoolFilter.parse(dict(parse_qsl(back))), clock.today())
        return cls(ids, back, request.form.get("everything") == "1" or not ids, listing)

    def members(self) -> list[PoolMember]:
        """The stays."""
        return [line.member for line in self.listing.rows(None if self.everything else self.ticked)]


@bp.post("/many/<doing>")
@needs("pool.edit")
def many(doing: str) -> str | Response | tuple[str, int]:
    """The chosen members get an owner or a next step, or leave."""
    chosen = ChosenMembers.of_request()
    members = chosen.members()
    mine = [member for member in members if member.may_change(g.user)]
    form, heading = _form(doing)
    back = url_for(".index") + (f"?{chosen.back}" if chosen.back else "")
    sent = request.form.get("sent") == doing
    if sent and form.validate():
        try:
            for member in mine:
                _do(doing, form, member)
            db.session.commit()
            left = len(members) - len(mine)
            flash(f"{heading}：{len(mine)} 家" + (f"；{left} 家不由您负责，没有动" if left else ""), "success")
            return redirect(back)
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            members = chosen.members()
    page = render_template("pool/many.html", form=form, chosen=chosen, count=len(members), heading=heading, doing=doing,
                           back=back, all_count=chosen.listing.counts()[chosen.listing.filter.state])  # fmt: skip
    return page, 422 if sent else 200


def _form(doing: str) -> tuple[Any, str]:
    if doing == "owner":
        return ManyOwnerForm(list_owners()), "指定负责人"
    if doing == "next":
        return ManyNextForm(), "定下一步"
    if doing == "exit":
        return ManyExitForm(PoolExit.list_active(), clock.today()), "出库"
    raise NotFound


def _do(doing: str, form: Any, member: PoolMember) -> None:
    if doing == "owner":
        member.owner_id = form.owner_id.data or None
    elif doing == "next":
        moving.set_next(member, moving.Next(form.next_step.data, form.next_on.data), clock.today())
    else:
        moving.end(member, form.on.data, PoolExit.get(form.exit_id.data), form.reason.data or "")
