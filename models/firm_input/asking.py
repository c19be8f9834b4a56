"""请企业补数: a request for a firm, or for many at once, and the link that brings it to the firm."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select

from models import bulk, clock
from models.base import among, db
from models.errors import Refused
from models.firm.contacts import Contact
from models.firm.editing import may_change
from models.firm.record import Firm
from models.firm_input.known import missing, years_to_ask
from models.firm_input.record import FirmInput, open_of
from models.link import Link
from models.rules.firm_input import EXPIRED, FIGURES, Cell
from models.user import User

PURPOSE, SUBJECT = "firm_input", "firm_input"
#: How long a firm has, unless somebody says otherwise, and at most.
DAYS, MOST_DAYS = 14, 90
ASKED_ANEW = "过期没有填，重新请企业补数"


@dataclass(slots=True)
class Asked:
    """What came of asking many: new requests, and the firms that got none, with the reason."""

    new: list[FirmInput] = field(default_factory=list)
    #: A request is under way.
    there: list[int] = field(default_factory=list)
    #: Nothing the titles look at is missing.
    complete: list[int] = field(default_factory=list)
    #: The person does not look after them, or they are no longer active.
    left: list[int] = field(default_factory=list)


def ask(
    user: User, firm_ids: Sequence[int], years: Iterable[int], at: datetime, *, due_on: date | None = None,
    words: str = "",
) -> Asked:  # fmt: skip
    """Ask each of these firms for the figures of these years that the titles look at and nobody gave. The caller
    commits; links are made one by one afterwards. Firms the user does not see are passed over in silence. Refused for
    years that cannot be asked for or a day gone by. A fixed number of statements for every five thousand firms, beside
    those that write the new rows."""
    today = clock.local(at).date()
    wanted = _checked_years(years, today)
    until = _checked_day(due_on, today)
    found = Asked()
    ended: list[int] = []
    firms = _firms(user, firm_ids)
    open_ones = open_of([firm.id for firm in firms]) if firms else {}
    lacking = missing([firm.id for firm in firms], wanted, today) if firms else {}
    for firm in firms:
        under_way = open_ones.get(firm.id)
        if firm.status != "active" or not may_change(user, firm):
            found.left.append(firm.id)
        elif under_way is not None and under_way.state_on(today) != EXPIRED:
            found.there.append(firm.id)
        elif not lacking[firm.id]:
            found.complete.append(firm.id)
        else:
            if under_way is not None:
                _void(under_way, user, at, ASKED_ANEW)
                ended.append(under_way.id)
            found.new.append(_row(firm, user, until, words, at))
    end_links(ended, at)
    db.session.add_all(found.new)
    db.session.flush()
    _figures({row.id: (row, lacking[row.firm_id]) for row in found.new}, user, at)
    return found


def ask_one(firm: Firm, cells: Sequence[Cell], user: User, at: datetime, due_on: date, words: str = "") -> FirmInput:
    """Ask one firm for exactly these figures. Refused beside a request under way, without a figure, or for a day or a
    year that cannot be; the caller has seen that the user may change the firm, and commits."""
    today = clock.local(at).date()
    if firm.status != "active":
        raise Refused("这家企业已不在存续状态，不能请它补数")
    under_way = open_of([firm.id]).get(firm.id)
    if under_way is not None and under_way.state_on(today) != EXPIRED:
        raise Refused(f"{under_way.asked_on} 已请这家企业补数，{under_way.word_on(today)}，不用再发一份")
    if not cells or any(key not in FIGURES for key, _ in cells):
        raise Refused("请至少勾选一项")
    _checked_years((year for _, year in cells), today)
    until = _checked_day(due_on, today)
    if under_way is not None:
        void(under_way, user, at, ASKED_ANEW)
    row = _row(firm, user, until, words, at)
    db.session.add(row)
    db.session.flush()
    _figures({row.id: (row, cells)}, user, at)
    return row


def send(
    row: FirmInput, user: User, at: datetime, *, contact: Contact | None = None, label: str = "",
    due_on: date | None = None,
) -> tuple[Link, str]:  # fmt: skip
    """A link for the firm, good until the end of the request's last day, and its secret; the links before it end. The
    officer chose the contact or named somebody. The caller commits, and shows or mails the secret once."""
    today = clock.local(at).date()
    if not row.may("send"):
        row.move("send", at, today, by=user, via="form")
    if contact is not None and (contact.firm_id != row.firm_id or contact.ended_on is not None):
        raise Refused("请选这家企业的联系人")
    row.due_on = _checked_day(due_on or row.due_on, today)
    end_links([row.id], at)
    row.contact_id, row.label = (contact.id if contact else None), label.strip()[:60]
    shown = contact.masked_name if contact else row.label or "企业"
    link, token = Link.make(
        PURPOSE, SUBJECT, row.id, at=at, by=user, contact_id=row.contact_id, label=shown, uses=1,
        expires_at=clock.day_begins(row.due_on + timedelta(days=1)),
    )  # fmt: skip
    row.move("send", at, today, by=user, via="form", words=f"给{shown}，{row.due_on} 前")
    return link, token


def void(row: FirmInput, user: User, at: datetime, words: str) -> None:
    """It is not wanted any more, and why; its link ends. The caller commits. Refused without a reason."""
    if not words.strip():
        raise Refused("请写为什么作废")
    _void(row, user, at, words.strip())
    end_links([row.id], at)


def _void(row: FirmInput, user: User, at: datetime, words: str) -> None:
    row.ended_on = clock.local(at).date()
    row.move("void", at, row.ended_on, by=user, via="form", words=words)


def end_links(input_ids: Sequence[int], at: datetime) -> None:
    """No link of these requests opens anything any more."""
    if input_ids:
        query = select(Link).where(Link.subject == SUBJECT, among(Link.subject_id, input_ids))
        for link in db.session.scalars(query.order_by(Link.id)):
            link.revoke(at)


def _firms(user: User, firm_ids: Sequence[int]) -> list[Firm]:
    found: list[Firm] = []
    for start in range(0, len(firm_ids), 5000):
        query = Firm.visible_to(user).where(Firm.id.in_(firm_ids[start : start + 5000]))
        found += db.session.scalars(query.order_by(Firm.id))
    return found


def _row(firm: Firm, user: User, due_on: date, words: str, at: datetime) -> FirmInput:
    return FirmInput(firm_id=firm.id, asked_by_id=user.id, asked_on=clock.local(at).date(), due_on=due_on,
                     words=words.strip(), created_at=at)  # fmt: skip


def _figures(asked: Mapping[int, tuple[FirmInput, Sequence[Cell]]], user: User, at: datetime) -> None:
    """What each new request asks for, and that it was made; by id of the request."""
    figures, moves = [], []
    for input_id, (row, cells) in asked.items():
        wanted = list(dict.fromkeys(cells))
        years = "、".join(f"{year} 年" for year in sorted({year for _, year in wanted}, reverse=True))
        figures += [{"input_id": input_id, "key": key, "year": year} for key, year in wanted]
        moves.append({"input_id": input_id, "event": "ask", "to_state": row.state, "at": at, "moved_on": row.asked_on,
                      "by_id": user.id, "via": "form", "words": f"{years} {len(wanted)} 项"})  # fmt: skip
    bulk.put_dicts(db.metadata.tables["firm_input_figure"], figures)
    bulk.put_dicts(db.metadata.tables["firm_input_move"], moves)


def _checked_years(years: Iterable[int], today: date) -> list[int]:
    wanted, possible = sorted(set(years), reverse=True), years_to_ask(today)
    if not wanted:
        raise Refused("请选年度")
    if not set(wanted) <= set(possible):
        raise Refused(f"只能请企业补 {possible[-1]} 到 {possible[0]} 年的数")
    return wanted


def _checked_day(due_on: date | None, today: date) -> date:
    until = due_on or today + timedelta(days=DAYS)
    if not today <= until <= today + timedelta(days=MOST_DAYS):
        raise Refused(f"填报截止日期在今天到 {today + timedelta(days=MOST_DAYS)} 之间")
    return until
