"""What a person may type for each act on an issue; the acts themselves say what is missing."""

from collections.abc import Iterable

from wtforms import (
    BooleanField,
    DateField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from forms.base import BaseForm, CheckboxesField
from forms.issue import LONG, pairs, whole
from models.issue.parts import IssueSlip
from models.rules.issue_clock import SLIPS
from models.rules.issue_kinds import CALL_ABOUT, OFFER_STATES, OUTCOMES, SOLVED
from models.visit import Visit

#: 解释说明 is the supervisor's to say.
ENDINGS = {key: OUTCOMES[key] for key in ("solved", "planned")}
#: What a service that was offered comes to.
SETTLED = {key: name for key, name in OFFER_STATES.items() if key != "proposed"}
YES_NO = pairs({"yes": "是", "no": "否"})


class ActForm(BaseForm):
    """The base: a form is filled by `prepare` with what may be chosen."""


class WordsForm(ActForm):
    """One text that must be written; the page gives its label."""

    words = TextAreaField("说明", [DataRequired("请写上"), LONG])


class NoteForm(ActForm):
    """One text that may be left out."""

    words = TextAreaField("说明", [LONG])


class StartForm(ActForm):
    """首次联系."""

    phone = StringField(
        "告诉企业的办公电话", [DataRequired("请写告诉企业的办公电话"), Length(max=40, message="最多 40 字")]
    )
    contacted_on = DateField("哪天联系的企业", [DataRequired("请填哪天联系的企业")])
    words = TextAreaField("谈了什么", [LONG])


class ExtensionForm(ActForm):
    """申请延期."""

    new_due_on = DateField("延到哪天", [DataRequired("请填延到哪天")])
    words = TextAreaField("延期的理由", [DataRequired("请写延期的理由"), LONG])


class EvidenceForm(ActForm):
    """佐证材料: files, and visits that show it."""

    files = MultipleFileField("文件", description="照片、PDF、Word、Excel、PPT、WPS；照片的拍摄地点会去掉。")
    visits = CheckboxesField("走访", coerce=whole)
    caption = StringField("说明", [Length(max=200, message="最多 200 字")])

    def offer(self, visits: Iterable[Visit]) -> None:
        """The visits that may be linked; without any the field goes."""
        self.visits.choices = [SelectChoice(row.id, f"{row.visit_on} {row.text[:24]}") for row in visits]
        if not self.visits.choices:
            del self.visits


class ProposeForm(EvidenceForm):
    """申请办结."""

    words = TextAreaField("做了什么、结果怎样", [DataRequired("请写办理结果"), LONG])
    outcome = RadioField("办理结果", choices=pairs(ENDINGS), default="solved")
    caption = None


class AnswerSlipForm(ActForm):
    """答复督办单."""

    slip_id = SelectField("哪一张", coerce=whole)
    words = TextAreaField("怎么整改的", [DataRequired("请写怎么整改的"), LONG])

    def offer(self, slips: Iterable[IssueSlip]) -> None:
        """The slips that wait."""
        self.slip_id.choices = [SelectChoice(row.id, f"{row.raised_on} {SLIPS.get(row.why, '')}") for row in slips]


class OfferForm(ActForm):
    """What came of a service that was offered."""

    state = RadioField("企业接受了吗", choices=pairs(SETTLED), validate_choice=False)
    words = TextAreaField("结果", [DataRequired("请写结果，如：已对接，谈成两百万"), LONG])
    rating = RadioField(
        "企业给服务的评分", [Optional()], coerce=whole, validate_choice=False,
        choices=pairs({number: str(number) for number in range(1, 6)}), description="服务过的才评，5 最好。",
    )  # fmt: skip


class CallForm(ActForm):
    """电话回访."""

    about = RadioField("为什么打", choices=pairs(CALL_ABOUT), default="confirm")
    reached = BooleanField("接通了")
    solved = RadioField("企业说解决了吗", [Optional()], choices=pairs(SOLVED), validate_choice=False)
    attitude = RadioField(
        "企业对办理态度的评价", [Optional()], coerce=whole, validate_choice=False,
        choices=pairs({number: str(number) for number in range(1, 6)}), description="5 最好，没有说就不选。",
    )  # fmt: skip
    confirms = RadioField("企业确认撤回吗", [Optional()], choices=YES_NO, validate_choice=False)
    words = TextAreaField("企业怎么说", [LONG])
