"""Why a person was, or was not, told of something on a day: the same decisions as the run, in words. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from models.rules import reminder as rules
from models.rules.reminder import Due, RuleFacts
from models.rules.reminder_plan import People, Row
from models.rules.workday import Workdays


def why(
    due: Due, rows: Sequence[Row], facts: RuleFacts, people: People, names: Mapping[int, str], workdays: Workdays,
    on: date,
) -> str:  # fmt: skip
    """What the run of a day says of one matter that is due: not yet, told already, or who gets it. rows: what the
    ledger holds of this matter."""
    own = [row for row in rows if row.level == 0]
    stage = rules.stage_reached(due.due_on, on, facts.stages, facts.unit, workdays)
    if stage is None:
        first = min(rules.stage_day(due.due_on, one, facts.unit, workdays) for one in facts.stages)
        return f"还没到提醒日，最早 {first} 提醒"
    told = [row for row in own if row.stage <= stage]
    if told:
        return f"已在 {max(row.raised_on for row in told)} 提醒过，同一件事同一个提醒日只提醒一次"
    if not facts.active:
        return "规则已停用，不再提醒"
    if not workdays.works(on):
        return "休息日不提醒，下一个工作日补上"
    recipient, reason = rules.handed_to(due.person_id, people.present, people.acting)
    if reason == "left":
        return "账号已停用（已离岗），没有人收，报给上一级"
    if reason == "deputy":
        return f"外出，由代理人{names.get(recipient or 0, '')}收"
    return "应当提醒，等这一天的定时任务运行"
