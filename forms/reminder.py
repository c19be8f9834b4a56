"""Of which rules a person wants mail, and how the bureau sets a rule."""

from collections.abc import Iterable

from wtforms import BooleanField, IntegerField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from forms.base import BaseForm, CheckboxesField
from models.reminder.settings import MOST_ESCALATION, fault, read_stages
from models.rules.reminder import UNITS, RuleFacts
from models.rules.reminder_table import Rule


class MailChoiceForm(BaseForm):
    """The rules of which a person wants mail."""

    wanted = CheckboxesField("发邮件给我的", description="不勾的只在站内提醒，不会漏。")

    def offer(self, rules: Iterable[Rule]) -> None:
        """What there is to choose: rules that send mail at all."""
        self.wanted.choices = [SelectChoice(rule.key, rule.name) for rule in rules]


class ReminderRuleForm(BaseForm):
    """One rule."""

    name = StringField("名称", [Length(max=60, message="最多 60 个字")])
    active = BooleanField("在用", description="不用时不再生成新的提醒，已生成的照旧。")
    stages = StringField(
        "什么时候提醒", [InputRequired("请填提醒日")],
        description="到期前几天，几次用空格隔开；0 是当天，负数是到期以后。例如 7 3 0 -1。遇休息日提前到上一个工作日。",
    )  # fmt: skip
    unit = RadioField("按什么算", choices=[SelectChoice("wd", "工作日"), SelectChoice("d", "自然日")])
    channels = CheckboxesField(
        "站内以外还发到", choices=[SelectChoice("mail", "邮件"), SelectChoice("robot", "群机器人")]
    )
    escalate_after = IntegerField(
        "到期后几个工作日没办报上一级", [InputRequired("请填 0 到 60，0 是不报")], description="0 是不报。",
        render_kw={"inputmode": "numeric"},
    )  # fmt: skip

    def validate_stages(self, field: StringField) -> None:
        """Whole numbers that some day can have."""
        stages = read_stages(field.data or "")
        wrong = "请填整数，用空格隔开，例如 7 3 0" if stages is None else fault(RuleFacts("", stages))
        if wrong:
            raise ValidationError(wrong)

    def validate_unit(self, field: RadioField) -> None:
        """One of the two."""
        if field.data not in UNITS:
            raise ValidationError("请选一个")

    def validate_escalate_after(self, field: IntegerField) -> None:
        """Within its bounds."""
        if field.data is not None and not 0 <= field.data <= MOST_ESCALATION:
            raise ValidationError(f"请填 0 到 {MOST_ESCALATION}，0 是不报")

    def facts(self, key: str) -> RuleFacts:
        """What was typed, as the rule is set."""
        return RuleFacts(
            key, read_stages(self.stages.data or "") or (0,), self.unit.data,
            frozenset({"app", *(self.channels.data or [])}), self.escalate_after.data or 0, self.active.data,
        )  # fmt: skip
