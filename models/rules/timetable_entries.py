"""The entries every bureau begins with: their names (contracts.md), what they are called, and when they happen.

Rows of `job_override` change them; the functions that they call stand in jobs/schedule.py.
"""

from dataclasses import dataclass
from datetime import time

from models.rules.timetable import When

MORNING = time(9)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its name, what it is called on the page, what it does, and when."""

    name: str
    title: str
    what: str
    when: When
    #: Whether it can be tried without effect: it does nothing beyond the database.
    can_rehearse: bool = True


ENTRIES: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "weekly-digest", "每周要情", "给每个人发本周与他有关的事",
            When("weekly", time(8, 30), "first", weekday=1),
        ),
        Entry(
            "plan-reminder", "周安排提醒", "提醒还没排下周走访的人",
            When("weekly", time(15), "last", weekday=5),
        ),
        Entry("survey-day-eve", "企业调研日提醒", "调研日前一天提醒第二天去哪里", When("eve", time(15))),
        Entry("month-due", "月汇报起草", "起草当月月汇报并提醒各科室", When("monthly", MORNING, "before", day=25)),
        Entry("month-overdue", "月汇报催办", "上月月汇报还没有的，每天提醒一次", When("month_start", MORNING, nth=5)),
        Entry(
            "quarter-bulletin", "季通报", "起草上一季度的季通报",
            When("workday", MORNING, nth=5, of="quarter", about_last=True),
        ),
        Entry("clocks", "问题时限", "签收、督办、提级、抽查、确认链接", When("daily", time(7), "skip")),
        Entry("duties", "应办事项提醒", "快到期和过期的应办事项，提醒要办的人", When("daily", time(7, 30), "skip")),
        Entry(
            "assess", "申报候选重算", "所有企业按当天的数和规则重新对照一遍",
            When("daily", time(5)), can_rehearse=False,
        ),
        Entry(
            "assess-changed", "申报候选补算", "改过数的企业重新对照",
            When("every", seconds=300), can_rehearse=False,
        ),
        Entry("backup", "每日备份", "数据和文件存成一个备份文件", When("daily", time(2, 30)), can_rehearse=False),
        Entry("clean-up", "到期资料清理", "保存期满的原件和记录", When("daily", time(3, 30)), can_rehearse=False),
        Entry("seal-audit", "封存审计记录", "把新的审计记录封存", When("every", seconds=60), can_rehearse=False),
    )
}  # fmt: skip
