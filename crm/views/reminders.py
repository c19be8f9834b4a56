"""提醒: what was told to me; the rules; what goes out tomorrow; why somebody did not get one."""

from datetime import timedelta
from math import ceil

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm import web
from crm.access import needs
from forms.base import ConfirmForm
from forms.reminder import MailChoiceForm, ReminderRuleForm
from models import clock, people
from models.base import db
from models.errors import Refused
from models.reminder import mine, preview, settings, steps, trace
from models.reminder.mine import MyReminders
from models.reminder.record import Reminder
from models.reminder.trace import TraceFilter
from models.rules import reminder as rules
from models.rules.reminder_table import RULES

bp = Blueprint("reminders", __name__, url_prefix="/reminders")

PAGE_SIZE = 50
Answer = str | Response | tuple[str, int]


@bp.get("/")
@needs("self")
def index() -> str:
    """My reminders, those not opened first."""
    state = request.args.get("state", "open")
    listing = MyReminders(g.user, state if state in mine.STATES else "open", clock.today())
    rows, number, total = listing.look(request.args.get("page", 1, type=int), PAGE_SIZE)
    return render_template(
        "reminders/index.html", rows=rows, number=number, pages=max(1, ceil(total / PAGE_SIZE)), total=total,
        state=listing.state, states=mine.STATES, counts=listing.counts(), rules=settings.in_force(),
        light=light, shown=rules.shown_day,
    )  # fmt: skip


@bp.get("/<int:reminder_id>")
@needs("self")
def show(reminder_id: int) -> str:
    """One of mine, with its steps; a mail leads here. Looking changes nothing."""
    row = Reminder.get_for(g.user, reminder_id)
    rule = settings.in_force().get(row.rule)
    return render_template(
        "reminders/show.html", row=row, rule=rule, steps=steps.of(steps.load(row.id), rule), light=light,
        shown=rules.shown_day, form=ConfirmForm(),
    )  # fmt: skip


@bp.post("/<int:reminder_id>/open")
@needs("self")
def open_record(reminder_id: int) -> Response:
    """Go where it is dealt with; that it was opened is noted, never counted against anybody."""
    row = Reminder.get_for(g.user, reminder_id)
    row.read(clock.now())
    path = row.path
    db.session.commit()
    return redirect(path)


@bp.post("/read")
@needs("self")
def read_all() -> Response:
    """Everything new is marked as read."""
    count = mine.read_all(g.user, clock.now())
    db.session.commit()
    flash(f"{count} 条已标为看过。" if count else "没有没看过的。", "success")
    return redirect(url_for(".index"))


@bp.route("/mail", methods=["GET", "POST"])
@needs("self")
def mail() -> Answer:
    """Of which rules I want mail."""
    offered = [rule for rule in settings.list_rules() if "mail" in rule.facts.channels and rule.facts.active]
    unwanted = {key for _, key in settings.declined([g.user.id])}
    form = MailChoiceForm(data={"wanted": [rule.key for rule in offered if rule.key not in unwanted]})
    form.offer(offered)
    if form.validate_on_submit():
        # What is not offered now stays wanted.
        kept = {rule.key for rule in RULES} - {rule.key for rule in offered} - unwanted
        settings.choose(g.user.id, kept | set(form.wanted.data or []))
        db.session.commit()
        flash("已保存。", "success")
        return redirect(url_for(".index"))
    page = render_template("reminders/mail.html", form=form, offered=offered)
    return (page, 422) if form.errors else page


@bp.get("/rules")
@needs("reminders.setup")
def rule_list() -> str:
    """Every rule as it is in force."""
    return render_template("reminders/rules.html", rules=settings.list_rules(), stage=steps.stage_words)


@bp.route("/rules/<reminder_rule>", methods=["GET", "POST"])
@needs("reminders.setup")
def rule(reminder_rule: str) -> Answer:
    """One rule."""
    held = settings.get(reminder_rule)
    facts = held.facts
    form = ReminderRuleForm(
        data={
            "name": held.name, "active": facts.active, "stages": " ".join(map(str, facts.stages)), "unit": facts.unit,
            "channels": sorted(facts.channels - {"app"}), "escalate_after": facts.escalate_after,
        }
    )  # fmt: skip
    if form.validate_on_submit():
        try:
            settings.change(reminder_rule, form.name.data or held.name, form.facts(reminder_rule))
            db.session.commit()
            flash("已保存，下一次提醒就按新的来。", "success")
            return redirect(url_for(".rule_list"))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
    page = render_template(
        "reminders/rule.html", form=form, rule=held, changed=settings.is_changed(reminder_rule), confirm=ConfirmForm()
    )
    return (page, 422) if form.errors else page


@bp.post("/rules/<reminder_rule>/restore")
@needs("reminders.setup")
def restore(reminder_rule: str) -> Response:
    """A rule as it came."""
    settings.restore(reminder_rule)
    db.session.commit()
    flash("已恢复出厂设定。", "success")
    return redirect(url_for(".rule_list"))


@bp.get("/why")
@needs("reminders.trace")
def search() -> str:
    """为什么没收到: what was told by person, rule, firm and day; for a person and a rule also why nothing was."""
    asked, on = TraceFilter.parse(request.args), clock.today()
    on = asked.day or on
    rows, number, total = trace.look(g.user, asked, request.args.get("page", 1, type=int), PAGE_SIZE)
    names = {key: rule.name for key, rule in settings.in_force().items()}
    return render_template(
        "reminders/why.html", f=asked, rows=rows, number=number, pages=max(1, ceil(total / PAGE_SIZE)), total=total,
        on=on, reasons=trace.explain(g.user, asked, on, server=_has_server()),
        hindrances=trace.hindrances(asked.rule, server=_has_server()), words=trace.sees_words(g.user),
        people=[(person.id, person.name) for person in people.list_active()], rules=names.items(), rule_names=names,
        state_words=rules.state_words,
    )  # fmt: skip


@bp.get("/why/<int:reminder_id>")
@needs("reminders.trace")
def trace_one(reminder_id: int) -> str:
    """The steps of one reminder of anybody."""
    row = steps.load(trace.get_for(g.user, reminder_id))
    rule = settings.in_force().get(row.rule)
    return render_template(
        "reminders/traced.html", row=row, rule=rule, steps=steps.of(row, rule), words=trace.sees_words(g.user),
        state_words=rules.state_words,
    )  # fmt: skip


@bp.get("/preview")
@needs("reminders.trace")
def foreseen() -> str:
    """What goes out tomorrow, or on another day, if nobody does anything until then."""
    on = web.query_day("on") or clock.today() + timedelta(days=1)
    found = trace.seen_of(g.user, preview.foresee(on, server=_has_server()))
    pages = max(1, ceil(len(found) / PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template(
        "reminders/preview.html", on=on, rows=found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], number=number,
        pages=pages, total=len(found), people=len({row.one.recipient_id for row in found}),
        words=trace.sees_words(g.user),
    )  # fmt: skip


def _has_server() -> bool:
    return bool(current_app.config["TIDU"].mail_url)


def light(row: Reminder) -> str:
    """The colour of its light; none once it is settled."""
    return "" if row.settled_on is not None else rules.light_of(row.due_on, clock.today())
