"""What an edition of each kind begins with: its sections, the figures in them, and their first sentences. The bureau's
own order of figures (rows of report_line) overrides the figures; sentences are edited in each draft."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its key, its heading, its figures in order, and its first text. Lines name figures that exist."""

    key: str
    heading: str
    figures: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    #: What stands below the text: a list of rows (slot, caption), or a table by area or unit.
    lists: tuple[tuple[str, str], ...] = ()
    #: A table of these figures split by area or unit: (dimension, caption, keys).
    tables: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    #: Only when this setting is on.
    switch: str = ""


_LADDER = Section(
    "ladder", "梯度培育",
    ("title.hnte.in_force", "title.tech_sme.in_force", "title.srdi_sme.in_force", "title.hnte.new",
     "title.hnte.renewed", "title.hnte.provisional", "title.hnte.ended", "move.climbed", "move.skipped", "move.lapsed",
     "climb.sme_to_hnte"),
    ("截至{截止}，{全区}有效高新技术企业{title.hnte.in_force}家，科技型中小企业{title.tech_sme.in_force}家，"
     "专精特新中小企业{title.srdi_sme.in_force}家。",
     "{期间}新增高新技术企业{title.hnte.new}家，重新认定{title.hnte.renewed}家单列；公示中{title.hnte.provisional}家，"
     "不计入有效；到期未续或撤销{title.hnte.ended}家。",
     "梯级晋级{move.climbed}家，越级{move.skipped}家，到期未续{move.lapsed}家；小升高{climb.sme_to_hnte}家。"),
)  # fmt: skip
_VISITS = Section(
    "visits", "走访服务",
    ("visits.count", "visits.firms", "visits.contacts", "promises.open", "promises.overdue", "plan.planned",
     "plan.done", "plan.put_off"),
    ("{期间}走访{visits.count}次、{visits.firms}家企业，连同电话、线上联系{visits.contacts}次。"
     "周安排{plan.planned}项，落实{plan.done}项，顺延或取消{plan.put_off}项，都写明了原因。",
     "截至{截止}，未了结的答复承诺{promises.open}项，其中逾期{promises.overdue}项。"),
)  # fmt: skip
_ISSUES = Section(
    "issues", "三张清单",
    ("issues.raised", "issues.closed", "issues.open", "issues.planned", "issues.overdue", "issues.on_time",
     "issues.first_time", "issues.unanswered"),
    ("{期间}新增问题{issues.raised}件，销号{issues.closed}件；期末在办{issues.open}件，其中计划解决{issues.planned}件、"
     "逾期{issues.overdue}件。",
     "按时办结率{issues.on_time}，按原时限算；一次办成率{issues.first_time}；未答复销号占{issues.unanswered}，单列。"),
)  # fmt: skip
_PROBLEMS = Section(
    "problems", "存在问题", ("promises.overdue",),
    ("逾期问题{issues.overdue}件，见附件，逐件说明卡在哪个环节；逾期未答复的承诺{promises.overdue}项，须尽快答复企业。",),
)  # fmt: skip
_NEXT = Section("next", "下步安排", (), ("下期已排入周安排{plan.planned@after}项；对逾期问题逐件督办。",))
_ANNEX = Section(
    "annex", "附件", (), (),
    (("title.hnte.new", "新增高新技术企业"), ("issues.overdue", "逾期问题"), ("promises.overdue", "逾期未答复的承诺")),
)  # fmt: skip
_TABLE = ("title.hnte.in_force", "title.hnte.new", "title.srdi_sme.in_force", "title.tech_sme.in_force", "visits.count",
          "issues.raised", "issues.closed", "issues.overdue")  # fmt: skip
_UNIT_TABLE = ("visits.count", "visits.firms", "plan.planned", "plan.done", "issues.raised", "issues.closed",
               "issues.open", "issues.overdue", "promises.overdue")  # fmt: skip
_BY_UNIT = ("unit", "各科室情况", _UNIT_TABLE)
_BY_AREA = ("area", "各街镇情况", _TABLE)

_WEEK = (
    Section(
        "last", "上周落实",
        ("plan.planned@before", "plan.done@before", "plan.put_off@before", "plan.undone@before"),
        ("上周安排{plan.planned@before}项，落实{plan.done@before}项；顺延或取消{plan.put_off@before}项，没有落实"
         "{plan.undone@before}项，原因见下表。",),
        (("plan.put_off@before", "上周顺延和取消"), ("plan.undone@before", "上周没有落实")),
    ),
    Section(
        "this", "本周安排", ("plan.planned",), ("{期间}安排{plan.planned}项，逐日见下表。",),
        (("plan.planned", "本周安排"),),
    ),
    Section("note", "需要协调的事项"),
)  # fmt: skip
_LONG = (
    _LADDER, _VISITS, _ISSUES,
    Section("split", "分街镇和单位情况", tables=(_BY_AREA, _BY_UNIT)), _PROBLEMS, _NEXT, _ANNEX,
)  # fmt: skip

SECTIONS: dict[str, tuple[Section, ...]] = {
    "week": _WEEK,
    "month": (_LADDER, _VISITS, _ISSUES, Section("split", "各科室情况", tables=(_BY_UNIT,)), _PROBLEMS, _NEXT, _ANNEX),
    "quarter": (
        *_LONG[:4],
        Section("ranking", "街镇排序", tables=(("area!", "按走访次数排序", ("visits.count", "issues.closed")),),
                switch="report_ranking"),
        Section("praise", "通报表扬", switch="report_praise"),
        Section("warning", "提醒清单", lists=(("issues.overdue", "提醒督办的问题"),), switch="report_warning"),
        *_LONG[4:],
    ),
    "halfyear": _LONG,
    "year": _LONG,
}  # fmt: skip
#: What a unit's own part has: no table of units, and only what its people answer for.
UNIT_SECTIONS: dict[str, tuple[Section, ...]] = {
    "week": _WEEK,
    "month": (_LADDER, _VISITS, _ISSUES, _PROBLEMS, _NEXT, _ANNEX),
}
#: Kinds that print 上年同期, 增幅 and 完成率 of every figure.
COMPARES = ("halfyear", "year")


def sections(kind: str, *, of_unit: bool) -> tuple[Section, ...]:
    """The sections that an edition begins with."""
    return (UNIT_SECTIONS if of_unit else SECTIONS)[kind]
