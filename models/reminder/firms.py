"""What firms must do and when their titles end, for who looks after them: one reminder for a duty and a date, however
many firms of one person it is about."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import func, select

from models import duty
from models.base import among, db
from models.duty import DutyRule, FirmDuty
from models.firm.record import Firm
from models.rules.reminder import HORIZON, Due

#: What fell due longer ago and was never noted as done is old paper, not a reminder.
BACK = timedelta(days=60)


def due_reminders(on: date) -> list[Due]:
    """The open duties from two months back to the horizon by officer (A 角, or B 角 where there is none), duty and
    date. A fixed number of statements."""
    officer = func.coalesce(Firm.officer_a_id, Firm.officer_b_id)
    here = select(Firm.id).where(officer.is_not(None), Firm.merged_into_id.is_(None))
    rows = [row for row in duty.list_due(here, on - BACK, on + HORIZON, done=False) if _counts(row, on)]
    if not rows:
        return []
    ids = sorted({row.firm_id for row in rows})
    named = select(Firm.id, officer, Firm.name).where(among(Firm.id, ids)).order_by(Firm.id)
    firms = {firm_id: (person_id, name) for firm_id, person_id, name in db.session.execute(named)}
    rule_ids = dict(db.session.execute(select(DutyRule.key, DutyRule.id).order_by(DutyRule.id)).all())
    groups: dict[tuple[date, int, int], list[FirmDuty]] = defaultdict(list)
    for row in rows:
        groups[row.duty.due_on, rule_ids[row.duty.rule.key], firms[row.firm_id][0]].append(row)
    return [_due(key, group, {row.firm_id: firms[row.firm_id][1] for row in group}) for key, group in sorted(
        groups.items(), key=lambda item: item[0]
    )]  # fmt: skip


def _counts(row: FirmDuty, on: date) -> bool:
    """A chance that passed and a title that ended ask for nothing any more."""
    return row.duty.due_on >= on or row.duty.rule.binding


def _due(key: tuple[date, int, int], rows: Iterable[FirmDuty], names: dict[int, str]) -> Due:
    due_on, rule_id, person_id = key
    rule = next(iter(rows)).duty.rule
    ends = rule.kind == "title_end"
    firm_id = next(iter(names)) if len(names) == 1 else None
    who = names[firm_id] if firm_id is not None else f"您联系的 {len(names)} 家"
    words = f"{who}：{rule.name}，{due_on} {'为最后一天' if ends else '截止'}"
    path = f"/duties/?rule={rule.key}&due={due_on}"
    return Due(
        "title-end" if ends else "duty-due", "duty_rule", rule_id, person_id, str(due_on), due_on, firm_id, words, path
    )
