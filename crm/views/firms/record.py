"""The record of a firm: who, what state, what next; its dated facts; everything that happened."""

from datetime import date, timedelta
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.firms.base import bp
from models import clock, duty, radar
from models.application import Application
from models.application.of_firm import events as application_events
from models.assessment.bridge import inputs_of
from models.assessment.card import Card, card_of
from models.errors import NotFound
from models.firm import merge, timeline
from models.firm.contacts import may_call
from models.firm.editing import may_change
from models.firm.profile import Profile, Series, load
from models.firm.record import CARE_LEVELS, CODE_KINDS, STATUSES
from models.firm.status import FLAGS
from models.firm_input.stale import freshness_of
from models.issue.of_firm import of_firm
from models.rule_book import shelf
from models.rules.application import KINDS, STAGES
from models.rules.industry import industry_name
from models.rules.issue import STATES as ISSUE_STATES
from models.rules.ladder import RUNG_NAMES, TitleState
from models.title import Title
from models.training import story

#: A title that ends within so many days says how many are left.
ENDS_SOON = timedelta(90)
EVENTS_SHOWN = 30
#: What falls due so long ahead stands on the record.
YEAR_AHEAD = timedelta(365)
YEARS_SHOWN = 5

#: What is counted of the rights of a firm: key, label, note.
PATENT_GROUPS = (
    ("class1", "Ⅰ类 自主", "含推定"),
    ("class2", "Ⅱ类 自主", "含推定"),
    ("transferred", "受让", "Ⅰ、Ⅱ类都在内"),
)

#: What the strip of small bars shows of the yearly figures.
IN_STRIP = ("operating_revenue", "rd_expense", "tech_staff", "staff_total")


@bp.get("/<int:firm_id>")
@needs("firms.view")
def show(firm_id: int) -> str | Response:
    """The record as of today, or of the day in the address; a merged firm leads to the one it went into."""
    on = day()
    try:
        profile = load(g.user, firm_id, on)
    except NotFound:
        kept = merge.went_into(g.user, firm_id)
        if kept is None:
            raise
        return redirect(url_for(".show", firm_id=kept, on=request.args.get("on")), 301)
    kinds = request.args.get("kinds", "")
    applications = Application.list_of(g.user, firm_id)
    issues = of_firm(g.user, firm_id, clock.today())
    events = timeline.events(
        profile,
        kinds if kinds in timeline.KINDS else "",
        (*issues.events(), *story.events(firm_id), *application_events(applications)),
    )
    shown = events if request.args.get("all") else events[:EVENTS_SHOWN]
    return render_template(
        "firms/show.html", profile=profile, firm=profile.firm, on=on, as_of=on != clock.today(), pills=pills(profile),
        events=shown, more=len(events) - len(shown), kinds=kinds, strip=strip(profile), years=years(profile),
        may_change=may_change(g.user, profile.firm), may_call=may_call(g.user, profile.firm), rungs=RUNG_NAMES,
        statuses=STATUSES, flags=FLAGS, care_levels=CARE_LEVELS, code_kinds=CODE_KINDS,
        industry=industry_name(profile.firm.industry_code), title_words=title_words, patent_groups=PATENT_GROUPS,
        issues=issues, issue_states=ISSUE_STATES, duties=duty.of_firm(profile.firm.id, on, on + YEAR_AHEAD),
        card=brief(profile.firm.id, on), ticket=radar.ticket_of(profile.firm.id, on),
        fresh=freshness_of(profile.firm.id, on), applications=applications,
        application_stages=STAGES, application_kinds=KINDS,
    )  # fmt: skip


def brief(firm_id: int, on: date) -> Card:
    """What each title would say of the firm, for the card on its record."""
    return card_of(inputs_of([firm_id], on)[firm_id], shelf())


def day() -> date:
    """The day in the address, today without one or with one that cannot be read."""
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return clock.today()


def pills(profile: Profile) -> list[tuple[str, str, str]]:
    """(name, until when, state) for the newest title of each type: in force first, ended ones last.

    A title that is only 公示中 does not hide the one it is to follow: both are named.
    """
    found, seen = [], set()
    for title in profile.titles:
        key = (title.type_id, title.state_on(profile.on) == TitleState.PROVISIONAL)
        if key not in seen:
            seen.add(key)
            found.append((title.type.name, *title_words(title, profile.on)))
    return sorted(found, key=lambda pill: ("current", "ending", "", "ended").index(pill[2]))


def title_words(title: Title, on: date) -> tuple[str, str]:
    """Until when a title holds, in words, and how its pill looks."""
    state = title.state_on(on)
    if state == TitleState.PROVISIONAL:
        return f"公示中，{title.noticed_on or title.issued_on} 起", ""
    if state == TitleState.IN_FORCE:
        if title.ends_on is None:
            return "长期有效", "current"
        left = title.ends_on - on
        return f"至 {title.ends_on}" + (f"，还有 {left.days} 天" if left <= ENDS_SOON else ""), (
            "ending" if left <= ENDS_SOON else "current"
        )
    if state == "revoked":
        return f"{title.revoked_on} 撤销", "ended"
    if state == TitleState.PENDING:
        return f"{title.ends_on} 到期，待续", "ending"
    return f"{title.issued_on} 至 {title.ends_on}" if title.ends_on else f"{title.issued_on} 起", "ended"


def strip(profile: Profile) -> list[Series]:
    """The figures that the strip of bars shows, at most four of them."""
    by_key = {series.key: series for series in profile.series}
    return [by_key[key] for key in IN_STRIP if key in by_key]


def years(profile: Profile) -> list[int]:
    """The last years that have any figure, oldest first."""
    known: set[Any] = {year for series in profile.series for year in series.values}
    return sorted(known)[-YEARS_SHOWN:]
