"""What the office may say about kinds of contact, services and campaigns."""

from collections.abc import Iterable
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import BaseForm, CheckboxesField
from models.campaign import QUOTA_UNITS

PLACE = NumberRange(0, 999, "请填 0 到 999")


class KindForm(BaseForm):
    """A way of meeting a firm."""

    name = StringField("名称", [InputRequired("请填名称"), Length(max=200)])
    counts = BooleanField("算一次走访", default=True, description="不勾的只算联系，不进走访次数。")
    position = IntegerField("排在第几", [InputRequired("请填 0 到 999"), PLACE], default=50)
    active = BooleanField("在用", default=True)


class ServiceForm(BaseForm):
    """What a visit is for, or brings."""

    name = StringField("名称", [InputRequired("请填名称"), Length(max=200)])
    as_purpose = BooleanField("可选作目的", default=True)
    as_service = BooleanField("可选作服务内容", default=True)
    position = IntegerField("排在第几", [InputRequired("请填 0 到 999"), PLACE], default=50)
    active = BooleanField("在用", default=True)


class CampaignForm(BaseForm):
    """A special action with its period and quota."""

    name = StringField("名称", [InputRequired("请填名称，如 高企百家行"), Length(max=200)])
    from_on = DateField("开始", [DataRequired("请填开始日期")])
    to_on = DateField("结束", [Optional()])
    quota = IntegerField("任务数", [Optional(), NumberRange(1, 1_000_000, "请填正整数")])
    quota_unit = SelectField("任务数按", choices=[SelectChoice(key, name) for key, name in QUOTA_UNITS.items()])
    goal = TextAreaField("做什么", [Length(max=2000)])
    departments = StringField("参加部门", [Length(max=500)])
    area_ids = CheckboxesField("在哪些镇街园区", coerce=int, description="不选就是全区。")
    active = BooleanField("还可以选", default=True)

    def __init__(self, areas: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.area_ids.choices = [SelectChoice(area_id, name) for area_id, name in areas]

    def validate_to_on(self, field: DateField) -> None:
        """An end is not before the beginning."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError("结束日期不能早于开始日期")
