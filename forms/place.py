"""What is typed about units, areas and parks."""

from datetime import date

from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, Regexp

from forms.base import BaseForm
from models.unit import UNIT_KINDS

CODE = [DataRequired("请填代码"), Length(max=40), Regexp(r"^[\w.-]+$", 0, "代码只用字母、数字、点和横线")]


def choices(pairs: list[tuple[int, str]], none: str) -> list[SelectChoice]:
    """The choices of a select whose empty value has a name of its own."""
    return [SelectChoice("", none), *(SelectChoice(str(key), name) for key, name in pairs)]


class UnitForm(BaseForm):
    """A unit: who answers."""

    name = StringField("名称", validators=[DataRequired("请填名称"), Length(max=100)])
    code = StringField("代码", validators=CODE, description="导入和命令行用它认单位，例如 KJ-ZH")
    kind = SelectField("类别", choices=[SelectChoice(key, name) for key, name in UNIT_KINDS.items()])
    parent = SelectField("上级")
    head = SelectField("负责人")
    deputy = SelectField("副负责人")
    mailbox = StringField(
        "公用邮箱", validators=[Optional(), Length(max=255), Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", 0, "邮箱写法不对")]
    )

    def __init__(self, parents: list[tuple[int, str]], people: list[tuple[int, str]], **values: object) -> None:
        super().__init__(**values)
        self.parent.choices = choices(parents, "（最上级）")
        self.head.choices = choices(people, "（未定）")
        self.deputy.choices = choices(people, "（未定）")


class MemberForm(BaseForm):
    """Somebody becomes a member of a unit."""

    person = SelectField("人员", validators=[DataRequired("请选一个人")])
    post = StringField("职务", validators=[Optional(), Length(max=100)])
    from_on = DateField("从哪天起", validators=[DataRequired("请填日期")])

    def __init__(self, people: list[tuple[int, str]], **values: object) -> None:
        super().__init__(**values)
        self.person.choices = choices(people, "请选择")


class LeaveForm(BaseForm):
    """The last day of a membership."""

    to_on = DateField("到哪天止", validators=[DataRequired("请填日期")])


class AreaForm(BaseForm):
    """An area or a park: where firms are."""

    name = StringField("名称", validators=[DataRequired("请填名称"), Length(max=100)])
    code = StringField("代码", validators=CODE, description="导入和命令行用它认镇街园区，可用行政区划代码")
    parent = SelectField("上级")
    aliases = TextAreaField(
        "别名",
        validators=[Optional(), Length(max=2000)],
        description="地址里可能出现的其他叫法，一行一个：简称、旧名、社区和路名。导入登记表时据此推定企业在哪里",
    )
    closed = BooleanField("已撤并（不再给新企业选用）")

    def __init__(self, parents: list[tuple[int, str]], **values: object) -> None:
        super().__init__(**values)
        self.parent.choices = choices(parents, "（最上级）")


class AbsenceForm(BaseForm):
    """A person is away, and who acts meanwhile."""

    person = SelectField("谁外出", validators=[DataRequired("请选外出的人")])
    deputy = SelectField("谁代理", validators=[DataRequired("请选代理人")])
    from_on = DateField("从哪天起", validators=[DataRequired("请填日期")])
    to_on = DateField("到哪天止（含）", validators=[DataRequired("请填日期")])
    reason = StringField("事由", validators=[Optional(), Length(max=100)], description="例如 出差、休假")

    def __init__(
        self, absent: list[tuple[int, str]], deputies: list[tuple[int, str]], today: date, **values: object
    ) -> None:
        super().__init__(**values)
        self.today = today
        self.person.choices = choices(absent, "请选择")
        self.deputy.choices = choices(deputies, "请选择")

    def validate_to_on(self, field: DateField) -> None:
        """An absence that is over needs no deputy any more."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError("结束日期不能早于开始日期")
        if field.data and field.data < self.today:
            raise ValidationError("这段时间已经过去，不用登记了")
