"""The link by which a firm fills in its figures, brought by mail."""

from datetime import datetime

from crm.mail.issue_links import Ways
from crm.mail.message import Words, letter
from models import outbox, setting, vault
from models.firm.contacts import Contact
from models.firm_input.record import FirmInput
from models.link import Link


def url_of(ways: Ways, token: str) -> str:
    """Where the firm fills in."""
    return f"{ways.base}/l/figures/{token}"


def to_contact(ways: Ways, row: FirmInput, contact: Contact, link: Link, token: str, at: datetime) -> bool:
    """Put the firm's link into the outbox for the contact the officer chose; False without a way or an address."""
    if not ways.by_mail or not has_address(contact):
        return False
    assert ways.server is not None
    years = "、".join(str(year) for year in row.years)
    phone, bureau = setting.get("bureau_phone"), setting.get("bureau_name")
    said = Words(
        f"请填 {years} 年的 {len(row.figures)} 个数",
        [
            f"{row.firm.name}：",
            "用来对照科技型中小企业、专精特新、高新技术企业的条件，看还差什么。手机上就能填，中途可以停下，用同一个链接接着填。",
        ],
        row.words,
        ("去填（不用注册）", url_of(ways, token)),
        [
            f"链接到 {row.due_on} 有效，提交以后不能再改。只给您本人，请不要转发。",
            bureau + (f"，有事打 {phone}" if phone else ""),
        ],
    )  # fmt: skip
    mail = letter(contact.open_email(), contact.open_name(), f"请填写 {years} 年企业数据", said)
    outbox.put(f"link:{link.id}", mail, ways.server.domain, at, owner_table="firm_input", owner_id=row.id,
               link_id=link.id)  # fmt: skip
    return True


def has_address(contact: Contact) -> bool:
    """Whether a contact can be written to."""
    try:
        return contact.ended_on is None and bool(contact.open_email())
    except vault.CannotOpen:
        return False
