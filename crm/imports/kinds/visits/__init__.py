"""Kind `visits`: the log of visits that an office kept in a table. Each certain row becomes a visit with its author,
day and words; what was asked for becomes a demand, and waits for review while the log says it is not settled."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from crm.imports import short_names
from crm.imports.kinds import Kind, Problem, Row, register_kind
from crm.imports.kinds.visits.fields import FIELDS, HANDLINGS, WAYS, items
from crm.imports.match import Candidate
from crm.imports.state import chunks
from models import clock
from models.area import Area
from models.base import db
from models.rules import firm_name
from models.rules.dates import Day
from models.rules.visit import DEFAULT_KIND, LONGEST_TEXT, LONGEST_WORDS, day_fault
from models.unit import Membership
from models.user import User
from models.visit import Visit, VisitKind, VisitOfficer

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan
    from crm.imports.recognise import Facts

#: Why a demand of the old log needs no review.
_SETTLED, _SILENT = "旧记录写着已办结", "旧记录没有办理状态"
_BETWEEN = re.compile(r"[、，,；;/\s]+|和(?=[\u4e00-\u9fff]{2,4}$)")


@dataclass(slots=True)
class Looked:
    """What rows of this kind are compared with."""

    kinds: dict[str, int]
    names: dict[str, int]
    people: dict[str, list[int]]
    memberships: dict[int, list[tuple[date, date | None, int]]]
    #: Firm, day, words → who wrote them, of visits that are there or that this plan makes.
    visits: dict[tuple[int, date, str], set[str]]
    areas: dict[int, int | None]
    #: The row of this file that said the same first.
    rows: dict[tuple[int, date, str, str], Row] = field(default_factory=dict)


def load(whole: "Plan", rows: list["RowPlan"]) -> None:
    """Kinds, people, the visits of these firms, areas: what rows are compared with."""
    kinds = db.session.execute(select(VisitKind.key, VisitKind.name, VisitKind.id)).all()
    people: dict[str, list[int]] = defaultdict(list)
    names: dict[int, str] = {}
    for user_id, name in db.session.execute(select(User.id, User.name).order_by(User.id)):
        people[_person(name)].append(user_id)
        names[user_id] = _person(name)
    memberships: dict[int, list[tuple[date, date | None, int]]] = defaultdict(list)
    stays = select(Membership.user_id, Membership.from_on, Membership.to_on, Membership.unit_id)
    for user_id, from_on, to_on, unit_id in db.session.execute(stays.order_by(Membership.from_on, Membership.id)):
        memberships[user_id].append((from_on, to_on, unit_id))
    visits: dict[tuple[int, date, str], set[str]] = defaultdict(set)
    firm_ids = sorted({row.firm_id for row in rows if row.firm_id is not None and row.firm_id > 0})
    for chunk in chunks(firm_ids):
        known = select(Visit.firm_id, Visit.visit_on, Visit.text, Visit.recorded_by_text, VisitOfficer.user_id)
        known = known.outerjoin(VisitOfficer, VisitOfficer.visit_id == Visit.id).where(Visit.firm_id.in_(chunk))
        for firm_id, visit_on, words, written, user_id in db.session.execute(known):
            visits[firm_id, visit_on, words] |= {_person(written), names.get(user_id, "")}
    areas = {area.id: area.parent_id for area in db.session.scalars(select(Area))}
    whole.store["visits"] = Looked(
        {key: row_id for key, _, row_id in kinds},
        {name: row_id for _, name, row_id in kinds},
        people,
        memberships,
        visits,
        areas,
    )


def plan(whole: "Plan", row_plan: "RowPlan", facts: "Facts") -> None:
    """A visit of the row's firm, unless it is there already; its demands."""
    row, looked = row_plan.row, whole.store["visits"]
    assert row_plan.firm_id is not None
    if _elsewhere(whole, row_plan):
        return
    day = _day(row_plan)
    if day is None:
        whole.drop_draft(row_plan)
        return
    words = _words(row)
    author = row.values.get("author", "")
    written = looked.visits[row_plan.firm_id, day, words]
    same = (row_plan.firm_id, day, words, _authors(author))
    if same in looked.rows:
        first = looked.rows[same]
        row_plan.reason = f"和第 {first.row} 行一样，只算一次"
        return
    looked.rows[same] = row
    if written and (not author or any(name in written for name in _authors(author).split())):
        row_plan.reason = "这次走访已经有了"
        return
    written |= set(_authors(author).split()) or {""}
    visit_id = _visit(whole, row_plan, day, words, author)
    _demands(whole, row_plan, visit_id, words)
    row_plan.effect = "created"


def _elsewhere(whole: "Plan", row_plan: "RowPlan") -> bool:
    """Whether a short name was matched to a firm of quite another street: then a person decides."""
    row, firm_id = row_plan.row, row_plan.firm_id or 0
    street = row.values.get("street")
    if row_plan.match.how != "repaired" or not street or firm_id < 0:
        return False
    wanted, place = whole.places.of_name(street), whole.firms[firm_id].place
    if wanted is None or place is None:
        return False
    areas: dict[int, int | None] = whole.store["visits"].areas
    if wanted in _up(place[1], areas) or place[1] in _up(wanted, areas):
        return False
    row_plan.hold(
        "简称只有这一家，镇街却不同", [Candidate(firm_id, 90, f"镇街是{whole.places.names.get(place[1], '')}")]
    )
    return True


