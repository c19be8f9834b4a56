"""What a person may say of a duty: that it was done, when it falls due, what the notice of a year says."""

import re
from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from forms.base import BaseForm
from models.duty import DutyRule
from models.rules import duty as rules
from models.title import TitleType

MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


class DutyDoneForm(BaseForm):
    """It was done: when, and how that is known."""

    done_on = DateField("哪天办的", [InputRequired("请填办理日期")])
    how = TextAreaField("怎么知道的", [Length(max=2000)], description="如：看过系统回执、企业电话告知。")
    proof = FileField("回执（可不传）", description="PDF、Word、Excel。")


class DutyRuleForm(BaseForm):
    """One line of the table of duties."""

    name = StringField("事项", [InputRequired("请填事项"), Length(max=200)])
    types = SelectMultipleField("持有哪些资质的企业", description="一个都不选，指所有有资质或在培育库的企业。")
    who = SelectField("谁来办", [InputRequired()], choices=list(rules.WHO.items()))
    opens = StringField("每年从哪天起", [Length(max=5)], description="写成 04-25；没有就留空。")
    closes = StringField("每年到哪天止", [Length(max=5)], description="写成 05-31。")
    months = IntegerField("变更后几个月内", [InputRequired("请填月数"), NumberRange(0, 60, "请填 0 到 60")])
    shift = SelectField("截止日是休息日", [InputRequired()], choices=list(rules.SHIFTS.items()))
    advisory = BooleanField("只是提醒，不办不影响资质")
    basis = StringField("依据", [Length(max=200)])
    note = StringField("说明", [Length(max=200)])
    active = BooleanField("在用")

    def __init__(self, types: Sequence[TitleType], row: DutyRule) -> None:
        super().__init__(obj=row)
        self.kind = row.kind
        self.types.choices = [SelectChoice(kind.key, kind.name) for kind in types]
        if row.kind not in ("yearly", "end_year"):
            del self.opens, self.closes
        if row.kind != "change":
            del self.months

    def validate_opens(self, field: Any) -> None:
        """MM-DD or nothing."""
        if field.data and not MONTH_DAY.fullmatch(field.data):
            raise ValidationError("请写成 月-日，如 04-25")

    def validate_closes(self, field: Any) -> None:
        """MM-DD."""
        if not MONTH_DAY.fullmatch(field.data or ""):
            raise ValidationError("请写成 月-日，如 05-31")


class DutyWindowForm(BaseForm):
    """The dates that the notice of a year gives."""

    rule_id = SelectField("事项", [InputRequired()], coerce=int)
    year = IntegerField("年份", [InputRequired("请填年份"), NumberRange(2015, 2099, "请填四位年份")])
    opens_on = DateField("从哪天起", [Optional()])
    closes_on = DateField("到哪天止", [InputRequired("请填截止日期")])
    basis = StringField("通知文号", [InputRequired("请填通知文号或名称"), Length(max=200)])

    def __init__(self, table: Sequence[DutyRule], obj: Any = None, **values: Any) -> None:
        super().__init__(obj=obj, **values)
        yearly = [row for row in table if row.kind in ("yearly", "end_year")]
        self.rule_id.choices = [SelectChoice(row.id, row.name) for row in yearly]

    def validate_closes_on(self, field: Any) -> None:
        """In the year, and not before it opens."""
        if field.data and self.year.data and field.data.year != self.year.data:
            raise ValidationError(f"截止日期应在 {self.year.data} 年")
        if field.data and self.opens_on.data and field.data < self.opens_on.data:
            raise ValidationError("截止日期不能早于开始日期")
