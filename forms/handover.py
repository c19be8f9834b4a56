"""Handing over: what goes, what stays, why."""

from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from forms.base import BaseForm, CheckboxesField


class HandoverForm(BaseForm):
    """What goes over (every box ticked at first), with a note; a reason when somebody confirms for the giver."""

    take = CheckboxesField("移交哪些")
    note = TextAreaField("要交代的", [Length(max=1000, message="最多 1000 个字")])
    reason = TextAreaField("为什么替移交人确认", [Length(max=200, message="最多 200 个字")])


class AcceptForm(BaseForm):
    """The taker confirms the list as it was shown."""

    version = HiddenField()


class RefuseForm(BaseForm):
    """The taker does not accept, and why."""

    reason = TextAreaField("不同意的原因", [DataRequired("请写不同意的原因"), Length(max=200, message="最多 200 个字")])
