"""What the office may say about a type of title, and about a kind of pool."""

from datetime import date
from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from forms.base import BaseForm
from models.rules.ladder import RUNG_NAMES, RuleRefused, Rung, last_day_of, window_closes_on
from models.title import LEVELS

RUNGS = (
    *(SelectChoice(rung.value, RUNG_NAMES[rung]) for rung in (Rung.HNTE, Rung.SRDI, Rung.TECH_SME)),
    SelectChoice(Rung.POTENTIAL.value, "称号（只有它时算潜力企业）"),
    SelectChoice("", "不影响梯级"),
)


class TitleTypeForm(BaseForm):
    """A type of title. Validity and window change what is in force, also for days gone by."""

    key = StringField(
        "标识",
        [InputRequired("请填标识"), Length(max=40), Regexp(r"^[a-z][a-z0-9_]*$", message="只用小写字母、数字和下划线")],
        description="导入和导出里用，定了不再改。",
    )  # fmt: skip
    name = StringField("名称", [InputRequired("请填名称"), Length(max=200)])
    short_name = StringField("简称", [InputRequired("请填简称"), Length(max=40)])
    rung = SelectField("梯级", choices=list(RUNGS))
    level = SelectField("级别", choices=[SelectChoice(key, name) for key, name in LEVELS.items()])
    validity = StringField(
        "有效期规则", [InputRequired("请填有效期规则"), Length(max=40)],
        description="+3y：三年后的同一天是最后一天；+3y-1d：再早一天；year_end：编号年份的 12 月 31 日；none：长期。",
    )  # fmt: skip
    renewal_window = StringField(
        "续期窗口", [InputRequired("没有窗口就填 none"), Length(max=40)],
        description="year_end_of_ends_on：到期那年的 12 月 31 日；10-31+1y：次年 10 月 31 日；none：没有。",
    )  # fmt: skip
    owner_department = StringField("主管部门", [Length(max=200)])
    document = TextAreaField("依据文件", [Length(max=2000)])
    position = IntegerField("排在第几", [NumberRange(0, 999, "请填 0 到 999")], default=50)
    active = BooleanField("在用", default=True)

    def __init__(self, obj: Any = None) -> None:
        super().__init__(obj=obj)
        if obj is not None:
            del self.key

    def validate_validity(self, field: StringField) -> None:
        """A rule that can be computed."""
        try:
            last_day_of(field.data or "", date(2024, 2, 29))
        except RuleRefused as error:
            raise ValidationError(str(error)) from error

    def validate_renewal_window(self, field: StringField) -> None:
        """A rule that can be computed."""
        try:
            window_closes_on(field.data or "", date(2025, 12, 31))
        except RuleRefused as error:
            raise ValidationError(str(error)) from error


class PoolTypeForm(BaseForm):
    """A kind of pool."""

    name = StringField("名称", [InputRequired("请填名称"), Length(max=200)])
    makes_potential = BooleanField("在库企业算潜力企业", default=True)
    position = IntegerField("排在第几", [NumberRange(0, 999, "请填 0 到 999")], default=50)
    active = BooleanField("在用", default=True)
