"""The rules of reminders that a bureau begins with; rows of reminder_rule override them (foundations 14)."""

from dataclasses import dataclass

from models.rules.reminder import RuleFacts

#: The entry of the timetable that raises what has none of its own: all of a morning in one mail.
DAILY = "duties"
_OFFICE = frozenset({"app", "mail", "robot"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it is called, which entry of the timetable raises it, and how it is set at first."""

    name: str
    facts: RuleFacts
    #: Name of the job that raises it (contracts.md).
    job: str = DAILY
    note: str = ""
    #: A nudge without a clock of its own: it stands after what is due, without a light.
    soft: bool = False

    @property
    def key(self) -> str:
        """Its key."""
        return self.facts.key


def _rule(
    key: str, name: str, stages: tuple[int, ...] = (0,), unit: str = "d", escalate_after: int = 0,
    job: str = DAILY, note: str = "", soft: bool = False,
) -> Rule:  # fmt: skip
    return Rule(name, RuleFacts(key, stages, unit, _OFFICE, escalate_after), job, note, soft)


RULES: tuple[Rule, ...] = (
    _rule("firm-input-review", "企业填报待审核", (0, -3), "wd", note="企业提交以后提醒 A 角，三个工作日后再提醒。"),
    _rule("firm-input-late", "企业填报过期", (0,), note="企业到期没有填，提醒 A 角打电话。"),
    _rule("figures-old", "企业数据超过一年", (0,), note="每季度提醒 A 角一次；已经在请补的不算。", soft=True),
    _rule("pool-next", "培育库下一步到期", (2, 0, -1), "wd", 5, note="提醒负责人。"),
    _rule("pool-still", "培育库企业停滞", note="连续几个月没有动静，提醒负责人；几个月在培育库设置里定。", soft=True),
    _rule("promise-due", "答复承诺到期", (2, 0, -1), "wd", 3, note="提醒答应的人"),
    _rule("application-date", "申报批次的期限", (15, 7, 3, 0), note="没到那一步的申报，提醒辅导干部或 A 角。"),
    _rule("issue-sign", "问题待签收", (0,), "wd", note="提醒承办人"),
    _rule("issue-due", "问题办理到期、逾期", (3, 0, -1), "wd", 3, note="提醒承办人"),
    _rule("issue-reply", "阶段答复到期", (1, -1), "wd", 3, note="提醒承办人"),
    _rule("issue-assist", "协办答复到期", (1, -1), "wd", 3, note="提醒协办人"),
    _rule("issue-desk", "待受理、待交办、待裁定", (0, -1), "wd", note="提醒有交办权的人"),
    _rule("issue-extension", "延期申请待批", (1, -1), "wd", note="提醒有督办权的人，申请人自己除外"),
    _rule("issue-review", "待销号审核", (1, -1), "wd", note="提醒有销号审核权的人，承办人自己除外"),
    _rule("issue-call", "该给企业打电话", (0, -2), "wd", note="提醒有交办权的人，承办人自己除外"),
    _rule("issue-spot", "抽查没有做完", (10, 3), "wd", note="提醒有销号审核权的人"),
    _rule("plan-week", "下周安排没有排", (0,), "wd", job="plan-reminder", note="提醒联系企业的人"),
    _rule("weekly-digest", "每周要情", (0,), "wd", job="weekly-digest", note="给联系干部、综合科、领导和镇街园区助理"),
    _rule("survey-eve", "企业调研日前一天", (1,), "wd", job="survey-day-eve", note="提醒第二天要去的人"),
    _rule("report-due", "月汇报要交", (3, 0), "wd", job="month-due", note="提醒科室负责人"),
    _rule("report-overdue", "月汇报没有交", (-1, -3), "wd", 3, job="month-overdue", note="提醒科室负责人"),
    _rule("report-sign", "报告待审签、待签发", (0, -2), "wd", note="提醒有签发权的人"),
    _rule("duty-due", "企业应办事项到期", (30, 7, 0), "d", note="提醒联系干部，同一事项合成一条"),
    _rule("title-end", "资质到期", (90, 60, 30), "d", note="提醒联系干部，同一天到期的合成一条"),
)  # fmt: skip

BY_KEY: dict[str, Rule] = {rule.key: rule for rule in RULES}
JOBS: tuple[str, ...] = tuple(dict.fromkeys(rule.job for rule in RULES))


def of_job(job: str) -> frozenset[str]:
    """The keys of the rules that an entry of the timetable raises."""
    return frozenset(rule.key for rule in RULES if rule.job == job)
