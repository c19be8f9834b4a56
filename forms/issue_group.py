"""What the office types about a common cause (一类事)."""

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from forms.base import BaseForm
from forms.issue_desk import LONGEST, Pairs, PickField, offered


class GroupForm(BaseForm):
    """Its name, the cause, and who answers for all."""

    name = StringField("名称", [InputRequired("请写这一类事的名称"), Length(max=200)])
    cause = TextAreaField("共同的原因", [LONGEST])
    unit_id = PickField("牵头单位")
    person_id = PickField("责任人")

    def offer(self, units: Pairs, people: Pairs) -> None:
        """Give the choices."""
        self.unit_id.choices, self.person_id.choices = offered(units, "还没有定"), offered(people, "还没有定")


class AnswerForm(BaseForm):
    """One answer for every firm."""

    answer = TextAreaField("统一的答复", [InputRequired("请写统一的答复"), LONGEST],
                           description="在办的每一件都记下已告知企业；在您手里的，同时按它申请办结。")  # fmt: skip
