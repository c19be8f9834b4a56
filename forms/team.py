"""What a person may say about teams and what their visits brought."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import BaseForm, CheckboxesField
from forms.service import PLACE
from models.campaign import Campaign
from models.rules.outcome import LARGEST
from models.rules.visit import MOST_ROWS
from models.team import Team
from models.user import User
from models.visit.outcomes import OutcomeKind

NOBODY = 0


class TeamForm(BaseForm):
    """A team: who, for what, from when."""

    name = StringField("名称", [DataRequired("请填名称"), Length(max=200)])
    campaign_id = SelectField("专项行动", coerce=int)
    leader_id = SelectField("组长", coerce=int)
    officers = CheckboxesField("干部", coerce=int)
    experts = TextAreaField("专家", [Length(max=8000)], description="一行一位：姓名，单位，领域")
    from_on = DateField("从哪天起", [DataRequired("请填开始日期")])
    to_on = DateField("到哪天", [Optional()], description="还在做就空着。")
    goal = TextAreaField("做什么", [Length(max=2000)])

    def __init__(self, people: Iterable[User], campaigns: Iterable[Campaign], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        staff = [SelectChoice(person.id, person.name) for person in people]
        self.officers.choices = staff
        self.leader_id.choices = [SelectChoice(NOBODY, "没有定"), *staff]
        rows = [SelectChoice(row.id, row.name) for row in campaigns]
        self.campaign_id.choices = [SelectChoice(NOBODY, "没有"), *rows]

    def validate_to_on(self, field: DateField) -> None:
        """An end is not before the beginning."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError("结束日期不能早于开始日期")

    def validate_experts(self, field: TextAreaField) -> None:
        """A list of people, not a text."""
        rows = self.list_experts()
        if len(rows) > MOST_ROWS or any(len(part) > 200 for row in rows for part in row):
            raise ValidationError(f"最多 {MOST_ROWS} 行，每项最多 200 字")
        if any(not row[0] for row in rows):
            raise ValidationError("每行先写姓名")

    def list_experts(self) -> list[tuple[str, str, str]]:
        """(name, organisation, field) of each line that says something."""
        found = []
        for line in (self.experts.data or "").splitlines():
            if line.strip():
                parts = [part.strip() for part in line.replace(",", "，").split("，", 2)]
                found.append((parts[0], *[*parts[1:], "", ""][:2]))
        return [(row[0], row[1], row[2]) for row in found]


class TeamFirmForm(BaseForm):
    """A firm for the team; it was chosen before."""

    need = StringField("要解决什么", [Length(max=200)])


class OutcomeKindForm(BaseForm):
    """A kind of result."""

    name = StringField("名称", [InputRequired("请填名称"), Length(max=200)])
    unit = StringField("数的单位", [InputRequired("请填单位，如 项、人次"), Length(max=20)], default="项")
    position = IntegerField("排在第几", [InputRequired("请填 0 到 999"), PLACE], default=50)
    active = BooleanField("在用", default=True)


def outcomes_form(kinds: Sequence[OutcomeKind], teams: Sequence[Team], **kwargs: Any) -> BaseForm:
    """A form with one number for each kind (`kind_7`) and, when there are any, the team."""
    amount = NumberRange(0, LARGEST, f"请填 0 到 {LARGEST:,}")
    fields: dict[str, Any] = {}
    if teams:
        rows = [SelectChoice(row.id, row.name) for row in teams]
        fields["team_id"] = SelectField("小组", coerce=int, choices=[SelectChoice(NOBODY, "没有"), *rows])
    for kind in kinds:
        fields[f"kind_{kind.id}"] = IntegerField(f"{kind.name}（{kind.unit}）", [Optional(), amount])
    return type("OutcomesForm", (BaseForm,), fields)(**kwargs)
