"""What a person writes for a firm's plan (一企一策): the title, who, until when, the steps."""

from datetime import date
from typing import Any

from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.base import BaseForm
from models.assessment.plan import MOST_STEPS


class FirmPlanForm(BaseForm):
    """A new plan. Steps are as many pairs of fields, empty ones count for nothing."""

    regime = SelectField("目标资质", [InputRequired("请选目标资质")])
    owner_id = SelectField("谁来盯", [InputRequired("请选谁来盯")])
    due_on = DateField("哪天前办成", [InputRequired("请填日期")])
    note = TextAreaField("思路", [Optional(), Length(max=2000)], description="一两句话：靠什么达标。")

    def __init__(self, names: dict[str, str], people: list[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        self.regime.choices = [SelectChoice(key, name) for key, name in names.items()]
        self.owner_id.choices = [SelectChoice(key, name) for key, name in people]

    @property
    def steps(self) -> list[tuple[str, date | None]]:
        """(words, due) of each step that has words."""
        pairs = ((self[f"step_{number}"].data, self[f"due_{number}"].data) for number in range(1, MOST_STEPS + 1))
        return [(words, due) for words, due in pairs if words]


for _number in range(1, MOST_STEPS + 1):
    setattr(FirmPlanForm, f"step_{_number}", StringField(f"步骤 {_number}", [Length(max=200)]))
    setattr(FirmPlanForm, f"due_{_number}", DateField(f"步骤 {_number} 哪天前", [Optional()]))


class EndPlanForm(BaseForm):
    """How a plan ended."""

    state = RadioField(
        "结果", [InputRequired("请选结果")],
        choices=[SelectChoice("reached", "达成了"), SelectChoice("dropped", "不做了")],
    )  # fmt: skip
    reason = StringField("原因", [Length(max=200)], description="不做了要写原因。")
