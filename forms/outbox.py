"""What an administrator says about the outbox: why a mail is not sent, from when sending goes on."""

from datetime import datetime

from wtforms import DateTimeLocalField, StringField
from wtforms.validators import InputRequired, Length

from forms.base import BaseForm


class SkipForm(BaseForm):
    """Why a mail is never to be sent."""

    reason = StringField("为什么不发", [InputRequired("请写为什么不发"), Length(max=200)])


class ResumeForm(BaseForm):
    """From when sending goes on after a restore."""

    moment = DateTimeLocalField(
        "从什么时候接着发", [InputRequired("请填时间")], format="%Y-%m-%dT%H:%M",
        description="旧机器最后能发信的时间。那以前的列为“可能已发”，不再发，勾选的除外；那以后的照常发。",
    )  # fmt: skip

    def __init__(self, moment: datetime | None) -> None:
        super().__init__(data={"moment": moment})
