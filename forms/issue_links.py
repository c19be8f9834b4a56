"""What comes through links: a firm's answers, and how its link is sent."""

from collections.abc import Iterable

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from forms.base import BaseForm
from forms.issue import LONG, whole
from models.issue.kinds import IssueTopic


class SendForm(BaseForm):
    """By mail, or to copy."""

    how = RadioField(
        "怎么给企业", choices=[SelectChoice("mail", "发邮件"), SelectChoice("copy", "复制链接")], default="copy"
    )
    label = StringField("给谁", [Length(max=60, message="最多 60 字")])


class AnswerForm(BaseForm):
    """Two questions, kept apart, and words."""

    solved = RadioField(
        "解决了吗",
        choices=[SelectChoice("yes", "解决了"), SelectChoice("partly", "解决了一部分"), SelectChoice("no", "没有解决")],
        validate_choice=False,
    )
    words = TextAreaField("还差什么，或想说的话", [LONG])
    attitude = RadioField(
        "办事态度", [Optional()], coerce=whole, validate_choice=False,
        choices=[SelectChoice(number, str(number)) for number in range(1, 6)],
    )  # fmt: skip


class WordsForm(BaseForm):
    """A few words."""

    words = TextAreaField("想说的话", [DataRequired("请写上"), LONG])


class WithdrawForm(BaseForm):
    """Why the firm takes it back."""

    words = TextAreaField("为什么撤回", [LONG])


class AnotherForm(BaseForm):
    """Another matter."""

    topic_id = SelectField("哪一类", coerce=whole)
    words = TextAreaField("什么问题", [DataRequired("请写上是什么问题"), LONG])

    def offer(self, topics: Iterable[IssueTopic]) -> None:
        """The topics in use."""
        self.topic_id.choices = [SelectChoice(row.id, row.name) for row in topics]
