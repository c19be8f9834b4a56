"""What a person says when firms enter or leave a pool."""

from collections.abc import Sequence
from datetime import date

from wtforms import DateField, IntegerField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from forms.base import BaseForm
from models.pool import PoolType
from models.title import TitleType


class EnterForm(BaseForm):
    """Firms enter a pool."""

    type_id = SelectField("入哪个库", [InputRequired()], coerce=int)
    on = DateField("入库日期", [InputRequired("请填入库日期")])
    plan_year = IntegerField("计划年度", [Optional(), NumberRange(2000, 2100, "年份写四位，如 2027")])
    target_type_id = SelectField("目标资质", coerce=int)
    reason = StringField("入库理由", [Length(max=200)])

    def __init__(self, pools: Sequence[PoolType], targets: Sequence[TitleType], today: date) -> None:
        super().__init__(data={"on": today})
        self.today = today
        self.type_id.choices = [SelectChoice(pool.id, pool.name) for pool in pools]
        self.target_type_id.choices = [SelectChoice(0, "未定"), *(SelectChoice(kind.id, kind.name) for kind in targets)]

    def validate_on(self, field: DateField) -> None:
        """Entering is noted, not planned."""
        if field.data and field.data > self.today:
            raise ValidationError("入库日期不能晚于今天")


class LeaveForm(BaseForm):
    """Firms leave a pool."""

    type_id = SelectField("出哪个库", [InputRequired()], coerce=int)
    on = DateField("在库最后一天", [InputRequired("请填在库最后一天")])
    reason = StringField("出库原因", [InputRequired("请写出库原因，如已认定、不再申报"), Length(max=200)])

    def __init__(self, pools: Sequence[PoolType], today: date) -> None:
        super().__init__(data={"on": today})
        self.today = today
        self.type_id.choices = [SelectChoice(pool.id, pool.name) for pool in pools]

    def validate_on(self, field: DateField) -> None:
        """Leaving is noted, not planned."""
        if field.data and field.data > self.today:
            raise ValidationError("出库日期不能晚于今天")
