"""What a step from a mail asks for."""

from datetime import date

from wtforms import DateField, TextAreaField
from wtforms.validators import DataRequired, Length

from forms.base import BaseForm, ConfirmForm

_LONG = Length(max=2000, message="最多 2,000 字")


class ExtendForm(BaseForm):
    """More time: until when, and why."""

    day = DateField("延到哪天", [DataRequired("请填延到哪天")])
    words = TextAreaField("延期的理由", [DataRequired("请写延期的理由"), _LONG])


class AnsweredForm(BaseForm):
    """A promise was kept: when, and how."""

    day = DateField("哪天答复的", [DataRequired("请填哪天答复的")])
    words = TextAreaField("怎么答复的", [DataRequired("请写怎么答复的"), _LONG])


class CarriedOutForm(BaseForm):
    """A line of the plan was done without a visit: how."""

    words = TextAreaField("怎么落实的", [DataRequired("请写怎么落实的；去过企业的，记一次走访会自动勾掉"), _LONG])


#: Act → its form.
FORMS: dict[str, type[BaseForm]] = {
    "issue.sign": ConfirmForm, "issue.extend": ExtendForm, "promise.done": AnsweredForm, "plan.done": CarriedOutForm,
}  # fmt: skip


def form_of(act: str, today: date) -> BaseForm:
    """The form of an act, filled in as is likely."""
    return FORMS[act](data={"day": today} if act == "promise.done" else {})
