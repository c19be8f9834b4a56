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
from models.issue.offers import IssueOffers
from models.issue.parts import IssueSlip
from models.rules.issue_clock import SLIPS
from models.rules.issue_kinds import CALL_ABOUT, OUTCOMES, SOLVED, SPOT_RESULTS
from models.visit import Visit

#: 解释说明 is the supervisor's to say.
ENDINGS = {key: OUTCOMES[key] for key in ("solved", "planned")}
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


class ParkForm(ActForm):
    """挂账推进."""

    words = TextAreaField("还差什么条件", [DataRequired("请写还差什么条件"), LONG])
    until = DateField("下次答复日期", [DataRequired("请填下次答复日期")], description="最多 30 天以后。")


class DecideForm(ActForm):
    """审批延期."""

    granted = RadioField("批不批", choices=pairs({"yes": "同意", "no": "不同意"}), default="yes")
    words = TextAreaField("意见", [LONG], description="不同意的要写理由。")


class EscalateForm(ActForm):
    """提级."""

    words = TextAreaField("提级的理由", [DataRequired("请写提级的理由"), LONG])
    leader_id = SelectField("提到哪位领导", coerce=whole)

    def offer(self, offers: IssueOffers) -> None:
        """The people."""
        self.leader_id.choices = _choices("还没定", offers.person)


class SlipForm(ActForm):
    """督办单."""

    why = RadioField("事由", choices=pairs(SLIPS))
    words = TextAreaField("督办意见", [LONG])


class AnswerSlipForm(ActForm):
    """答复督办单."""

    slip_id = SelectField("哪一张", coerce=whole)
    words = TextAreaField("怎么整改的", [DataRequired("请写怎么整改的"), LONG])

    def offer(self, slips: Iterable[IssueSlip]) -> None:
        """The slips that wait."""
        self.slip_id.choices = [SelectChoice(row.id, f"{row.raised_on} {SLIPS.get(row.why, '')}") for row in slips]


class ClassForm(ActForm):
    """受理 and class."""

    class_id = SelectField("类别", coerce=whole)
    topic_id = SelectField("专题", coerce=whole)

    def offer(self, offers: IssueOffers) -> None:
        """Classes and topics."""
        self.class_id.choices = _choices("先不分类", offers.class_id)
        self.topic_id.choices = [SelectChoice(row_id, name) for row_id, name in offers.topic]


class GiveForm(ActForm):
    """交办: one lead unit, one named person."""

    class_id = SelectField("类别", coerce=whole)
    unit_id = SelectField("牵头单位", coerce=whole)
    person = SelectField("责任人", description="有账号的登录办理；没有账号的收链接办理。")
    assist_units = CheckboxesField("协办单位", coerce=whole)
    leader_id = SelectField("牵头领导", coerce=whole, description="协同、重大的要写。")
    measures = TextAreaField("解决措施", [LONG], description="协同、重大的要写。")

    def offer(self, offers: IssueOffers) -> None:
        """Who may be given it."""
        self.class_id.choices = _choices("请选", offers.class_id)
        self.unit_id.choices = _choices("请选", offers.unit)
        outside = [SelectChoice(f"o{row_id}", f"{name}（链接）") for row_id, name in offers.outside]
        people = [SelectChoice(f"u{row_id}", name) for row_id, name in offers.person]
        self.person.choices = [SelectChoice("", "请选"), *people, *outside]
        self.assist_units.choices = [SelectChoice(row_id, name) for row_id, name in offers.unit]
        self.leader_id.choices = _choices("没有", offers.person)


class ReassignForm(GiveForm):
    """改派."""

    words = TextAreaField("改派的理由", [DataRequired("请写改派的理由"), LONG])


class SettleForm(GiveForm):
    """裁定退办: the unit keeps it, or another one gets it."""

    words = TextAreaField("裁定意见", [DataRequired("请写裁定的意见"), LONG])
    to_other = RadioField("怎么定", choices=pairs({"": "仍由原单位办", "1": "改给下面的单位"}), default="")


class CloseForm(ActForm):
    """销号审核: four questions."""

    solved = RadioField("问题解决了吗", choices=YES_NO)
    answered = RadioField("企业答复了吗", choices=YES_NO)
    in_touch = RadioField("经办单位主动联系企业了吗", choices=YES_NO)
    satisfied = RadioField("企业满意吗", choices=YES_NO)
    words = TextAreaField("说明", [LONG], description="部分解决、没有主动联系或企业不满意的，写明为什么可以销号。")


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


class SpotForm(ActForm):
    """抽查结果."""

    result = RadioField("抽查结果", choices=pairs(SPOT_RESULTS))
    words = TextAreaField("说明", [LONG])


def _choices(nothing: str, rows: Iterable[tuple[int, str]]) -> list[SelectChoice]:
    return [SelectChoice("", nothing), *(SelectChoice(row_id, name) for row_id, name in rows)]
