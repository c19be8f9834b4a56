"""类别与时限: classes, clocks, topics, people of other units, as the office keeps them; and the menu of services."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.issues.base import bp
from forms.issue_desk import whole
from forms.issue_setup import ClassForm, ClockForm, MenuForm, OutsideForm, TopicForm
from models import clock
from models.base import db
from models.issue import clocks
from models.issue.kinds import IssueClass, IssueClock, IssueTopic, OutsideHandler
from models.issue.menu import IssueOffer, MenuItem
from models.issue.offers import IssueOffers
from models.rules.issue import FLOWS
from models.rules.issue_clock import CLOCKS
from models.rules.ladder import RUNG_NAMES

Answer = str | Response | tuple[str, int]
TAKEN = "已有同名的，请换一个"


@bp.get("/setup")
@needs("issues.setup")
def setup() -> str:
    """Everything that is set up, the default of each clock beside what the office made of it."""
    topics = select(IssueTopic).options(joinedload(IssueTopic.unit)).order_by(IssueTopic.position, IssueTopic.id)
    people = select(OutsideHandler).options(joinedload(OutsideHandler.unit))
    people = people.order_by(OutsideHandler.active.desc(), OutsideHandler.sort_key, OutsideHandler.id)
    changed = set(db.session.scalars(select(IssueClock.key)))
    return render_template(
        "issues/setup.html", classes=IssueClass.list_all(), flows=FLOWS, topics=list(db.session.scalars(topics)),
        people=list(db.session.scalars(people)), clocks=clocks.load().clocks, defaults=CLOCKS, changed=changed,
    )  # fmt: skip


@bp.route("/setup/classes/new", methods=["GET", "POST"])
@needs("issues.setup")
def new_class() -> Answer:
    """A new class."""
    return _form(ClassForm(), None, IssueClass.begin, "加一个类别")


@bp.route("/setup/classes/<int:class_id>", methods=["GET", "POST"])
@needs("issues.setup")
def edit_class(class_id: int) -> Answer:
    """Change a class; issues that were given out keep their flow and clock."""
    row = IssueClass.get(class_id)
    notice = "已经交办的不受影响：它们的流程和时限在交办那天就定了。"
    return _form(ClassForm(obj=row), row, IssueClass.begin, "改类别", notice)


@bp.route("/setup/topics/new", methods=["GET", "POST"])
@needs("issues.setup")
def new_topic() -> Answer:
    """A new topic."""
    return _topic(None)


@bp.route("/setup/topics/<int:topic_id>", methods=["GET", "POST"])
@needs("issues.setup")
def edit_topic(topic_id: int) -> Answer:
    """Change a topic."""
    return _topic(IssueTopic.get(topic_id))


def _topic(row: IssueTopic | None) -> Answer:
    form = TopicForm(obj=row)
    form.offer(IssueOffers.load().unit)
    return _form(form, row, IssueTopic.begin, "改专题" if row else "加一个专题")


@bp.route("/setup/clocks/<clock_key>", methods=["GET", "POST"])
@needs("issues.setup")
def edit_clock(clock_key: str) -> Answer:
    """Another length for a clock; it counts from now on."""
    default = CLOCKS.get(clock_key)
    if default is None:
        abort(404)
    now = clocks.load().clocks[clock_key]
    form = ClockForm(number=now.number, unit=now.unit)
    if form.validate_on_submit():
        row = db.session.get(IssueClock, clock_key) or IssueClock(key=clock_key)
        row.value = f"{form.number.data}{form.unit.data}"
        db.session.add(row)
        db.session.commit()
        flash(f"已存：{default.name} {clocks.load().clocks[clock_key].words}", "success")
        return redirect(url_for(".setup"))
    notice = f"原来规定的是{default.words}。从现在起按新的算，已经定下的日期不变。"
    return _page(form, f"改时限：{default.name}", notice)


@bp.post("/setup/clocks/<clock_key>/reset")
@needs("issues.setup")
def reset_clock(clock_key: str) -> Response:
    """Back to the default."""
    row = db.session.get(IssueClock, clock_key)
    if row is not None:
        db.session.delete(row)
        db.session.commit()
        flash("已恢复原来规定的时限", "success")
    return redirect(url_for(".setup"))


@bp.route("/setup/people/new", methods=["GET", "POST"])
@needs("issues.setup")
def new_outside() -> Answer:
    """A person of another unit."""
    return _outside(None)


@bp.route("/setup/people/<int:outside_id>", methods=["GET", "POST"])
@needs("issues.setup")
def edit_outside(outside_id: int) -> Answer:
    """Change a person of another unit; one out of use is given nothing more."""
    return _outside(OutsideHandler.get(outside_id))


def _outside(row: OutsideHandler | None) -> Answer:
    form = OutsideForm(obj=row)
    form.offer(IssueOffers.load().unit)

    def begin() -> OutsideHandler:
        return OutsideHandler(created_at=clock.now())

    def save(person: OutsideHandler) -> None:
        person.rename(form.name.data or "")

    return _form(form, row, begin, "改外单位经办人" if row else "加外单位经办人", save=save)


def _form(
    form: Any, row: Any, begin: Callable[[], Any], heading: str, notice: str = "",
    save: Callable[[Any], None] | None = None, endpoint: str = ".setup",
) -> Answer:  # fmt: skip
    """The form of a row, or the row saved; ids that came as text are numbers, and nothing chosen is none."""
    if form.validate_on_submit():
        row = row or begin()
        for field in form:
            if field.short_name != "csrf_token":
                setattr(row, field.short_name, _value(field))
        if save is not None:
            save(row)
        db.session.add(row)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            form.name.errors = [TAKEN]
        else:
            flash(f"已存：{form.name.data}", "success")
            return redirect(url_for(endpoint))
    if request.method == "GET":
        for field in form:
            if field.short_name.endswith("_id"):
                field.data = str(field.data or "")
    return _page(form, heading, notice, endpoint)


def _value(field: Any) -> Any:
    """What a field means for its column."""
    if field.short_name.endswith("_id"):
        return whole(field.data)
    return frozenset(field.data or ()) if field.short_name == "rungs" else field.data


def _page(form: Any, heading: str, notice: str = "", endpoint: str = ".setup") -> Answer:
    page = render_template("issues/setup_form.html", form=form, heading=heading, notice=notice, back=url_for(endpoint),
                           place="服务菜单" if endpoint == ".menu" else "类别与时限")  # fmt: skip
    return (page, 422) if form.errors else page


@bp.get("/menu")
@needs("issues.view")
def menu() -> str:
    """The menu of services by topic, with how often each was accepted; those out of use for who keeps the menu."""
    query = select(MenuItem).options(joinedload(MenuItem.topic), joinedload(MenuItem.unit)).join(MenuItem.topic)
    if "issues.setup" not in g.user.permissions:
        query = query.where(MenuItem.active.is_(True))
    query = query.order_by(IssueTopic.position, IssueTopic.id, MenuItem.position, MenuItem.id)
    used = select(IssueOffer.item_id, func.count()).where(IssueOffer.state.in_(("accepted", "delivered")))
    rows = db.session.execute(used.group_by(IssueOffer.item_id))
    counts = {item_id: number for item_id, number in rows}  # noqa: C416  rows are no pairs
    return render_template("issues/menu.html", rows=list(db.session.scalars(query)), counts=counts, rungs=RUNG_NAMES)


@bp.route("/menu/new", methods=["GET", "POST"])
@needs("issues.setup")
def new_menu_item() -> Answer:
    """One more service."""
    return _menu(None)


@bp.route("/menu/<int:menu_item_id>", methods=["GET", "POST"])
@needs("issues.setup")
def edit_menu_item(menu_item_id: int) -> Answer:
    """Change a service."""
    return _menu(MenuItem.get(menu_item_id))


def _menu(row: MenuItem | None) -> Answer:
    form, offers = MenuForm(obj=row), IssueOffers.load()
    form.offer(offers.topic, offers.unit)
    return _form(form, row, MenuItem.begin, "改服务" if row else "加一项服务", endpoint=".menu")
