"""Kind `rename`: announcements that firms have another name now (高企更名公告).

A name is borne from a day to a day; where the list gives no day, the old name stays as what the firm was called,
without one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crm.imports import state
from crm.imports.kinds import CODE, REMARK, Field, Kind, Row, date_of, is_date, is_firm_name, register_kind
from crm.imports.match import Candidate, Match, match
from models.base import among, db
from models.firm.names import FirmName
from models.rules import firm_name
from models.rules.dates import Day

if TYPE_CHECKING:
    from crm.imports.index import Index
    from crm.imports.plan import Plan, RowPlan
    from crm.imports.recognise import Facts

_ANY = r"名称|单位|企业|公司|全称"
_WHO = r"(?:企业|单位|公司|机构)?(?:名称|全称|名)?"
FIELDS = (
    Field(
        "name",
        "更名前名称",
        rf"(?:更名|变更|改名)(?:之)?前(?:的)?{_WHO}|原{_WHO}|旧{_WHO}|曾用{_WHO}|(?:企业|单位|公司)?(?:原|旧|曾用)名称?",
        rf"更名前|变更前|原|旧|曾用|{_ANY}",
        is_firm_name,
        firm_name.split_former,
        tells=True,
    ),
    Field(
        "new_name",
        "更名后名称",
        rf"(?:更名|变更|改名)(?:之)?(?:后|为)(?:的)?{_WHO}|(?:现|新){_WHO}|(?:企业|单位|公司)?(?:现|新)名称?|变更为|更名为",
        rf"更名后|变更后|现|新|{_ANY}",
        is_firm_name,
        firm_name.clean,
        tells=True,
    ),
    CODE,
    Field(
        "renamed_on",
        "更名日期",
        r"(?:更名|变更|改名|核准|批准|登记|公告|生效)(?:日期|时间|年月|日)",
        r"更名.*(?:日|时间)|变更.*(?:日|时间)|核准",
        is_date,
        date_of,
    ),
    REMARK,
)


@dataclass(slots=True)
class Name:
    """One name of a firm as it stands."""

    id: int
    kind: str
    key: str
    from_on: date | None
    to_on: date | None


def match_either(row: Row, index: "Index") -> Match:
    """The firm that has the code, the old name or the new one; a renamed firm nobody knows is not made."""
    new = row.values.get("new_name", "")
    found = match(replace(row, former=(*row.former, new)) if new else row, index)
    if found.how == "new":
        return Match("none", 0.0, None, "册里没有这家企业，导入它的登记或名单以后会再试", found.candidates)
    return found


def load(whole: "Plan", rows: list["RowPlan"]) -> None:
    """Read the names of the firms; then try rows again that the other rows of the file explain: of A → B and B → C the
    second is found by what the first says."""
    waiting = _follow(whole, rows)
    while waiting:
        whole.match_rows(waiting)
        left = [one for one in waiting if one.firm_id is None]
        if len(left) == len(waiting):
            break
        waiting = _follow(whole, rows)
    ids = sorted({one.firm_id for one in rows if one.firm_id is not None and one.firm_id > 0})
    whole.firms.update(state.firms_of(set(ids) - whole.firms.keys()))
    names: dict[int, list[Name]] = defaultdict(list)
    for chunk in state.chunks(ids):
        query = select(
            FirmName.firm_id, FirmName.id, FirmName.kind, FirmName.match_key, FirmName.from_on, FirmName.to_on
        )
        for line in db.session.execute(query.where(among(FirmName.firm_id, chunk)).order_by(FirmName.id)):
            names[line[0]].append(Name(*line[1:]))
    whole.store["names"] = names


def _follow(whole: "Plan", rows: Iterable["RowPlan"]) -> list["RowPlan"]:
    """Make both names of the matched rows known, and return the held rows that can be tried again."""
    waiting = []
    for one in rows:
        if one.firm_id is not None:
            for name in (one.row.name, one.row.values.get("new_name", "")):
                key = firm_name.match_key(name)
                if not whole.index.by_name.get(key):
                    whole.index.add_name(one.firm_id, key, "former_name")
        elif one.effect == "held" and one.decision is None:
            one.effect, one.reason, one.unmatched = "unchanged", "", False
            waiting.append(one)
    return waiting


def plan(whole: "Plan", row_plan: "RowPlan", facts: "Facts") -> None:
    """A row: the firm bears the new name from the day on, and bore the old one until the day before."""
    row, firm_id = row_plan.row, row_plan.firm_id
    assert firm_id is not None
    new = row.values.get("new_name", "")
    old_key, new_key = firm_name.match_key(row.name), firm_name.match_key(new)
    if not firm_name.full(new) or old_key == new_key:
        row_plan.reject("没有写更名后的全称" if old_key != new_key else "更名前后的名称一样")
        return
    others = whole.index.by_name.get(new_key, set()) - {firm_id}
    if others:
        named = [Candidate(other, 100, "更名后的名称是这家的") for other in sorted(others)]
        row_plan.hold(f"更名后的“{new}”在册里是另一家企业，请核对是不是要合并", named)
        return
    if firm_id < 0:
        whole.drafts[firm_id].values["name"] = new
        _add(whole, row_plan, row.name, "former")
        row_plan.effect = "created"
        return
    written: Day | None = row.values.get("renamed_on") or row.batch_on
    day = written.first if written and written.precision != "year" else whole.options.on
    if reason := _rename(whole, row_plan, new, day):
        row_plan.hold(reason)
    elif row_plan.changes:
        row_plan.effect = "updated"


def _rename(whole: "Plan", row_plan: "RowPlan", new: str, day: date | None) -> str:
    """Put the two names into the names of the firm; returns why that cannot be (empty: it can)."""
    assert row_plan.firm_id is not None
    firm, old = whole.firms[row_plan.firm_id], row_plan.row.name
    old_key, new_key, now_key = map(firm_name.match_key, (old, new, firm.name))
    before, after = _find(whole, firm.id, old_key), _find(whole, firm.id, new_key)
    if new_key == now_key:
        _was(whole, row_plan, before, old, day)
        _began(whole, row_plan, after, day)
        return ""
    if old_key != now_key and (before or after):
        # An older change of name: the firm has been renamed again since.
        until = _next_day(whole, firm.id, after, day)
        _was(whole, row_plan, before, old, day)
        if after is None:
            _add(whole, row_plan, new, "registered" if until else "former", day, until)
        else:
            _began(whole, row_plan, after, day)
        return ""
    now = _find(whole, firm.id, now_key)
    if day is not None and now is not None and now.from_on is not None and now.from_on >= day:
        return f"“{firm.name}”从 {now.from_on} 起用，更名日期 {day} 要晚于这一天，请核对"
    if now is not None:
        _was(whole, row_plan, now, firm.name, day)
    else:
        _add(whole, row_plan, firm.name, "registered" if day else "former", None, day and day - timedelta(days=1))
    if after is None:
        _add(whole, row_plan, new, "registered", day, None, told=False)
    else:
        _set(whole, row_plan, after, "kind", "名称种类", "registered")
        _set(whole, row_plan, after, "from_on", "名称起用", day)
        _set(whole, row_plan, after, "to_on", "名称用到", None)
    whole.change(row_plan, "firm", firm.id, "name", "企业名称", firm.name, new)
    firm.name = new
    return ""


def _was(whole: "Plan", row_plan: "RowPlan", known: Name | None, name: str, day: date | None) -> None:
    """The firm bore this name until the day before; without a day it was called so, nobody knows until when."""
    until = day - timedelta(days=1) if day else None
    if known is None:
        _add(whole, row_plan, name, "registered" if until else "former", None, until)
    elif until is None:
        if known.to_on is None:
            _set(whole, row_plan, known, "kind", "名称种类", "former")
    elif (known.to_on is None or until < known.to_on) and (known.from_on is None or known.from_on <= until):
        # What noticed the change of name before, a register, noticed it late: the earliest day is the nearest.
        _set(whole, row_plan, known, "kind", "名称种类", "registered")
        _set(whole, row_plan, known, "to_on", "名称用到", until)


def _began(whole: "Plan", row_plan: "RowPlan", known: Name | None, day: date | None) -> None:
    if known is None or day is None:
        return
    if (known.from_on is None or day < known.from_on) and (known.to_on is None or day <= known.to_on):
        _set(whole, row_plan, known, "from_on", "名称起用", day)


def _next_day(whole: "Plan", firm_id: int, after: Name | None, day: date | None) -> date | None:
    """The last day of a name that was borne in between: the day before the next name began; None when unknown."""
    begins = [
        one.from_on for one in whole.store["names"][firm_id] if one.from_on and (day is None or one.from_on > day)
    ]
    return min(begins) - timedelta(days=1) if begins and after is None else None


def _find(whole: "Plan", firm_id: int, key: str) -> Name | None:
    """The firm's name of this key, one it was registered under before what it was only called."""
    found = [one for one in whole.store["names"][firm_id] if one.key == key]
    return min(found, key=lambda one: (one.kind != "registered", one.to_on is not None), default=None)


