"""What a person says of a firm for an assessment: the answer, and why."""

from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from forms.base import BaseForm
from models.rules import judgement as rules

OPEN = "open"
YES_NO = [SelectChoice("yes", "是"), SelectChoice("no", "否"), SelectChoice(OPEN, "还不清楚")]


class JudgementForm(BaseForm):
    """The answer to one question; how it is given depends on the question."""

    yes_no = RadioField(
        "判断",
        [InputRequired("请选一项")],
        choices=YES_NO,
    )
    level = SelectField("级别", [InputRequired("请选一项")])
    number = StringField("数值", [Length(max=rules.LONGEST)], description="不填就是还不清楚。")
    why = TextAreaField(
        "依据", [InputRequired("请写依据：看了什么材料、谁说的"), Length(max=2000)],
        description="看了什么材料、哪天、谁说的。",
    )  # fmt: skip

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(**values)
        self.key, self.question = key, rules.QUESTIONS[key]
        self.level.choices = [
            SelectChoice(OPEN, "还不清楚"),
            *(SelectChoice(*one) for one in rules.LEVEL_NAMES.items()),
        ]
        for kind in ("yes_no", "level", "number"):
            if kind != self.question.kind:
                delattr(self, kind)
        if self.question.kind == "number":
            self.number.label.text = f"{self.question.label}（{self.question.unit}）"

    @property
    def answer(self) -> str:
        """The answer as the rules read it."""
        said = self[self.question.kind].data or ""
        return "" if said == OPEN else str(said).replace(",", "").replace("，", "")

    def validate_number(self, field: Any) -> None:
        """A number that can be."""
        if fault := rules.problem(self.key, self.answer):
            raise ValidationError(fault)
