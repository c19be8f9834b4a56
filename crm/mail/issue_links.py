"""Links of issues brought by mail: to the firm's contact, to a handler of another unit."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm.mail.message import Words, letter
from crm.mail.server import Server, parse
from models import clock, outbox, setting, vault
from models.base import db
from models.firm.contacts import Contact
from models.issue import Issue
from models.issue.kinds import OutsideHandler
from models.link import Link
from models.user_session import hash_of

NO_ADDRESS = "没有设置公网地址（PUBLIC_BASE_URL），不能用链接，请打电话。"
NO_SERVER = "没有设置邮件服务器（MAIL_URL），邮件发不出去，请复制链接转给本人，或打电话。"


@dataclass(frozen=True)
class Ways:
    """How a link can leave the house: the public address, without which there are none, and the mail server."""

    base: str
    server: Server | None

    @classmethod
    def of(cls, public_base_url: str, mail_url: str) -> "Ways":
        """As the environment says it."""
        return cls(public_base_url, parse(mail_url))

    @property
    def by_mail(self) -> bool:
        """Whether a link can be sent at all."""
        return bool(self.base) and self.server is not None

    @property
    def missing(self) -> str:
        """What stands in the way, in an officer's words; empty when nothing does."""
        if not self.base:
            return NO_ADDRESS
        return "" if self.server else NO_SERVER

    def firm_url(self, token: str) -> str:
        """Where the firm answers."""
        return f"{self.base}/l/firm/{token}"

    def handler_url(self, token: str) -> str:
        """Where a handler of another unit works."""
        return f"{self.base}/l/issue/{token}"

    def to_firm(self, issue: Issue, token: str, at: datetime) -> bool:
        """Put the firm's link into the outbox for its contact; False when there is no way or no address."""
        contact = with_email(issue)
        if not self.by_mail or contact is None:
            return False
        assert self.server is not None
        link = _link(token)
        until = f"{clock.local(link.expires_at):%Y-%m-%d %H:%M}" if link.expires_at else ""
        said = Words(
            "您提的问题，解决了吗？",
            [f"{issue.firm.name}，您 {issue.raised_on} 说：", *_result(issue)],
            issue.words,
            ("去回答（1 分钟，不用注册）", self.firm_url(token)),
            [f"链接到 {until} 有效，只能回答一次。没有解决的会重新办，首次提出的日期不变。", *_phone()],
        )
        mail = letter(contact.open_email(), contact.open_name(), f"请确认：{issue.title}", said)
        _put(mail, f"link:{link.id}", self.server.domain, at, issue.id, link)
        return True

    def to_handler(self, issue: Issue, handler: OutsideHandler, token: str, at: datetime) -> bool:
        """Put a handler's link into the outbox; False when there is no way or no address."""
        if not self.by_mail or not handler.email:
            return False
        assert self.server is not None
        link = _link(token)
        due = f"请在 {issue.due_on} 前办结。" if issue.due_on else ""
        said = Words(
            "有一个企业问题交给您办理",
            [f"{issue.firm.name} 说：", f"{due}打开链接就能签收、退办、答复、申请延期、申请办结，不用账号。"],
            issue.words,
            ("打开办理", self.handler_url(token)),
            ["这个链接只给您本人，打开和办理都有记录，请不要转发。", *_phone()],
        )
        _put(letter(handler.email, handler.name, f"请办理：{issue.title}", said), f"link:{link.id}", self.server.domain,
             at, issue.id, link)  # fmt: skip
        return True


def with_email(issue: Issue) -> Contact | None:
    """Who at the firm can be written to: the contact of the issue, else the first of the firm with an address."""
    query = select(Contact).where(Contact.firm_id == issue.firm_id, Contact.email_sealed.is_not(None))
    query = query.where(Contact.ended_on.is_(None))
    rows = list(db.session.scalars(query.order_by(Contact.is_main.desc(), Contact.id)))
    rows.sort(key=lambda row: row.id != issue.contact_id)
    return next((row for row in rows if _opens(row)), None)


def _opens(contact: Contact) -> bool:
    try:
        return bool(contact.open_email())
    except vault.CannotOpen:
        return False


def _link(token: str) -> Link:
    return db.session.scalars(select(Link).where(Link.token_hash == hash_of(token))).one()


def _result(issue: Issue) -> list[str]:
    return [f"{issue.proposed_on} 的办理结果：{issue.result}"] if issue.proposed_on and issue.result else []


def _phone() -> list[str]:
    phone = setting.get("bureau_phone")
    return [f"{setting.get('bureau_name')}" + (f"，有事打 {phone}" if phone else "")]


def _put(mail: outbox.Letter, key: str, domain: str, at: datetime, issue_id: int, link: Link) -> None:
    outbox.put(key, mail, domain, at, owner_table="issue", owner_id=issue_id, link_id=link.id)
