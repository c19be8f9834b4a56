"""What a person may say about standing contacts and their kinds."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from forms.base import BaseForm
from forms.service import PLACE
from models.rules.scheme import LONGEST_INTERVAL, SUBJECTS
from models.user import User


class SchemeKindForm(BaseForm):
    """A kind of standing contact."""

    name = StringField("名称", [InputRequired("请填名称"), Length(max=200)])
    subject = SelectField("联系的是", choices=[SelectChoice(key, name) for key, name in SUBJECTS.items()])
    each = IntegerField("每位干部几个", [InputRequired("请填数字"), NumberRange(0, 99, "请填 0 到 99")], default=1)
    interval_days = IntegerField(
        "几天联系一次", [InputRequired("请填天数"), NumberRange(1, LONGEST_INTERVAL, "请填 1 到 731 天")], default=90
    )
    position = IntegerField("排在第几", [InputRequired("请填 0 到 999"), PLACE], default=50)
    active = BooleanField("在用", default=True)

    def __init__(self, *, used: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if used:
            del self.subject


class SchemeContactForm(BaseForm):
    """A standing contact; the kind and the firm were chosen before."""

    officer_id = SelectField("联系干部", coerce=int)
    area_id = SelectField("镇街园区", coerce=int)
    name = StringField("名称", [DataRequired("请写名称"), Length(max=200)])
    from_on = DateField("从哪天起", [DataRequired("请填开始日期")])
    note = TextAreaField("备注", [Length(max=2000)])

    def __init__(self, subject: str, officers: Iterable[User], areas: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.officer_id.choices = [SelectChoice(person.id, person.name) for person in officers]
        self.area_id.choices = [SelectChoice(area_id, name) for area_id, name in areas]
        if subject != "area":
            del self.area_id
        if subject != "free":
            del self.name


class TouchForm(BaseForm):
    """The officer was in touch."""

    on = DateField("哪天联系的", [DataRequired("请填日期")])
    words = TextAreaField("联系了什么", [DataRequired("请写一句联系了什么"), Length(max=2000)])


class HandOverForm(BaseForm):
    """Another officer takes over."""

    officer_id = SelectField("移交给", coerce=int)
    on = DateField("从哪天起由他联系", [DataRequired("请填日期")])
    reason = StringField("为什么移交", [DataRequired("请写原因，如：年度调整、换岗"), Length(max=200)])

    def __init__(self, officers: Iterable[User], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.officer_id.choices = [SelectChoice(person.id, person.name) for person in officers]


class EndContactForm(BaseForm):
    """Nobody takes over."""

    on = DateField("联系到哪天", [DataRequired("请填日期")])
    reason = StringField("为什么结束", [DataRequired("请写原因"), Length(max=200)])