def _set(whole: "Plan", row_plan: "RowPlan", known: Name, name: str, label: str, new: Any) -> None:
    whole.change(row_plan, "firm_name", known.id, name, label, getattr(known, name), new)
    setattr(known, name, new)


def _add(
    whole: "Plan",
    row_plan: "RowPlan",
    name: str,
    kind: str,
    from_on: date | None = None,
    to_on: date | None = None,
    *,
    told: bool = True,
) -> None:
    """One more name of the row's firm."""
    assert row_plan.firm_id is not None
    key = firm_name.match_key(name)
    values = {
        "firm_id": row_plan.firm_id,
        "kind": kind,
        "name": firm_name.clean(name),
        "match_key": key,
        "from_on": from_on,
        "to_on": to_on,
        "source": "更名公告",
    }
    name_id = whole.add(row_plan, "firm_name", values)
    if row_plan.firm_id > 0:
        whole.store["names"][row_plan.firm_id].append(Name(name_id, kind, key, from_on, to_on))
        if told:
            row_plan.tell("firm_name", "曾用名", name)


KIND = register_kind(
    Kind(
        key="rename",
        name="更名公告",
        fields=FIELDS,
        cues=r"更名|改名|名称变更|变更名称",
        against=r"专利|走访|台账|取消|撤销",
        needs=(("name",), ("new_name",)),
        marks=("new_name",),
        match=match_either,
        load=load,
        plan=plan,
    )
)
