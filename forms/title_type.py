"""What the office may say about a type of title, and about a kind of pool."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from forms.base import BaseForm
from models.rules.ladder import RUNG_NAMES, Rung, say_validity, say_window
from models.title import LEVELS, TitleType

RUNGS = (
    *(SelectChoice(rung.value, RUNG_NAMES[rung]) for rung in (Rung.HNTE, Rung.SRDI, Rung.TECH_SME)),
    SelectChoice(Rung.POTENTIAL.value, "称号（只有它时算潜力企业）"),
    SelectChoice("", "不影响梯级"),
)

#: What is offered; a row may hold another rule of the same kind (models/rules/ladder.py).
VALIDITIES = ("+3y", "+3y-1d", "year_end", "+1y", "+1y-1d", "+2y", "+2y-1d", "+5y", "+5y-1d", "none")
WINDOWS = ("none", "year_end_of_ends_on", "03-31+1y", "06-30+1y", "10-31+1y", "12-31+1y")


class TitleTypeForm(BaseForm):
    """A type of title. Validity and window change what is in force, also for days gone by."""

    key = StringField(
        "代号",
        [InputRequired("请填代号"), Length(max=34), Regexp(r"^[a-z][a-z0-9_]*$", message="只用小写字母、数字和下划线")],
        description="导入名单时认它，如 gazelle；定了不再改。",
    )  # fmt: skip
    name = StringField("名称", [InputRequired("请填名称"), Length(max=200)])
    short_name = StringField("简称", [InputRequired("请填简称"), Length(max=40)])
    rung = SelectField("梯级", choices=list(RUNGS))
    level = SelectField("级别", [InputRequired()], choices=[SelectChoice(key, name) for key, name in LEVELS.items()])
    validity = SelectField("有效期", [InputRequired()], description="用于以后登记的资质；名单写明有效期的，照名单。")
    renewal_window = SelectField("续期窗口", [InputRequired()], description="到期后在窗口内的算待续，不算到期未续。")
    owner_department = StringField("主管部门", [Length(max=200)])
    document = TextAreaField("依据文件", [Length(max=2000)])
    position = IntegerField(
        "排在第几", [InputRequired("请填 0 到 999"), NumberRange(0, 999, "请填 0 到 999")], default=50
    )
    active = BooleanField("在用", default=True)

    def __init__(self, obj: Any = None) -> None:
        super().__init__(obj=obj)
        held = (obj.validity, obj.renewal_window) if obj is not None else ()
        self.validity.choices = [SelectChoice(rule, say_validity(rule)) for rule in _with(VALIDITIES, held[:1])]
        self.renewal_window.choices = [SelectChoice(rule, say_window(rule)) for rule in _with(WINDOWS, held[1:])]
        if obj is not None:
            del self.key


def _with(rules: tuple[str, ...], held: tuple[str, ...]) -> tuple[str, ...]:
    """The rules on offer, and the one the row has when it is another."""
    return (*rules, *(rule for rule in held if rule not in rules))


class PoolTypeForm(BaseForm):
    """A kind of pool."""

    name = StringField("名称", [InputRequired("请填名称"), Length(max=200)])
    makes_potential = BooleanField("在库企业算潜力企业", default=True)
    target_type_id = SelectField("目标资质", coerce=int, description="入库时没有另选的，都照它；取得了就提示毕业。")
    still_months = IntegerField(
        "几个月没有动静算停滞", [InputRequired("请填 1 到 36"), NumberRange(1, 36, "请填 1 到 36")], default=3
    )
    position = IntegerField(
        "排在第几", [InputRequired("请填 0 到 999"), NumberRange(0, 999, "请填 0 到 999")], default=50
    )
    active = BooleanField("在用", default=True)

    def __init__(self, targets: Sequence[TitleType], obj: Any = None) -> None:
        super().__init__(obj=obj, data={"target_type_id": (obj.target_type_id or 0) if obj is not None else 0})
        self.target_type_id.choices = [SelectChoice(0, "未定"), *(SelectChoice(one.id, one.name) for one in targets)]
