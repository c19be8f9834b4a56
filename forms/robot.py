"""A robot of a group: where it is, what it counts."""

from collections.abc import Iterable

from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from forms.base import BaseForm, CheckboxesField
from models.errors import Refused
from models.robot import KINDS, host_of
from models.rules.reminder_table import Rule


class RobotForm(BaseForm):
    """One robot. An address that is there already is never shown again."""

    name = StringField("名称", [DataRequired("请填名称"), Length(max=60, message="最多 60 个字")])
    kind = RadioField(
        "哪一种", [DataRequired("请选一种")], choices=[SelectChoice(key, name) for key, name in KINDS.items()]
    )
    address = StringField("地址", [Length(max=1000, message="地址太长，请核对")])
    secret = PasswordField(
        "签名密钥", [Length(max=200, message="最多 200 个字符")],
        description="钉钉、飞书开了“加签”的填写，其他的不填。钉钉选“自定义关键词”的，关键词填“提醒”。",
    )  # fmt: skip
    unit_id = SelectField("算谁的提醒", coerce=str)
    rules = CheckboxesField("算哪些提醒", description="都不勾就是全部。")
    active = BooleanField("在用", default=True)
    remove = BooleanField("去掉地址和密钥，停用这个机器人")

    def offer(self, units: Iterable[tuple[int, str]], rules: Iterable[Rule], host: str) -> None:
        """What there is to choose, and whether an address is there already."""
        self.unit_id.choices = [("", "全局"), *((str(unit_id), name) for unit_id, name in units)]
        self.rules.choices = [SelectChoice(rule.key, rule.name) for rule in rules]
        fresh = "从群机器人的设置里复制。只有这里填的地址会收到，别处不会。"
        self.address.description = f"已有地址（{host}），不改就不填。" if host else fresh

    def validate_address(self, field: StringField) -> None:
        """A web address."""
        if field.data:
            try:
                host_of(field.data)
            except Refused as error:
                raise ValidationError(str(error)) from error
