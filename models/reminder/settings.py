"""How the bureau has set the rules of reminders, and of which rules a person wants no mail."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import time

from sqlalchemy import CheckConstraint, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from models import setting
from models.base import Key, Model, Name, Words, db, one_of
from models.errors import NotFound, Refused
from models.rules import reminder as rules
from models.rules.reminder import RuleFacts
from models.rules.reminder_table import BY_KEY, RULES, Rule

MOST_STAGES = 6
FURTHEST = rules.HORIZON.days
MOST_ESCALATION = 60


class ReminderRule(Model):
    """A row that overrides how one rule is set at first."""

    __tablename__ = "reminder_rule"
    __table_args__ = (
        CheckConstraint(one_of("unit", rules.UNITS), name="unit"),
        CheckConstraint(f"escalate_after BETWEEN 0 AND {MOST_ESCALATION}", name="escalate_after"),
    )

    key: Mapped[str] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(Name)
    active: Mapped[bool] = mapped_column(default=True)
    #: Whole numbers, the earliest first, as `7 3 0 -1`.
    stages: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str] = mapped_column(Key)
    channels: Mapped[frozenset[str]] = mapped_column(Words)
    escalate_after: Mapped[int] = mapped_column(default=0)


class ReminderChoice(Model):
    """A person wants no mail of a rule; the page shows it to them all the same."""

    __tablename__ = "reminder_choice"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    rule: Mapped[str] = mapped_column(Key, primary_key=True)


@dataclass(frozen=True)
class QuietHours:
    """From when in the evening to when in the morning no mail goes out."""

    begins: time
    ends: time


def list_rules() -> list[Rule]:
    """Every rule as it is in force, in the order of the table. One statement."""
    rows = {row.key: row for row in db.session.scalars(select(ReminderRule).order_by(ReminderRule.key))}
    return [_in_force(rule, rows.get(rule.key)) for rule in RULES]


def in_force() -> dict[str, Rule]:
    """The same by key."""
    return {rule.key: rule for rule in list_rules()}


def get(key: str) -> Rule:
    """One rule as it is in force, or NotFound."""
    if key not in BY_KEY:
        raise NotFound
    return _in_force(BY_KEY[key], db.session.get(ReminderRule, key))


def change(key: str, name: str, facts: RuleFacts) -> None:
    """Set a rule; the caller commits. Refused for stages that no day can have, and without a way to the reader."""
    wrong = fault(facts)
    if wrong:
        raise Refused(wrong)
    row = db.session.get(ReminderRule, key) or ReminderRule(key=key)
    row.name, row.active, row.unit, row.channels = name.strip(), facts.active, facts.unit, facts.channels
    row.stages = " ".join(str(stage) for stage in sorted(facts.stages, reverse=True))
    row.escalate_after = facts.escalate_after
    db.session.add(row)


def restore(key: str) -> None:
    """Set a rule as it came; the caller commits. NotFound for no such rule."""
    if key not in BY_KEY:
        raise NotFound
    row = db.session.get(ReminderRule, key)
    if row is not None:
        db.session.delete(row)


def is_changed(key: str) -> bool:
    """Whether the bureau set a rule itself."""
    return db.session.get(ReminderRule, key) is not None


def fault(facts: RuleFacts) -> str:
    """What is wrong with how a rule is set, in an officer's words; empty when nothing is."""
    if not 1 <= len(set(facts.stages)) <= MOST_STAGES:
        return f"请填 1 到 {MOST_STAGES} 个提醒日"
    if any(abs(stage) > FURTHEST for stage in facts.stages):
        return f"提醒日最多早或晚 {FURTHEST} 天"
    if not 0 <= facts.escalate_after <= MOST_ESCALATION:
        return f"报上一级的工作日请填 0 到 {MOST_ESCALATION}，0 是不报"
    return ""


def read_stages(text: str) -> tuple[int, ...] | None:
    """The stages that a person typed, such as `7、3、0、-1`, the earliest first; None for what is none."""
    words = text.replace("、", " ").replace("，", " ").replace(",", " ").replace("－", "-").split()
    try:
        return tuple(sorted({int(word) for word in words}, reverse=True)) if words else None
    except ValueError:
        return None


def declined(people: Iterable[int] | None = None) -> set[tuple[int, str]]:
    """(person, rule) of whom wants no mail of what; of these people, or of all."""
    query = select(ReminderChoice.user_id, ReminderChoice.rule)
    if people is not None:
        query = query.where(ReminderChoice.user_id.in_(sorted(people)))
    return {(user_id, rule) for user_id, rule in db.session.execute(query)}


def choose(user_id: int, wanted: Collection[str]) -> None:
    """A person wants mail of these rules and of no other; the caller commits."""
    db.session.execute(delete(ReminderChoice).where(ReminderChoice.user_id == user_id))
    db.session.add_all(ReminderChoice(user_id=user_id, rule=key) for key in BY_KEY if key not in wanted)


def quiet_hours() -> QuietHours:
    """The quiet hours as they are set; what cannot be read is the default."""
    begins, ends = (rules.read_time(setting.get(key)) for key in ("quiet_from", "quiet_to"))
    return QuietHours(begins or time(20, 0), ends or time(7, 30))


def _in_force(rule: Rule, row: ReminderRule | None) -> Rule:
    if row is None:
        return rule
    stages = read_stages(row.stages) or rule.facts.stages
    facts = RuleFacts(rule.key, stages, row.unit, row.channels | {"app"}, row.escalate_after, row.active)
    return replace(rule, name=row.name or rule.name, facts=facts)
