"""What the office sets up for issues: classes, clocks, topics, people of other units, the menu of services."""

import re

from wtforms import BooleanField, DateField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from forms.base import BaseForm, CheckboxesField
from forms.issue_desk import LONGEST, Pairs, PickField, offered
from models.rules.issue import FLOWS
from models.rules.issue_clock import UNITS
from models.rules.ladder import BOARD, RUNG_NAMES

FLOW_CHOICES = offered([(key, row.name) for key, row in FLOWS.items()])
PLACE = NumberRange(0, 999, "请填 0 到 999")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class ClassForm(BaseForm):
    """类别: its flow and its clock."""

    name = StringField("名称", [InputRequired("请填名称"), Length(max=200)])
    flow = RadioField("流程", [InputRequired("请选流程")], choices=FLOW_CHOICES,
                      description="简易：登记人自办；标准：要阶段答复；督办：自动发督办单、提级。")  # fmt: skip
    clock_days = IntegerField(
        "办理时限（工作日）", [InputRequired("请填工作日数"), NumberRange(1, 250, "请填 1 到 250")]
    )
    position = IntegerField("排在第几", [InputRequired("请填 0 到 999"), PLACE], default=50)
    active = BooleanField("在用", default=True)


class TopicForm(BaseForm):
    """专题, and which unit usually answers."""

    name = StringField("名称", [InputRequired("请填名称"), Length(max=200)])
    unit_id = PickField("一般由谁牵头", description="交办时没有先例就建议这个单位。")
    position = IntegerField("排在第几", [InputRequired("请填 0 到 999"), PLACE], default=50)
    active = BooleanField("在用", default=True)

    def offer(self, units: Pairs) -> None:
        """Give the choices."""
        self.unit_id.choices = offered(units, "没有固定")


class ClockForm(BaseForm):
    """One clock: a number and what it counts."""

    number = IntegerField("多久", [InputRequired("请填数字"), NumberRange(0, 365, "请填 0 到 365")])
    unit = RadioField("按", [InputRequired("请选按什么算")], choices=offered([*UNITS.items()]))


class OutsideForm(BaseForm):
    """经办人 of another unit, who works through a link."""

    unit_id = PickField("单位", [InputRequired("请选单位")])
    name = StringField("姓名", [InputRequired("请填姓名"), Length(max=200)])
    email = StringField("邮箱", [Length(max=255)], description="办理链接发到这里。")
    phone = StringField("办公电话", [Length(max=40)], description="会告诉企业，请填座机，不填手机。")
    active = BooleanField("在用", default=True)

    def offer(self, units: Pairs) -> None:
        """Give the choices."""
        self.unit_id.choices = offered(units, "请选")

    def validate_email(self, field: StringField) -> None:
        """An address, where one is given."""
        if field.data and not ADDRESS.fullmatch(field.data):
            raise ValidationError("请核对邮箱")


class MenuForm(BaseForm):
    """One service on the menu (菜单式服务)."""

    name = StringField("服务", [InputRequired("请填服务名称"), Length(max=200)])
    topic_id = PickField("专题", [InputRequired("请选专题")])
    unit_id = PickField("哪个单位提供")
    provider = StringField("合作机构", [Length(max=200)], description="不是本区单位的，写机构名称。")
    rungs = CheckboxesField("适合哪些梯级", description="不选就是都适合。",
                            choices=offered([(str(rung), RUNG_NAMES[rung]) for rung in BOARD]))  # fmt: skip
    conditions = TextAreaField("条件", [LONGEST])
    price = StringField("费用", [Length(max=200)], description="免费，或照提供方的说法写。")
    revised_on = DateField("核对日期", [Optional()])
    position = IntegerField("排在第几", [InputRequired("请填 0 到 999"), PLACE], default=50)
    active = BooleanField("在用", default=True)

    def offer(self, topics: Pairs, units: Pairs) -> None:
        """Give the choices."""
        self.topic_id.choices, self.unit_id.choices = offered(topics, "请选"), offered(units, "合作机构")

    def validate_provider(self, field: StringField) -> None:
        """Somebody delivers it."""
        if not field.data and not self.unit_id.data:
            raise ValidationError("请选单位，或写合作机构")
