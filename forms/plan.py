"""A line of the week's plan, and what becomes of it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import DateField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from forms.base import BaseForm, CheckboxesField
from models.rules import plan as rules
from models.user import User


class PlanLineForm(BaseForm):
    """Day, who goes, why. The firm is chosen before."""

    planned_on = DateField("哪一天", [DataRequired("请选日期")])
    officers = CheckboxesField("谁去", coerce=int)
    what = TextAreaField("去做什么", [Length(max=500, message="最多 500 个字")])
    place = StringField("地点", [Length(max=100, message="最多 100 个字")])

    def __init__(self, people: Iterable[User], today: date, *, firm: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.officers.choices = [SelectChoice(person.id, person.name) for person in people]
        self.today, self.firm = today, firm

    def validate_planned_on(self, field: DateField) -> None:
        fault = rules.day_fault(field.data, self.today) if field.data else None
        if fault:
            raise ValidationError(fault)

    def validate_officers(self, field: CheckboxesField) -> None:
        if not field.data:
            raise ValidationError("请选谁去，至少一位")

    def validate_what(self, field: TextAreaField) -> None:
        if not self.firm and not field.data:
            raise ValidationError("没有企业的安排要写明做什么")


class MoveForm(BaseForm):
    """To another day, with a reason."""

    to_on = DateField("改到哪一天", [DataRequired("请选日期")])
    reason = StringField("原因", [DataRequired("请写顺延的原因"), Length(max=200, message="最多 200 个字")])

    def __init__(self, planned_on: date, today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.planned_on, self.today = planned_on, today

    def validate_to_on(self, field: DateField) -> None:
        fault = rules.move_fault(self.planned_on, field.data, self.today) if field.data else None
        if fault:
            raise ValidationError(fault)


class FeedForm(BaseForm):
    """Which calendar an address is for."""

    label = StringField(
        "给哪个日历用",
        [Length(max=40, message="最多 40 个字")],
        description="如：手机日历、办公室电脑，方便以后分清停用哪个",
    )


class EndForm(BaseForm):
    """Dropped with a reason, or done with how."""

    words = StringField("原因", [DataRequired("请写原因"), Length(max=200, message="最多 200 个字")])
