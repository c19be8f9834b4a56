"""A draft of the rules for trying out: what if a document asked for more research from next year on."""

from datetime import date, datetime

from sqlalchemy import select

from models.base import db
from models.rule_book import RuleBook
from models.rule_book_shelf import text_of
from models.rules.assess.dating import stamped
from models.user import Role, User

BASED_ON = "hnte-2016"
#: (as it is shipped, as the draft has it).
MORE_RESEARCH = ("{ up_to = 5000, limit = 0.05 }", "{ up_to = 5000, limit = 0.06 }")
WHY = "演示：假如从明年起，销售收入 5000 万元以内的企业，研发费用占比要到 6%。试算一下，看哪些企业受影响。"


def add_draft(today: date, at: datetime) -> RuleBook:
    """The draft, by somebody of the office; it changes nothing until it is put in force. The caller commits."""
    office = select(User).join(User.roles).where(Role.name == "office").order_by(User.id).limit(1)
    by = db.session.scalars(office).one()
    text = text_of(BASED_ON).replace(*MORE_RESEARCH)
    version, begins = f"hnte-{today.year + 1}", date(today.year + 1, 1, 1)
    return RuleBook.begin(stamped(text, version, begins, None), WHY, BASED_ON, by, at)
