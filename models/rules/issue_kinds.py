"""The words an issue is described by, and the rows that the lists of classes and topics begin with (closed-loop.md)."""

from dataclasses import dataclass

#: How much ceremony a class asks for.
FLOWS = {"simple": "简易", "standard": "标准", "supervised": "督办"}
KINDS = {"problem": "问题", "demand": "需求"}
#: Where it came from (来源).
CHANNELS = {
    "visit": "走访", "phone": "电话", "link": "企业链接", "import": "导入", "walk_in": "来访", "meeting": "座谈会",
    "forwarded": "上级转办", "other": "其他",
}  # fmt: skip
#: 办理结果.
OUTCOMES = {"solved": "已解决", "planned": "计划解决", "explained": "解释说明"}
#: The firm's first answer: is it solved? Attitude, 1 to 5, is kept apart.
SOLVED = {"yes": "已解决", "partly": "部分解决", "no": "没有解决"}
#: On what a closing rests; the last is 未答复销号.
BASES = {"link": "企业链接确认", "call": "电话回访", "no_answer": "未答复"}
COLOURS = {"blue": "蓝色督办单", "yellow": "黄色督办单", "red": "红色督办单"}
ASSIGNMENTS = {"lead": "牵头", "assist": "协办"}
#: Through what somebody acted.
VIAS = {"form": "页面", "link": "链接", "import": "导入", "job": "系统"}
CALL_ABOUT = {"confirm": "办结回访", "withdrawal": "撤回核实", "spot": "抽查"}
SPOT_RESULTS = {"confirmed": "属实", "not_solved": "未解决", "unreachable": "联系不上"}
LISTS = {"problem": "问题清单", "responsibility": "责任清单", "follow_through": "落实清单"}
OFFER_STATES = {"proposed": "已推荐", "accepted": "企业接受", "declined": "企业未接受", "delivered": "已服务"}
#: Days after 销号 within which the same topic of the same firm counts as come back (复发).
RECURS_WITHIN = 90
MARKS = {"new": "新增", "closed": "销号", "extended": "延期", "overdue": "逾期"}


@dataclass(frozen=True, slots=True)
class DefaultClass:
    """A class with its flow and its clock in working days."""

    key: str
    name: str
    flow: str
    days: int


CLASSES = (
    DefaultClass("ordinary", "一般", "simple", 5),
    DefaultClass("joint", "协同", "standard", 15),
    DefaultClass("major", "重大", "supervised", 30),
)
TOPICS = {
    "technology": "技术", "finance": "融资", "talent": "人才", "policy": "政策", "site": "场地", "labour": "用工",
    "market": "市场", "ip": "知识产权", "other": "其他",
}  # fmt: skip
