"""What a person says when firms enter or leave a pool, of one member, and what the office sets of pools."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from forms.base import BaseForm
from models import people
from models.firm.choices import CARING_ROLES
from models.pool import PoolExit, PoolMember, PoolStage, PoolType
from models.title import TitleType
from models.user import User

YEAR = NumberRange(2000, 2100, "年份写四位，如 2027")


def list_owners(held: User | None = None) -> list[User]:
    """Who may be the owner of a member: everybody who looks after firms, and who is it now."""
    found = people.list_active(CARING_ROLES)
    return found if held is None or any(one.id == held.id for one in found) else [*found, held]


def _people(owners: Sequence[User]) -> list[SelectChoice]:
    return [SelectChoice(0, "没有定"), *(SelectChoice(one.id, one.name) for one in owners)]


def _titles(targets: Sequence[TitleType], none: str = "未定") -> list[SelectChoice]:
    return [SelectChoice(0, none), *(SelectChoice(kind.id, kind.name) for kind in targets)]


class EnterForm(BaseForm):
    """Firms enter a pool."""

    type_id = SelectField("入哪个库", [InputRequired()], coerce=int)
    on = DateField("入库日期", [InputRequired("请填入库日期")])
    plan_year = IntegerField("计划年度", [Optional(), YEAR])
    target_type_id = SelectField("目标资质", coerce=int)
    batch = StringField("预计批次", [Length(max=200)], description="如：2027 年第一批。")
    owner_id = SelectField("负责人", coerce=int)
    reason = StringField("入库理由", [Length(max=200)])

    def __init__(
        self, pools: Sequence[PoolType], targets: Sequence[TitleType], owners: Sequence[User], today: date, me: int
    ) -> None:
        super().__init__(data={"on": today, "owner_id": me, "target_type_id": 0})
        self.today = today
        self.type_id.choices = [SelectChoice(pool.id, pool.name) for pool in pools]
        self.target_type_id.choices = _titles(targets, "照这个库的目标")
        self.owner_id.choices = _people(owners)

    def validate_on(self, field: DateField) -> None:
        """Entering is noted, not planned."""
        if field.data and field.data > self.today:
            raise ValidationError("入库日期不能晚于今天")


class LeaveForm(BaseForm):
    """Firms of any list leave a pool: which, the last day, the reason, a word on it."""

    type_id = SelectField("出哪个库", [InputRequired()], coerce=int)
    on = DateField("在库最后一天", [InputRequired("请填在库最后一天")])
    exit_id = SelectField("出库原因", [InputRequired("请选出库原因")], coerce=int)
    reason = StringField("说明", [Length(max=150)])

    def __init__(self, pools: Sequence[PoolType], exits: Sequence[PoolExit], today: date) -> None:
        super().__init__(data={"on": today})
        self.today = today
        self.type_id.choices = [SelectChoice(pool.id, pool.name) for pool in pools]
        self.exit_id.choices = [SelectChoice(row.id, row.name) for row in exits]

    def validate_on(self, field: DateField) -> None:
        """Leaving is noted, not planned."""
        if field.data and field.data > self.today:
            raise ValidationError("出库日期不能晚于今天")


class ManyExitForm(LeaveForm):
    """Members of one pool leave it."""

    def __init__(self, exits: Sequence[PoolExit], today: date) -> None:
        super().__init__((), exits, today)
        del self.type_id


class ManyOwnerForm(BaseForm):
    """Members get an owner."""

    owner_id = SelectField("负责人", coerce=int)

    def __init__(self, owners: Sequence[User]) -> None:
        super().__init__()
        self.owner_id.choices = _people(owners)


class ManyNextForm(BaseForm):
    """Members get a next step."""

    next_step = StringField("下一步", [InputRequired("请写下一步"), Length(max=200)])
    next_on = DateField("哪天前", [Optional()])


class MemberForm(BaseForm):
    """One member of a pool."""

    next_step = StringField("下一步", [Length(max=200)])
    next_on = DateField("哪天前", [Optional()])
    owner_id = SelectField("负责人", coerce=int)
    plan_year = IntegerField("计划年度", [Optional(), YEAR])
    target_type_id = SelectField("目标资质", coerce=int)
    batch = StringField("预计批次", [Length(max=200)], description="如：2027 年第一批。")
    measures = TextAreaField("培育措施", [Length(max=4000)])
    reason = StringField("入库理由", [Length(max=200)])

    def __init__(self, owners: Sequence[User], targets: Sequence[TitleType], member: PoolMember) -> None:
        known = {"owner_id": member.owner_id or 0, "target_type_id": member.target_type_id or 0}
        super().__init__(obj=member, data=known)
        self.owner_id.choices, self.target_type_id.choices = _people(owners), _titles(targets)

    def validate_next_on(self, field: DateField) -> None:
        """A day belongs to a step."""
        if field.data and not self.next_step.data:
            raise ValidationError("填了日期，请写下一步做什么")


class StageForm(BaseForm):
    """A member reached a stage."""

    stage_id = SelectField("到哪个阶段", [InputRequired("请选阶段")], coerce=int)
    reached_on = DateField("哪天", [InputRequired("请填日期")])
    note = StringField("说明", [Length(max=200)])

    def __init__(self, stages: Sequence[PoolStage], today: date) -> None:
        super().__init__(data={"reached_on": today})
        self.stage_id.choices = [SelectChoice(stage.id, stage.name) for stage in stages]


class StageSetupForm(BaseForm):
    """One stage of a kind of pool."""

    name = StringField("阶段", [InputRequired("请填阶段名称"), Length(max=200)])
    position = IntegerField("排在第几", [InputRequired("请填 0 到 99"), NumberRange(0, 99, "请填 0 到 99")], default=9)
    exit_id = SelectField("到了就出库", coerce=int, description="如“上市”到了算毕业出库。")
    active = BooleanField("在用", default=True)

    def __init__(self, exits: Sequence[PoolExit], row: PoolStage | None = None) -> None:
        super().__init__(obj=row, data={"exit_id": (row.exit_id or 0) if row else 0})
        self.exit_id.choices = [SelectChoice(0, "不出库"), *(SelectChoice(one.id, one.name) for one in exits)]


class ExitSetupForm(BaseForm):
    """One reason for leaving."""

    name = StringField("出库原因", [InputRequired("请填出库原因"), Length(max=200)])
    graduated = BooleanField("算毕业（达到了入库的目标）")
    position = IntegerField("排在第几", [InputRequired("请填 0 到 99"), NumberRange(0, 99, "请填 0 到 99")], default=9)
    active = BooleanField("在用", default=True)

    def __init__(self, row: Any = None) -> None:
        super().__init__(obj=row)
