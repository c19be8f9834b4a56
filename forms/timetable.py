"""What an administrator may change of an entry of the timetable, and for which day it is run by hand."""

from datetime import date
from typing import Any

from wtforms import DateField, IntegerField, SelectField, StringField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from forms.base import BaseForm
from models.rules.timetable import CHANGEABLE, RULES, RULES_OF, WEEKDAYS, When


class MomentForm(BaseForm):
    """When an entry happens; only what its kind has."""

    weekday = SelectField("星期几", choices=[SelectChoice(str(key), name) for key, name in WEEKDAYS.items()])
    day = IntegerField("每月几日", [InputRequired("请填几日"), NumberRange(1, 31, "请填 1 到 31")],
                       description="当月没有这一天的，算最后一天。")  # fmt: skip
    nth = IntegerField("第几个工作日", [InputRequired("请填第几个"), NumberRange(1, 15, "请填 1 到 15")])
    at = TimeField("几点", [InputRequired("请填时间，如 08:30")])
    rule = SelectField("那天放假怎么办")

    def __init__(self, when: When) -> None:
        values = {"weekday": str(when.weekday), "day": when.day, "nth": when.nth, "at": when.at, "rule": when.rule}
        super().__init__(data=values)
        for name in ("weekday", "day", "nth", "at", "rule"):
            if name not in CHANGEABLE[when.kind]:
                del self[name]
        if "rule" in CHANGEABLE[when.kind]:
            words = {"skip": "只在工作日做", "on": "放假也做"} if when.kind == "daily" else RULES
            self.rule.choices = [SelectChoice(key, words[key]) for key in RULES_OF[when.kind]]

    @property
    def given(self) -> dict[str, str | int | None]:
        """What was filled in, as the rule reads it."""
        found: dict[str, Any] = {field.short_name: field.data for field in self if field.short_name in self.data}
        found.pop("csrf_token", None)
        if "at" in found:
            found["at"] = f"{found['at']:%H:%M}"
        return found


class PauseForm(BaseForm):
    """Why an entry is to rest."""

    reason = StringField("为什么暂停", [InputRequired("请写为什么暂停"), Length(max=200)])


class RunForm(BaseForm):
    """For which day it is run by hand."""

    on = DateField("按哪一天做", [InputRequired("请选日期")], description="已经提醒过、发过的不会再发。")

    def __init__(self, today: date) -> None:
        super().__init__(data={"on": today})
