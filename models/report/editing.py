"""What an editor needs: whose draft may be begun, and its texts as an officer reads them."""

from datetime import date

from models.base import db
from models.errors import NotFound, Refused
from models.report import composing, drafting
from models.report.reading import own_unit, visible_to
from models.report.record import Report
from models.rules.report import COMPILE
from models.rules.report_words import shown
from models.unit import Unit
from models.user import User


def unit_for(user: User, text: str, on: date) -> Unit | None:
    """The unit that somebody asks to draft for, None for the bureau. NotFound for no unit; Refused where it is not
    theirs to draft: the bureau's and other units' belong to who compiles."""
    if not text:
        if COMPILE not in user.permissions:
            raise Refused("全局的由综合科起草")
        return None
    unit = db.session.get(Unit, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if unit is None:
        raise NotFound
    if COMPILE not in user.permissions and own_unit(user, on) != unit.id:
        raise Refused("只能起草自己科室的")
    return unit


def find_there(user: User, kind: str, period: str, text: str, on: date) -> Report | None:
    """The edition that is there already, if this person may see it."""
    unit_id = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    found = drafting.find(kind, period, unit_id)
    if found is None:
        return None
    there: Report | None = db.session.scalar(visible_to(user, on).where(Report.id == found.id))
    return there


def texts(report: Report) -> tuple[dict[str, str], dict[str, str]]:
    """The texts by section with numbers by their Chinese names, and the names that may be used, by slot."""
    counter = composing.counter_for(report, report.last_on)
    names = composing.slot_names(report, counter, [row.text for row in report.sections])
    return {row.key: shown(row.text, names) for row in report.sections}, names