def _up(area_id: int | None, areas: dict[int, int | None]) -> set[int]:
    found: set[int] = set()
    while area_id is not None and area_id not in found:
        found.add(area_id)
        area_id = areas.get(area_id)
    return found


def _day(row_plan: "RowPlan") -> date | None:
    """The day of the visit; None, with the row refused, when it says none or one to come."""
    row = row_plan.row
    written: Day | None = row.values.get("visit_on")
    if written is None or written.precision == "year":
        row_plan.reject("没有走访日期" if written is None else "走访日期只有年份")
        return None
    fault = day_fault(written.first, clock.today())
    if fault:
        row_plan.reject(fault.partition("，")[0])
        return None
    if written.precision == "month":
        said = f"{written.first.year}年{written.first.month}月"
        row.problems.append(Problem("走访日期", said, "只写到月，记在这个月 1 日"))
    return written.first


def _words(row: Row) -> str:
    return str(row.values.get("text") or row.values.get("words") or row.values.get("category", ""))[:LONGEST_TEXT]


def _visit(whole: "Plan", row_plan: "RowPlan", day: date, words: str, author: str) -> int:
    row, looked = row_plan.row, whole.store["visits"]
    officers, others = _officers(looked, author)
    at = clock.now()
    visit_id = whole.add(
        row_plan,
        "visit",
        {
            "firm_id": row_plan.firm_id,
            "visit_on": day,
            "kind_id": _kind(looked, row),
            "place": row.values.get("place", "")[:200],
            "text": words,
            "answer": row.values.get("answer", "")[:LONGEST_TEXT],
            "next_step": row.values.get("next_step", "")[:LONGEST_TEXT],
            "recorded_by_text": "、".join(others)[:200],
            "source": "import",
            "created_by_id": officers[0] if officers else None,
            "received_at": at,
        },
    )
    for user_id in officers:
        unit_id = _unit(looked.memberships[user_id], day)
        whole.add(row_plan, "visit_officer", {"visit_id": visit_id, "user_id": user_id, "unit_id": unit_id})
    return visit_id


def _officers(looked: Looked, author: str) -> tuple[list[int], list[str]]:
    """The accounts of the people a row names, where exactly one is called so, and the rest as written."""
    officers: list[int] = []
    others: list[str] = []
    for name in _BETWEEN.split(author) if author else []:
        found = looked.people.get(_person(name), [])
        if len(found) == 1:
            officers += [found[0]] if found[0] not in officers else []
        elif name:
            others.append(name)
    return officers, others


def _person(name: str) -> str:
    return firm_name.match_key(name)


def _authors(author: str) -> str:
    """The people of a cell as comparing needs them."""
    return " ".join(sorted(filter(None, map(_person, _BETWEEN.split(author)))))


def _unit(stays: list[tuple[date, date | None, int]], day: date) -> int | None:
    """The unit of that day; of several the one joined last."""
    held = [unit_id for from_on, to_on, unit_id in stays if from_on <= day and (to_on is None or to_on >= day)]
    return held[-1] if held else None


def _kind(looked: Looked, row: Row) -> int:
    written = row.values.get("kind", "")
    if written in looked.names:
        return looked.names[written]
    key = next((key for key, words in WAYS if re.search(words, written)), "")
    if written and not key:
        row.problems.append(Problem("方式", written, "不认识这种方式，按走访记"))
    return looked.kinds.get(key) or looked.kinds[DEFAULT_KIND]


def _demands(whole: "Plan", row_plan: "RowPlan", visit_id: int, words: str) -> None:
    """What the firm asked for: nothing, one thing, or a numbered list. What is not settled waits for review."""
    row = row_plan.row
    category, said, handling = _handling_of(row)
    asked = row.values.get("words") or (words if category or said else "")
    settled: Day | None = row.values.get("settled_on")
    waits = handling in ("in_hand", "to_forward") or bool(said and handling is None)
    for position, item in enumerate(items(asked)):
        values = {
            "visit_id": visit_id,
            "firm_id": row_plan.firm_id,
            "position": position,
            "words": item[:LONGEST_WORDS],
            "category": category[:200],
            "handling": handling,
            "settled_on": settled.first if settled else None,
            "state": "to_review" if waits else "kept",
            "reason": "" if waits else _SETTLED if handling == "settled" else _SILENT,
            "decided_at": None if waits else clock.now(),
        }
        whole.add(row_plan, "visit_demand", values)


def _handling_of(row: Row) -> tuple[str, str, str | None]:
    """Category, state as written, and what that means; None when it does not say or cannot be understood."""
    said = row.values.get("handling", "")
    handling = next((key for key, words in HANDLINGS if re.search(words, said)), None)
    if handling is None and row.values.get("settled_on") and not said:
        handling = "settled"
    if said and handling is None:
        row.problems.append(Problem("办理状态", said, "看不出办没办结，放进待研判"))
    return row.values.get("category", ""), said, handling


KIND = register_kind(
    Kind(
        key="visits",
        name="企业走访记录",
        fields=FIELDS,
        cues=r"走访|服务记录|回访|拜访|联系企业|下企|服务企业|企业服务|调研记录|入企",
        against=r"专利|高新技术企业认定|更名|公示|公告|专精特新|入库|取消|撤销",
        needs=(("name", "code"), ("visit_on",)),
        marks=("visit_on", "author", "kind", "category", "text", "words", "handling"),
        least=5,
        load=load,
        reads=("user", "membership", "visit_kind"),
        match=short_names.match_row,
        plan=plan,
    )
)
