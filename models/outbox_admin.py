"""The outbox as an administrator sees it: counts, what did not go out, and how sending goes on after a restore.

Nothing here shows an address, a subject or a body: a mail may name a firm, and an administrator sees none.
"""

import re
from datetime import datetime

from sqlalchemy import func, select, update

from models import setting
from models.base import db
from models.errors import NotFound, Refused
from models.outbox import MAIL_STATES, Mail, hint

#: What a mail is about, by the table of its record.
ABOUT = {"issue": "问题", "user": "提醒", "link": "链接", "firm": "企业填报", "firm_input": "企业填报"}
ADDRESS = re.compile(r"[^\s<>@:,;]+@[^\s<>@:,;]+")


def counts() -> dict[str, int]:
    """How many mails are in each state, every state named."""
    query = select(Mail.state, func.count(Mail.id)).group_by(Mail.state)
    found = {state: count for state, count in db.session.execute(query)}  # noqa: C416  the rows are not pairs to mypy
    return {state: found.get(state, 0) for state in MAIL_STATES}


def list_page(state: str, page: int, per_page: int) -> tuple[list[Mail], int]:
    """One page of the mails in a state (all when empty), the newest first, and how many there are."""
    query = select(Mail)
    if state:
        query = query.where(Mail.state == state)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    query = query.order_by(Mail.created_at.desc(), Mail.id.desc())
    return list(db.session.scalars(query.limit(per_page).offset((page - 1) * per_page))), total


def get(mail_id: int) -> Mail:
    """One mail. Raises NotFound."""
    mail = db.session.get(Mail, mail_id)
    if mail is None:
        raise NotFound
    return mail


def about(mail: Mail) -> str:
    """What it is about, without naming whom."""
    return ABOUT.get(mail.owner_table, "邮件")


def error_words(mail: Mail) -> str:
    """Why it did not go out, addresses hidden."""
    return ADDRESS.sub(lambda found: hint(found.group()), mail.error)


def skip(mail: Mail, reason: str) -> None:
    """Never send it; its words are wiped. Raises Refused without a reason, or for one that is out or on its way."""
    if not reason:
        raise Refused("请写为什么不发")
    if mail.state not in ("waiting", "failed", "bounced", "maybe"):
        raise Refused(f"这封邮件{MAIL_STATES[mail.state]}，不能改为不发")
    mail.state, mail.error, mail.letter_sealed = "skipped", reason[:500], None
    mail.holder = mail.lease_until = None


def hold_maybe_sent(until: datetime) -> int:
    """Put aside what may have been sent by the process that the restored copy knows nothing of: everything that waits
    and was made up to this moment; how many. The caller commits."""
    statement = update(Mail).where(Mail.state.in_(("waiting", "running", "failed")), Mail.created_at <= until)
    values = {"state": "maybe", "holder": None, "lease_until": None, "in_flight": False}
    held = db.session.execute(
        statement.values(**values).returning(Mail.id).execution_options(synchronize_session=False)
    )
    return len(held.all())


def send_after_all(mail_ids: list[int], at: datetime) -> int:
    """Send what was put aside and was ticked: its reader may get it twice, and it says so; how many. The caller
    commits."""
    statement = update(Mail).where(Mail.id.in_(mail_ids), Mail.state == "maybe", Mail.letter_sealed.is_not(None))
    values = {"state": "waiting", "next_at": at, "attempts": 0, "error": "", "doubtful": True}
    sent = db.session.execute(
        statement.values(**values).returning(Mail.id).execution_options(synchronize_session=False)
    )
    return len(sent.all())


def restored() -> tuple[datetime, datetime] | None:
    """The moment of the backup that was restored and the moment of the restore, until it is named from when sending
    goes on; None: there is nothing to name."""
    made, came = setting.get("restored_from"), setting.get("restored_at")
    return (datetime.fromisoformat(made), datetime.fromisoformat(came or made)) if made else None


def check_moment(moment: datetime, now: datetime) -> None:
    """Raises Refused for a moment from which sending cannot go on."""
    found = restored()
    if found is None:
        raise Refused("没有恢复过备份，不用指定时间")
    if moment < found[0]:
        raise Refused("不能早于备份的时间：备份里已有的都是那以前的")
    if moment > now:
        raise Refused("不能晚于现在")


def go_on() -> None:
    """Sending goes on, and entries for people happen again. The caller commits."""
    for key, value in (("sending", "on"), ("restored_from", ""), ("restored_at", "")):
        setting.change(key, value)
