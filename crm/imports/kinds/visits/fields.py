"""What the columns of a log of visits are called, and the words its cells use."""

import re
from typing import Any

from crm.imports.kinds import CODE, NAME, REMARK, STREET, Field, date_of, is_date, is_firm_name, plain_text, text

#: Ways of meeting a firm as logs write them, by key of visit_kind; the first that fits.
WAYS = (
    ("received", r"来访|来局|接待|到访|上门咨询"),
    ("phone", r"电话|来电|去电|致电"),
    ("message", r"微信|短信|QQ|消息|留言|钉钉"),
    ("online", r"线上|视频|网络|远程|云"),
    ("meeting", r"座谈|会议|沙龙|集中"),
    ("visit", r"走访|现场|上门|实地|入企|拜访|调研|下企|见面|面谈"),
)
#: What a log says of a demand, by key of rules.visit.HANDLINGS; 未办结 is looked for before 办结.
HANDLINGS = (
    ("in_hand", r"未办结|未完成|未解决|未落实|办理中|处理中|在办|正在|跟踪|推进|进行|协调中|解决中"),
    ("to_forward", r"待|转办|交办|移交|未办|未处理|未答复"),
    ("settled", r"办结|完成|解决|落实|答复|反馈|完毕|^是$|已办|结案|办好"),
)
_ITEM = re.compile(r"(?:^|(?<=[\s；;。，,]))(?:[（(]?(\d{1,2})[)）、.．](?!\d)|([①②③④⑤⑥⑦⑧⑨⑩]))\s*")


def _prose(cell: Any) -> str:
    """Text as written, line breaks kept; empty for the signs people write when there is nothing."""
    return text(cell) if plain_text(cell) else ""


def _is_person(cell: Any) -> bool:
    return 1 < len(text(cell)) <= 40 and not is_firm_name(cell) and not is_date(cell)


def _is_handling(cell: Any) -> bool:
    return len(text(cell)) <= 12 and bool(re.search(r"办结|办理|待办|转办|完成|解决|处理|跟踪|答复|推进", text(cell)))


FIELDS = (
    Field(
        "name",
        NAME.label,
        r"(?:走访|服务|回访|拜访|受访|被走访|联系|调研|对接|来访)(?:的)?(?:企业|单位|公司|对象)(?:名称|全称)?|"
        + NAME.words,
        NAME.hints + r"|企业|单位|公司",
        NAME.holds,
        NAME.clean,
        tells=True,
    ),
    CODE,
    Field(
        "visit_on",
        "走访日期",
        r"(?:走访|服务|回访|拜访|联系|调研|对接|来访|记录|登记)?(?:日期|时间|年月|年月日)",
        r"走访.*[日间]|服务.*[日间]|拜访.*[日间]|日期|时间",
        is_date,
        date_of,
    ),
    Field(
        "author",
        "走访人",
        r"(?:走访|服务|回访|拜访|联系|调研|对接|记录|经办|责任|填报|登记)(?:人员?|干部|领导|专员|者)|人员|姓名|参加人员?|干部|经办",
        r"走访人|服务人|走访干部|联系人|参加|人员|专员",
        _is_person,
        plain_text,
    ),
    Field(
        "kind",
        "方式",
        r"(?:走访|服务|联系|沟通|对接|拜访|调研)?(?:方式|形式|途径)",
        r"方式|形式|途径",
        lambda cell: len(text(cell)) <= 12 and any(re.search(words, text(cell)) for _, words in WAYS),
        plain_text,
    ),
    Field(
        "category",
        "诉求类别",
        r"(?:诉求|需求|问题|事项|反映|困难|咨询)(?:的)?(?:类别|类型|分类|种类|性质)|类别|类型|分类",
        r"(?:诉求|需求|问题|事项).*(?:类|型)",
        lambda cell: 0 < len(text(cell)) <= 20,
        plain_text,
    ),
    Field(
        "words",
        "企业诉求",
        r"(?:企业|单位|公司|主要)?(?:诉求|需求|困难|问题|困难问题|问题困难|诉求问题|存在问题|需求事项)(?:内容|描述|情况|详情)?|反映(?:的)?(?:问题|诉求|情况)"
        r"|问题[和与及、]?(?:诉求|建议|困难|需求)|(?:诉求|困难|需求)[和与及、]?(?:问题|建议)",
        r"诉求内容|需求内容|反映问题|困难",
        lambda cell: len(text(cell)) > 2,
        _prose,
    ),
    Field(
        "text",
        "内容",
        r"(?:走访|服务|回访|拜访|联系|调研|沟通|交流|对接|记录|具体|主要)?(?:内容|情况|记录|纪要|详情|摘要)(?:记录)?|走访情况(?:记录|描述)|事由",
        r"内容|走访情况|服务情况|记录|摘要",
        lambda cell: len(text(cell)) > 2,
        _prose,
    ),
    Field(
        "answer",
        "答复",
        r"(?:现场)?(?:答复|回复|解答|解决)(?:情况|内容|措施|意见)?|处理(?:意见|结果|措施|内容)|解决方案",
        r"答复|回复|处理结果|解决措施",
        lambda cell: len(text(cell)) > 1,
        _prose,
    ),
    Field(
        "next_step",
        "下一步",
        r"下一步(?:打算|计划|措施|工作)?|后续(?:跟进|计划|措施|安排)",
        r"下一步|后续",
        None,
        _prose,
    ),
    Field(
        "handling",
        "办理状态",
        r"(?:办理|处理|解决|办结|落实|跟踪|完成)(?:状态|情况|进度|进展)|是否(?:办结|解决|完成|落实)|状态|进展",
        r"办理状|办理情|处理情|是否办结|进度|状态",
        _is_handling,
        plain_text,
    ),
    Field(
        "settled_on",
        "办结日期",
        r"(?:办结|完成|解决|答复|反馈|处理)(?:日期|时间)",
        r"办结.*[日间]|完成.*[日间]",
        is_date,
        date_of,
    ),
    Field("place", "地点", r"(?:走访|服务)?(?:地点|地址)", r"地点", None, plain_text),
    STREET,
    REMARK,
)


def items(asked: str) -> list[str]:
    """The demands of a text: the items of a numbered list of two and more, else the text itself; none for nothing."""
    marks = list(_ITEM.finditer(asked))
    numbers = [int(mark.group(1)) if mark.group(1) else "①②③④⑤⑥⑦⑧⑨⑩".index(mark.group(2)) + 1 for mark in marks]
    if len(marks) < 2 or numbers != list(range(1, len(marks) + 1)):
        return [asked.strip()] if asked.strip() else []
    ends = [mark.start() for mark in marks[1:]] + [len(asked)]
    parts = [asked[mark.end() : end].strip(" \n\t；;，,") for mark, end in zip(marks, ends, strict=True)]
    return [part for part in parts if part]
