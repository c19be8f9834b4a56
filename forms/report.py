"""What a person types at an edition: its texts, why it goes back, who gets it, which figures it prints."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from forms.base import BaseForm, CheckboxesField, ConfirmForm

#: The name of a section's field begins so.
PART = "part_"
LONGEST = 20_000


class ReportStepForm(ConfirmForm):
    """Hand in, sign or issue: one button, and the version that was shown."""

    version = HiddenField()


class ReturnReportForm(ReportStepForm):
    """Send it back, saying why."""

    words = TextAreaField("退回的原因", [DataRequired("请写退回的原因"), Length(max=2000)])


class ExplainForm(BaseForm):
    """差异说明."""

    words = TextAreaField("差异说明", [Optional(), Length(max=2000, message="最多 2,000 字")])


class ReadersForm(BaseForm):
    """Who an edition is sent to."""

    units = CheckboxesField("单位", coerce=int, validators=[Optional()])
    people = CheckboxesField("另外发给", coerce=int, validators=[Optional()])


class FigureForm(BaseForm):
    """One more figure of a kind."""

    section = SelectField("放在哪一段", validators=[DataRequired("请选一段")])
    figure = SelectField("指标", validators=[DataRequired("请选一个指标")])


def text_form(sections: Sequence[tuple[str, str]], **values: Any) -> BaseForm:
    """A form with the title and one text for each section (key, heading)."""

    class TextForm(BaseForm):
        version = HiddenField()
        title = StringField("标题", [DataRequired("请写标题"), Length(max=200, message="标题最多 200 字")])

    for key, heading in sections:
        field = TextAreaField(heading, [Optional(), Length(max=LONGEST, message="这一段太长了")], render_kw={"rows": 5})
        setattr(TextForm, PART + key, field)
    return TextForm(**values)
