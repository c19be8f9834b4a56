"""What a supervisor and a reviewer type about issues: the four questions, slips, extensions, spot checks."""

from typing import Any

from wtforms import DateField, HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Optional, ValidationError

from forms.base import BaseForm
from forms.issue_desk import LONGEST, Pairs, PickField, offered
from models.rules.issue_clock import SLIPS
from models.rules.issue_kinds import SPOT_RESULTS

YES_NO = offered([("yes", "是"), ("no", "否")])
QUESTIONS = {
    "solved": "问题解决了吗", "answered": "企业答复了吗", "in_touch": "承办单位主动联系企业了吗",
    "satisfied": "企业满意吗",
}  # fmt: skip


class FourQuestions(BaseForm):
    """销号审核: four questions, none answered beforehand."""

    solved = RadioField(QUESTIONS["solved"], [InputRequired("请回答")], choices=YES_NO)
    answered = RadioField(QUESTIONS["answered"], [InputRequired("请回答")], choices=YES_NO)
    in_touch = RadioField(QUESTIONS["in_touch"], [InputRequired("请回答")], choices=YES_NO)
    satisfied = RadioField(QUESTIONS["satisfied"], [InputRequired("请回答")], choices=YES_NO)
    words = TextAreaField("说明", [LONGEST], description="部分解决、未主动联系或不满意的，写为什么可以销号。")

    def answers(self) -> dict[str, bool]:
        """The four answers."""
        return {name: self[name].data == "yes" for name in QUESTIONS}


class ManyCloseForm(FourQuestions):
    """The same of many."""

    back = HiddenField()
    sent = HiddenField(default="1")


class ReviewForm(FourQuestions):
    """销号, or back to the unit."""

    verdict = RadioField("结论", [InputRequired("请选结论")],
                         choices=offered([("close", "销号"), ("redo", "重办：开新一轮，期限重新算"),
                                          ("return", "退回补充：本轮继续办")]))  # fmt: skip

    def validate(self, extra_validators: Any = None) -> bool:
        """Sending it back asks for a reason, not for the four answers."""
        if self.verdict.data in ("redo", "return"):
            for name in QUESTIONS:
                self[name].validators = [Optional()]
        return super().validate(extra_validators)

    def validate_words(self, field: TextAreaField) -> None:
        """Why it goes back."""
        if self.verdict.data in ("redo", "return") and not field.data:
            raise ValidationError("请写理由、要补什么")


class DecideForm(BaseForm):
    """审批延期."""

    granted = RadioField(
        "怎么批", [InputRequired("请选同意或不同意")], choices=offered([("yes", "同意"), ("no", "不同意")])
    )
    words = TextAreaField("意见", [LONGEST], description="不同意的请写理由。同意后要告知企业。")

    def validate_words(self, field: TextAreaField) -> None:
        """A refusal says why."""
        if self.granted.data == "no" and not field.data:
            raise ValidationError("不同意延期的，请写理由")


class SlipForm(BaseForm):
    """督办单 by hand."""

    why = PickField("事由", [InputRequired("请选督办的事由")], choices=offered([*SLIPS.items()]))
    words = TextAreaField("要求", [LONGEST], description="写清要在哪天前做什么。")


class EscalateForm(BaseForm):
    """提级, to a leader."""

    leader_id = PickField("请谁来协调")
    words = TextAreaField("提级的理由", [InputRequired("请写提级的理由"), LONGEST])

    def offer(self, people: Pairs) -> None:
        """Give the choices."""
        self.leader_id.choices = offered(people, "不指定")


class ParkForm(BaseForm):
    """挂账推进: what is missing, and the next reply."""

    conditions = TextAreaField("还差什么条件", [InputRequired("请写还差什么条件"), LONGEST])
    until = DateField("下次答复日期", [InputRequired("请选日期")])


class SpotForm(BaseForm):
    """抽查结果."""

    result = RadioField("电话核实结果", [InputRequired("请选抽查结果")], choices=offered([*SPOT_RESULTS.items()]))
    words = TextAreaField("企业怎么说", [LONGEST], description="选“未解决”的会重新打开，开新一轮。")
