"""What a person may type when an issue is raised."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from forms.base import BaseForm
from models.issue.kinds import IssueClass, IssueTopic
from models.rules.issue_guards import LONGEST
from models.rules.issue_kinds import CHANNELS, KINDS
from models.visit import Visit

LONG = Length(max=LONGEST, message=f"最多 {LONGEST:,} 字")
#: A visit has its own place on the form; imports and links are no choice of a person.
BY_HAND = ("phone", "walk_in", "meeting", "forwarded", "other")
#: Fields folded under 更多; the others are the shortest form that can be saved.
MORE = ("kind", "class_id", "title", "channel", "visit_id", "raised_on")


def whole(value: Any) -> int | None:
    """A number that a form names a row by; None for nothing or for what is no number."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def pairs(names: Mapping[Any, str]) -> list[SelectChoice]:
    """What may be chosen, from identifiers with their names."""
    return [SelectChoice(key, name) for key, name in names.items()]


class RaiseForm(BaseForm):
    """登记: the firm's own words and what it is about; everything else has a value already."""

    uuid = HiddenField()
    words = TextAreaField("企业的原话", [DataRequired("请写企业的原话"), LONG], description="企业怎么说就怎么写。")
    topic_id = RadioField("专题", [DataRequired("请选专题")], coerce=whole, validate_choice=False)
    kind = RadioField("问题还是需求", choices=pairs(KINDS), default="problem")
    class_id = SelectField("类别", coerce=whole, description="自办的按一般；要别的单位办的，综合科会再定。")
    title = StringField("一句话概括", [Length(max=200, message="最多 200 字")], description="不写就用原话的开头。")
    channel = SelectField("来源", choices=pairs({key: CHANNELS[key] for key in ("visit", *BY_HAND)}))
    visit_id = SelectField("哪一次走访", coerce=whole)
    raised_on = DateField("首次提出", [Optional()])
    result = TextAreaField("怎么解决的", [LONG])
    files = MultipleFileField("佐证材料", description="照片、PDF、Word、Excel。走访带出的，那次走访就是佐证。")
    anyway = BooleanField("是另一件事，照样登记")

    def __init__(
        self, today: date, topics: Iterable[IssueTopic], classes: Iterable[IssueClass], visits: Iterable[Visit],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.today = today
        self.topic_id.choices = [SelectChoice(row.id, row.name) for row in topics]
        self.class_id.choices = [SelectChoice("", "按一般"), *(SelectChoice(row.id, row.name) for row in classes)]
        self.visit_id.choices = [
            SelectChoice("", "没有"),
            *(SelectChoice(row.id, f"{row.visit_on} {row.text[:20]}") for row in visits),
        ]

    def validate_topic_id(self, field: RadioField) -> None:
        """One of those offered."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError("请选专题")

    def validate_raised_on(self, field: DateField) -> None:
        """A day that has come."""
        if field.data and field.data > self.today:
            raise ValidationError("提出日期不能晚于今天")

    def validate_visit_id(self, field: SelectField) -> None:
        """What came from a visit names it."""
        if self.channel.data == "visit" and field.data is None:
            raise ValidationError("来源是走访的，请选是哪一次走访")
