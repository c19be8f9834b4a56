"""What a person may type about pre-review meetings."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from forms.base import BaseForm
from forms.issue import LONG
from models.application import ApplicationBatch, ReviewExpert, ReviewItem, ReviewMark, ReviewMeeting
from models.application.prereview import Mark
from models.rules.prereview import MOST, PARTS, VERDICTS

SHORT = Length(max=200, message="最多 200 字")


class MeetingForm(BaseForm):
    """A meeting and its experts."""

    batch_id = SelectField("哪一批申报", [InputRequired("请选批次")], coerce=int)
    held_on = DateField("日期", [InputRequired("请填日期")])
    begins = StringField("几点开始", [Optional(), Regexp(r"^([01]\d|2[0-3]):[0-5]\d$", message="写成 14:00")])
    place = StringField("地点", [SHORT])
    experts = TextAreaField("专家", [LONG], description="一行一位：姓名，单位。")
    note = TextAreaField("说明", [LONG])

    def __init__(
        self, batches: Sequence[ApplicationBatch], meeting: ReviewMeeting | None = None, **values: Any
    ) -> None:
        lines = [f"{row.name}，{row.unit}" if row.unit else row.name for row in meeting.experts] if meeting else []
        super().__init__(obj=meeting, data={**values, "experts": "\n".join(lines)})
        if not self.is_submitted():
            self.experts.data = "\n".join(lines)
        self.batch_id.choices = [SelectChoice(row.id, row.name) for row in batches]

    def fill(self, meeting: ReviewMeeting) -> None:
        """Write what was typed into the meeting; its experts aside."""
        for name in ("batch_id", "held_on"):
            setattr(meeting, name, self[name].data)
        for name in ("begins", "place", "note"):
            setattr(meeting, name, self[name].data or "")


class ReviewForm(BaseForm):
    """The marks of an application and the verdict; `for_experts` makes the form with a field for every mark."""

    verdict = SelectField(
        "结论", choices=[SelectChoice("", "还没有结论"), *(SelectChoice(*one) for one in VERDICTS.items())]
    )
    advice = TextAreaField("评审意见", [LONG])
    found = TextAreaField("要改的地方", [LONG], description="一行一条，存到申报上，改一条勾一条。已经有的不重复加。")

    @staticmethod
    def for_experts(item: ReviewItem, marks: Iterable[ReviewMark]) -> "ReviewForm":
        """The form with what is kept."""
        held = {row.expert_id: row for row in marks}
        fields: dict[str, Any] = {}
        values: dict[str, Any] = {"verdict": item.verdict or "", "advice": item.advice}
        for expert in item.meeting.experts:
            row = held.get(expert.id)
            for key, label, most in _fields(item.meeting.in_parts):
                name = f"{key}_{expert.id}"
                fields[name] = IntegerField(f"{expert.name} {label}", [Optional(), _between(most)])
                values[name] = getattr(row, key) if row else None
            fields[f"advice_{expert.id}"] = StringField(f"{expert.name} 意见", [LONG])
            values[f"advice_{expert.id}"] = row.advice if row else ""
        form: ReviewForm = type("ExpertsForm", (ReviewForm,), fields)(data=values)
        return form

    def marks(self, experts: Iterable[ReviewExpert], in_parts: bool) -> dict[int, Mark]:
        """What was typed, by expert."""
        return {
            expert.id: Mark(
                {key: self[f"{key}_{expert.id}"].data for key in PARTS} if in_parts else {},
                None if in_parts else self[f"total_{expert.id}"].data,
                self[f"advice_{expert.id}"].data or "",
            )
            for expert in experts
        }


def _fields(in_parts: bool) -> list[tuple[str, str, int]]:
    """(column, label, most) of what an expert gives."""
    return [(key, name, most) for key, (name, most, _) in PARTS.items()] if in_parts else [("total", "得分", MOST)]


def _between(most: int) -> NumberRange:
    return NumberRange(0, most, f"填 0 到 {most} 的整数")
