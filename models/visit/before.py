"""走访前看: one card per firm, of what is open, what was said, what ends, what to ask (promise 9). Made for many
firms at once in a fixed number of statements, so that a phone can carry its own copy."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import and_, func, select

from models import setting
from models.assessment.bridge import inputs_of
from models.base import db
from models.firm.yearly import YEARLY, FirmFigure
from models.promise import Promise
from models.rule_book import shelf
from models.rules import before as rules
from models.rules.assess.answer import open_figures
from models.rules.assess.judge import Judge
from models.rules.assess.names import NUMBERS, label_of, with_year
from models.rules.ladder import FOREVER, TitleState
from models.standing import Standing, StandingTitle
from models.title import TitleType
from models.user import User
from models.visit.demands import VisitDemand
from models.visit.record import Visit, VisitOfficer

#: How far ahead ending titles are looked for.
AHEAD = timedelta(days=183)
LAST_VISITS = 3
LONGEST = 80


@dataclass(slots=True)
class Card:
    """What a person reads before going; every line in words."""

    promises: list[str] = field(default_factory=list)
    #: Open issues, for who may see issues.
    issues: list[str] = field(default_factory=list)
    demands: list[str] = field(default_factory=list)
    visits: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    ask: list[str] = field(default_factory=list)
    #: What need not be asked again, with where it comes from.
    skip: list[str] = field(default_factory=list)
    #: Visits within the days of the burden guard: {days, who}.
    lately: list[dict[str, Any]] = field(default_factory=list)


def cards(firm_ids: Sequence[int], today: date, issues: bool = False) -> dict[int, Card]:
    """The card of each of these firms, which the caller has seen to exist for who asks; with open issues where these
    exist for them too. A fixed number of statements for up to a thousand firms."""
    found = {firm_id: Card() for firm_id in firm_ids}
    if not found:
        return found
    _promises(found, today)
    words = _demands(found)
    if issues:
        _issues(found)
    _visits(found, today)
    ending = _ends(found, today)
    lacking = _figures(found, today)
    for firm_id, card in found.items():
        card.ask = rules.questions(lacking=lacking[firm_id], ending=ending[firm_id], demands=words[firm_id])
    return found


def _promises(found: dict[int, Card], today: date) -> None:
    query = select(Promise.firm_id, Promise.due_on, Promise.words, User.name).join(User, User.id == Promise.person_id)
    query = query.where(Promise.firm_id.in_(found), Promise.open_on(today)).order_by(Promise.due_on, Promise.id)
    for firm_id, due_on, said, name in db.session.execute(query):
        late = "，已过期" if due_on < today else ""
        found[firm_id].promises.append(f"{due_on} 前，{name}：{said[:LONGEST]}{late}")


def _issues(found: dict[int, Card]) -> None:
    # An issue knows the visit it came from.
    from models.issue.of_firm import open_words

    for firm_id, said in open_words(list(found)).items():
        found[firm_id].issues = said


def _demands(found: dict[int, Card]) -> dict[int, list[str]]:
    words: dict[int, list[str]] = defaultdict(list)
    query = (
        select(VisitDemand.firm_id, VisitDemand.words, VisitDemand.category, Visit.visit_on)
        .join(Visit, Visit.id == VisitDemand.visit_id)
        .where(VisitDemand.firm_id.in_(found), VisitDemand.state == "to_review", Visit.counted())
        .order_by(Visit.visit_on.desc(), VisitDemand.id)
    )
    for firm_id, said, category, visit_on in db.session.execute(query):
        words[firm_id].append(said)
        kind = f"{category}：" if category else ""
        found[firm_id].demands.append(f"{visit_on} {kind}{said[:LONGEST]}")
    return words


def _visits(found: dict[int, Card], today: date) -> None:
    place = func.row_number().over(partition_by=Visit.firm_id, order_by=(Visit.visit_on.desc(), Visit.id.desc()))
    ranked = select(Visit.id, place.label("place")).where(Visit.firm_id.in_(found), Visit.is_visit()).subquery()
    query = (
        select(Visit.id, Visit.firm_id, Visit.visit_on, Visit.text, Visit.recorded_by_text, User.name)
        .join(ranked, and_(ranked.c.id == Visit.id, ranked.c.place <= LAST_VISITS))
        .outerjoin(VisitOfficer, VisitOfficer.visit_id == Visit.id)
        .outerjoin(User, User.id == VisitOfficer.user_id)
        .order_by(Visit.visit_on.desc(), Visit.id.desc(), User.id)
    )
    within = setting.get_int("burden_days")
    for _, lines in groupby(db.session.execute(query), key=itemgetter(0)):
        (_, firm_id, visit_on, said, written, first), *others = lines
        who = "、".join(name for name in (first, *(line[-1] for line in others)) if name) or written
        card = found[firm_id]
        card.visits.append(f"{visit_on} {who}：{said[:LONGEST]}")
        days = (today - visit_on).days
        if days <= within:
            card.lately.append({"days": days, "who": who})


def _ends(found: dict[int, Card], today: date) -> dict[int, list[tuple[str, str]]]:
    ending: dict[int, list[tuple[str, str]]] = defaultdict(list)
    held = (
        select(StandingTitle.firm_id, TitleType.name, StandingTitle.to_on)
        .join(TitleType, TitleType.id == StandingTitle.type_id)
        .where(
            StandingTitle.firm_id.in_(found),
            StandingTitle.state == TitleState.IN_FORCE.value,
            StandingTitle.from_on <= today,
            StandingTitle.to_on.between(today, min(today + AHEAD, FOREVER)),
        )
        .order_by(StandingTitle.to_on, StandingTitle.firm_id, TitleType.position)
    )
    for firm_id, name, to_on in db.session.execute(held):
        ending[firm_id].append((name, to_on.isoformat()))
        found[firm_id].ends.append(f"{name} {to_on}，还有 {(to_on - today).days} 天")
    return ending


def _figures(found: dict[int, Card], today: date) -> dict[int, list[str]]:
    """Fill in what is known of last year and what the next title misses; returns the names of the missing figures."""
    year = today.year - 1
    #: Firm → key of the figure → where it comes from.
    known: dict[int, dict[str, str]] = defaultdict(dict)
    query = select(FirmFigure.firm_id, FirmFigure.key, FirmFigure.source)
    query = query.where(FirmFigure.firm_id.in_(found), FirmFigure.year == year)
    for firm_id, key, source in db.session.execute(query.order_by(FirmFigure.entered_at, FirmFigure.id)):
        known[firm_id][key] = source
    standing = select(Standing.firm_id, Standing.rung).where(
        Standing.firm_id.in_(found), Standing.from_on <= today, Standing.to_on >= today
    )
    rungs = {firm_id: rung for firm_id, rung in db.session.execute(standing.order_by(Standing.firm_id))}  # noqa: C416
    lacking, books = {}, shelf()
    for firm_id, inputs in inputs_of(list(found), today).items():
        regime = rules.next_title(rungs.get(firm_id))
        book = books.in_force(regime, today)
        figures = open_figures(Judge(book, inputs.judged(regime))) if book and book.scoring else []
        lacking[firm_id] = [_named(figure, year) for figure in rules.asked(figures)]
    for firm_id, card in found.items():
        card.missing = lacking[firm_id]
        card.skip = [
            f"{year} 年{YEARLY[key][0]}已有（{source}）" for key, source in known[firm_id].items() if key in YEARLY
        ]
    return lacking


def _named(figure: str, year: int) -> str:
    """A figure with the year it is asked for."""
    key, written = with_year(figure)
    dated = key in NUMBERS and (NUMBERS[key].yearly or NUMBERS[key].dated)
    return f"{year} 年{label_of(figure)}" if dated and written is None else label_of(figure)
