"""What a person may type about batches of applications and about one application."""

from collections.abc import Sequence
from datetime import date

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import BaseForm
from forms.issue import LONG
from models.application import ApplicationBatch, RefusalReason
from models.rules.application import DATES
from models.title import TitleType
from models.user import User


class _BatchFields(BaseForm):
    """What every batch says."""

    type_id = SelectField("资质", [InputRequired()], coerce=int)
    year = IntegerField("年度", [InputRequired("请填年度"), NumberRange(2000, 2100, "年份写四位，如 2027")])
    round = IntegerField("第几批", [InputRequired("请填第几批"), NumberRange(1, 99, "填 1 到 99")])
    plan = IntegerField("计划通过几家", [Optional(), NumberRange(0, 99999, "填家数，没有计划就空着")])
    review_refuses = BooleanField("预评审要求修改的，没改完不准提交")
    document = StringField("通知文号", [Length(max=200, message="最多 200 字")])
    note = TextAreaField("说明", [LONG])


#: The days of a batch, a field for each, so that the office fills them in one go.
DAY_FIELDS = {f"day_{key}": name for key, (name, _) in DATES.items()}


class ApplicationBatchForm(_BatchFields):
    """A batch with its dates."""

    def __init__(self, kinds: Sequence[TitleType], today: date, batch: ApplicationBatch | None = None) -> None:
        days = {f"day_{key}": on for key, on in (batch.days if batch else {}).items()}
        super().__init__(obj=batch, data={"year": today.year, "round": 1, **days})
        self.type_id.choices = [SelectChoice(kind.id, kind.name) for kind in kinds]

    @property
    def days(self) -> dict[str, date | None]:
        """The dates typed, by key."""
        return {name.removeprefix("day_"): self[name].data for name in DAY_FIELDS}

    def fill(self, batch: ApplicationBatch) -> None:
        """Write what was typed into the batch."""
        for name in ("type_id", "year", "round", "plan", "review_refuses"):
            setattr(batch, name, self[name].data)
        batch.document, batch.note = self.document.data or "", self.note.data or ""


for _name, _label in DAY_FIELDS.items():
    setattr(ApplicationBatchForm, _name, DateField(_label, [Optional()]))


class EnterBatchForm(BaseForm):
    """Firms enter a batch."""

    batch_id = SelectField("列入哪一批", [InputRequired()], coerce=int)

    def __init__(self, batches: Sequence[ApplicationBatch]) -> None:
        super().__init__()
        self.batch_id.choices = [SelectChoice(batch.id, batch.name) for batch in batches]


class MoveForm(BaseForm):
    """An application moves to another stage; fields that the move does not ask for go."""

    on = DateField("日期", [InputRequired("请填日期")])
    reason_id = SelectField("未通过的原因", coerce=int)
    words = TextAreaField("说明", [LONG])

    anyway = BooleanField("材料还没齐，先推进")

    def offer(
        self, reasons: Sequence[RefusalReason], *, with_reason: bool, with_words: bool, warned: bool = False
    ) -> None:
        """Ask for what the move needs."""
        if with_reason:
            self.reason_id.choices = [SelectChoice(0, "请选"), *(SelectChoice(row.id, row.name) for row in reasons)]
        else:
            del self.reason_id
        if with_words:
            self.words.label.text = "原因"
            self.words.validators = [DataRequired("请写原因，以后查得到"), LONG]
            self.words.flags.required = True
        if not warned:
            del self.anyway


class NoteForm(BaseForm):
    """Something to remember about an application."""

    words = TextAreaField("备注", [DataRequired("请写备注"), LONG])


class CoachingForm(BaseForm):
    """Who coaches it, and when the firm means to file."""

    coach_id = SelectField("辅导干部", coerce=int)
    expected_on = DateField("预计提交", [Optional()])

    def offer(self, people: Sequence[User], present: User | None) -> None:
        """Who can coach; whoever does now stays to choose."""
        held = {person.id: person.name for person in people}
        if present is not None:
            held.setdefault(present.id, present.name)
        self.coach_id.choices = [SelectChoice(0, "暂不指定"), *(SelectChoice(*pair) for pair in held.items())]


class ReasonForm(BaseForm):
    """A reason for refusals."""

    name = StringField("原因", [DataRequired("请写原因"), Length(max=200, message="最多 200 字")])
    active = BooleanField("在用")
