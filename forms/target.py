"""What the office says of targets: one target, a revision, and how it is shared out."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import DateField, DecimalField, IntegerField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from forms.base import BaseForm
from models.area import Area
from models.figures.base import Figure
from models.rules.target import KINDS, Goal
from models.user import User

MOST = Decimal(10_000_000)
NUMBER = re.compile(r"\d{1,7}(\.\d{1,2})?", re.ASCII)
WRONG_NUMBER = "请填数字，最多两位小数"


class _Value(BaseForm):
    """The value, the day it holds from, and why."""

    kind = RadioField("怎么定", choices=[SelectChoice(key, name) for key, name in KINDS.items()], default="number")
    low = DecimalField("目标数", [InputRequired("请填目标数"), NumberRange(0, MOST, "请填 0 到一千万之间的数")],
                       description="区间填下限；比率填百分数，如 95。")  # fmt: skip
    high = DecimalField(
        "上限", [Optional(), NumberRange(0, MOST, "请填 0 到一千万之间的数")], description="只有区间才填。"
    )
    on = DateField("从哪天起", [InputRequired("请填日期")])
    reason = StringField(
        "依据或原因", [InputRequired("请写依据或原因"), Length(max=400)], description="如：年度目标责任书下达。"
    )

    today: date

    def validate_low(self, field: DecimalField) -> None:
        """Two decimals are enough."""
        if field.data is not None and field.data != round(field.data, 2):
            raise ValidationError(WRONG_NUMBER)

    def validate_high(self, field: DecimalField) -> None:
        """Belongs to a range, and lies above its lower end."""
        if self.kind.data != "range":
            return
        if field.data is None:
            raise ValidationError("区间请填上限")
        if self.low.data is not None and field.data <= self.low.data:
            raise ValidationError("上限要大于下限")

    def validate_on(self, field: DateField) -> None:
        """What somebody decided is noted, not planned."""
        if field.data and field.data > self.today:
            raise ValidationError("日期不能晚于今天")

    @property
    def goal(self) -> Goal:
        """What was typed; call after validating."""
        kind = str(self.kind.data)
        return Goal(kind, Decimal(self.low.data or 0), Decimal(self.high.data) if kind == "range" else None)


class TargetForm(_Value):
    """A new target: of which figure, year and part."""

    figure_key = SelectField("指标", [InputRequired("请选指标")])
    year = IntegerField("年度", [InputRequired("请填年度"), NumberRange(2000, 2100, "年份写四位，如 2027")])
    whose = SelectField("谁的目标", default="all")

    def __init__(self, figures: Sequence[Figure], areas: Sequence[Area], people: Sequence[User], today: date,
                 year: int) -> None:  # fmt: skip
        super().__init__(data={"on": today, "year": year, "whose": "all", "kind": "number"})
        self.today = today
        self.figure_key.choices = [SelectChoice("", "请选"), *(SelectChoice(f.key, f.name) for f in figures)]
        self.whose.choices = [
            SelectChoice("all", "全区"), *(SelectChoice(f"area:{area.id}", area.name) for area in areas),
            *(SelectChoice(f"officer:{person.id}", person.name) for person in people),
        ]  # fmt: skip


class ReviseForm(_Value):
    """Another value from a day on."""

    def __init__(self, known: Mapping[str, Any], today: date) -> None:
        super().__init__(data={**known, "on": today})
        self.today = today


class TakeBackForm(BaseForm):
    """A target is no more: from when, and why."""

    on = DateField("从哪天起", [InputRequired("请填日期")])
    reason = StringField("为什么取消", [InputRequired("请写原因"), Length(max=400)])

    def __init__(self, today: date) -> None:
        super().__init__(data={"on": today})
        self.today = today

    def validate_on(self, field: DateField) -> None:
        """What somebody decided is noted, not planned."""
        if field.data and field.data > self.today:
            raise ValidationError("日期不能晚于今天")


class ShareForm(TakeBackForm):
    """How a target is shared out: one date and reason for all; the numbers are fields s-WHOSE, read by `numbers`."""

    reason = StringField("依据或原因", [InputRequired("请写依据或原因"), Length(max=400)])

    def numbers(self, typed: Mapping[str, str], parts: Mapping[str, str]) -> dict[str, Decimal | None]:
        """The numbers typed by part, an empty one None; what is none becomes an error of the form."""
        found: dict[str, Decimal | None] = {}
        for key, name in parts.items():
            text = typed.get(f"s-{key}", "").strip()
            if text and not NUMBER.fullmatch(text):
                self.form_errors.append(f"{name}：{WRONG_NUMBER}")
            else:
                found[key] = Decimal(text) if text else None
        return found
