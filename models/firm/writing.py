"""The one place that writes firms: each function keeps the dated rows, the columns of Firm made from them and the
search in step. They take several firms where a list acts on many; the change log notes it; the caller commits."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import select

from models import clock, pinyin
from models.base import db
from models.errors import Refused
from models.firm import search
from models.firm.names import FirmName
from models.firm.officers import FirmOfficer
from models.firm.places import PLACE_SOURCES, FirmPlace
from models.firm.record import Firm
from models.firm.status import FirmFlag, FirmStatus
from models.firm.tags import FirmTag, Tag
from models.rules.firm_name import match_key

#: What a form or a list may set directly; everything else has a function of its own.
PLAIN = frozenset(
    {"code", "code_kind", "founded_on", "industry_code", "capital", "capital_currency", "kind", "address", "scope",
     "care_level", "unverified"}
)  # fmt: skip

Dated = TypeVar("Dated", FirmPlace, FirmOfficer, FirmStatus)


def create(name: str, source: str, **values: Any) -> Firm:
    """A new firm with this name since it is known, found by the search. Raises Refused when its code is taken."""
    _refuse_taken(values.get("code"), None)
    now = clock.now()
    firm = Firm(name=name, sort_key=pinyin.sort_key(name), created_at=now, updated_at=now, **_plain(values))
    db.session.add(firm)
    db.session.flush()
    db.session.add(
        FirmName(firm_id=firm.id, name=name, match_key=match_key(name), from_on=firm.founded_on, source=source)
    )
    _settle([firm], named=True)
    return firm


def edit(firm: Firm, **values: Any) -> None:
    """Set plain columns. Raises Refused when the code belongs to another firm."""
    _refuse_taken(values.get("code"), firm.id)
    recoded = "code" in values and values["code"] != firm.code
    for field, value in _plain(values).items():
        setattr(firm, field, value)
    _settle([firm], named=recoded)


def rename(firm: Firm, name: str, on: date, source: str) -> None:
    """The firm bears another name from a day on; the old one becomes a former name. The same name changes nothing.

    Raises Refused when the present name began later than that day.
    """
    if name == firm.name:
        return
    current = _current_name(firm)
    if current.from_on is not None and current.from_on >= on:
        raise Refused(f"现在的名称从 {current.from_on} 起用，更名日期要晚于这一天")
    current.to_on = on - timedelta(1)
    db.session.add(FirmName(firm_id=firm.id, name=name, match_key=match_key(name), from_on=on, source=source))
    _name_now(firm, name)


def correct_name(firm: Firm, name: str) -> None:
    """The name was written wrongly: it changes without leaving a former name."""
    if name != firm.name:
        current = _current_name(firm)
        current.name, current.match_key = name, match_key(name)
        _name_now(firm, name)


def add_former_name(firm: Firm, name: str, to_on: date | None, source: str) -> None:
    """A name the firm bore before, until a day if that is known; one it has already changes nothing."""
    held = select(FirmName.id).where(FirmName.firm_id == firm.id, FirmName.match_key == match_key(name))
    if db.session.scalars(held).first() is None:
        row = FirmName(firm_id=firm.id, name=name, match_key=match_key(name), to_on=to_on, source=source)
        # Without a last day it could not be told from a name still borne.
        row.kind = "registered" if to_on else "former"
        db.session.add(row)
        _settle([firm], named=True)


def set_status(firm: Firm, status: str, on: date, reason: str, source: str) -> None:
    """The firm has this registration status from a day on; the status it has already changes nothing."""
    current = _open(FirmStatus, [firm]).get(firm.id)
    if firm.status == status:
        return
    row = _succeed(current, on, FirmStatus(firm_id=firm.id, status=status, from_on=on, source=source))
    row.status, row.reason, row.source = status, reason, source
    firm.status = status
    _settle([firm])


def set_flag(firm: Firm, flag: str, on: date, reason: str, source: str) -> None:
    """The firm stands on a list (经营异常名录 …) from a day on; one it stands on already changes nothing."""
    if _open_flag(firm, flag) is None:
        db.session.add(FirmFlag(firm_id=firm.id, flag=flag, from_on=on, reason=reason, source=source))
        _settle([firm])


def end_flag(firm: Firm, flag: str, on: date) -> None:
    """The firm was taken off a list; `on` is the last day it stood there. Raises Refused for a day before it began."""
    row = _open_flag(firm, flag)
    if row is not None:
        if on < row.from_on:
            raise Refused(f"{row.from_on} 才列入，移出日期不能早于这一天")
        row.to_on = on
        _settle([firm])


def place(firms: Sequence[Firm], tree: str, area_id: int | None, on: date, source: str) -> int:
    """The firms lie in an area (or park) from a day on, None for no longer; how many changed.

    A weaker source (an address, then a list, then a person) never overrides a stronger one. What was only inferred
    from the address is corrected as if it had never been said.
    """
    current, column, moved = _open(FirmPlace, firms, FirmPlace.tree == tree), f"{tree}_id", []
    strength = list(PLACE_SOURCES)
    for firm in firms:
        row = current.get(firm.id)
        if row is None and area_id is None:
            continue
        if row is not None and strength.index(source) < strength.index(row.source):
            continue
        if row is not None and row.area_id == area_id:
            row.source = source
            continue
        _move(firm, row, tree, area_id, on, source)
        setattr(firm, column, area_id)
        moved.append(firm)
    _settle(moved)
    return len(moved)


def assign_officer(firms: Sequence[Firm], position: str, user_id: int | None, on: date) -> int:
    """The firms have this person as A 角 or B 角 from a day on, None for nobody; how many changed.

    Who was the other of the two makes room for the new one.
    """
    current, changed = _open(FirmOfficer, firms, FirmOfficer.position == position), []
    mine, other = f"officer_{position.lower()}_id", "officer_b_id" if position == "A" else "officer_a_id"
    for firm in firms:
        if getattr(firm, mine) == user_id:
            continue
        row = current.get(firm.id)
        if user_id is None:
            _close(row, on)
        else:
            new = FirmOfficer(firm_id=firm.id, user_id=user_id, position=position, from_on=on)
            _succeed(row, on, new).user_id = user_id
        setattr(firm, mine, user_id)
        changed.append(firm)
    _settle(changed)
    doubled = [firm for firm in changed if user_id is not None and getattr(firm, other) == user_id]
    if doubled:
        assign_officer(doubled, "B" if position == "A" else "A", None, on)
    return len(changed)


def set_care_level(firms: Sequence[Firm], level: str | None) -> int:
    """The firms are to be seen as often as this level says, None for undecided; how many changed."""
    changed = [firm for firm in firms if firm.care_level != level]
    for firm in changed:
        firm.care_level = level
    _settle(changed)
    return len(changed)


def add_tag(firms: Sequence[Firm], name: str) -> int:
    """The firms carry this tag, made when it is new; how many did not carry it yet."""
    tag = db.session.scalars(select(Tag).where(Tag.name == name)).first()
    if tag is None:
        tag = Tag(name=name, sort_key=pinyin.sort_key(name))
        db.session.add(tag)
        db.session.flush()
    ids = [firm.id for firm in firms]
    held = set(db.session.scalars(select(FirmTag.firm_id).where(FirmTag.tag_id == tag.id, FirmTag.firm_id.in_(ids))))
    db.session.add_all(FirmTag(firm_id=firm_id, tag_id=tag.id) for firm_id in ids if firm_id not in held)
    db.session.flush()
    return len(set(ids) - held)


def remove_tag(firms: Sequence[Firm], tag_id: int) -> int:
    """The firms no longer carry this tag; how many did."""
    ids = [firm.id for firm in firms]
    rows = db.session.scalars(select(FirmTag).where(FirmTag.tag_id == tag_id, FirmTag.firm_id.in_(ids))).all()
    for row in rows:
        db.session.delete(row)
    db.session.flush()
    return len(rows)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    unknown = set(values) - PLAIN
    if unknown:
        raise TypeError(f"not set directly: {', '.join(sorted(unknown))}")
    return values


def _refuse_taken(code: str | None, firm_id: int | None) -> None:
    if code:
        other = db.session.execute(
            select(Firm.id, Firm.name).where(Firm.code == code, Firm.id != (firm_id or 0))
        ).first()
        if other is not None:
            raise Refused(f"代码 {code} 已经是“{other.name}”的。是同一家就在那一家上改，不是就核对代码。")


def _current_name(firm: Firm) -> FirmName:
    """The row of the name the firm bears now, made when an import left none."""
    query = select(FirmName).where(FirmName.firm_id == firm.id, FirmName.kind == "registered", FirmName.to_on.is_(None))
    row = db.session.scalars(query.order_by(FirmName.id.desc())).first()
    if row is None:
        row = FirmName(firm_id=firm.id, name=firm.name, match_key=match_key(firm.name))
        db.session.add(row)
    return row


def _name_now(firm: Firm, name: str) -> None:
    firm.name, firm.sort_key = name, pinyin.sort_key(name)
    _settle([firm], named=True)


def _open(table: type[Dated], firms: Iterable[Firm], *conditions: Any) -> dict[int, Dated]:
    """The row without an end of each firm, one statement for all of them."""
    query = select(table).where(table.firm_id.in_([firm.id for firm in firms]), table.to_on.is_(None), *conditions)
    return {row.firm_id: row for row in db.session.scalars(query.order_by(table.id))}


def _open_flag(firm: Firm, flag: str) -> FirmFlag | None:
    query = select(FirmFlag).where(FirmFlag.firm_id == firm.id, FirmFlag.flag == flag, FirmFlag.to_on.is_(None))
    return db.session.scalars(query.order_by(FirmFlag.id)).first()


def _move(firm: Firm, row: FirmPlace | None, tree: str, area_id: int | None, on: date, source: str) -> None:
    if row is not None and area_id is not None and row.source == "address":
        row.area_id, row.source = area_id, source
    elif area_id is None:
        _close(row, on)
    else:
        # The first place counts since the firm is known: nobody says it lay elsewhere before.
        new = FirmPlace(firm_id=firm.id, tree=tree, area_id=area_id, from_on=on if row else None, source=source)
        kept = _succeed(row, on, new)
        kept.area_id, kept.source = area_id, source


def _succeed(row: Dated | None, on: date, new: Dated) -> Dated:
    """End a row the day before and add its successor; a row that began on that very day is the one to change."""
    if row is not None and row.from_on == on:
        return row
    _close(row, on)
    db.session.add(new)
    return new


def _close(row: Dated | None, on: date) -> None:
    if row is None:
        return
    if row.from_on is not None and row.from_on > on:
        raise Refused(f"现在这一条从 {row.from_on} 开始，日期不能早于这一天")
    if row.from_on == on:
        db.session.delete(row)
    else:
        row.to_on = on - timedelta(1)


def _settle(firms: Sequence[Firm], named: bool = False) -> None:
    now = clock.now()
    for firm in firms:
        firm.updated_at = now
    db.session.flush()
    if named:
        search.refresh(firm.id for firm in firms)
