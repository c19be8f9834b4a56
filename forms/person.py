"""What the system administrator types about a person, and what the security administrator grants."""

from wtforms import SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, Regexp

from forms.base import BaseForm, CheckboxesField
from models.rules.access import PERMISSIONS, ROLE_NAMES, role_conflict


class PersonForm(BaseForm):
    """A person with an account. `units` and `places` are (id, name) as a list of choices shows them."""

    name = StringField("姓名", validators=[DataRequired("请填姓名"), Length(max=100)])
    email = StringField(
        "邮箱",
        validators=[
            DataRequired("请填邮箱"),
            Length(max=255),
            Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", 0, "邮箱写法不对"),
        ],
        description="用来登录，也收通知",
    )
    mobile = StringField("手机号", validators=[Optional(), Regexp(r"^1[3-9]\d{9}$", 0, "手机号应为 11 位")])
    staff_number = StringField("工号", validators=[Optional(), Length(max=40)])
    unit = SelectField("单位", coerce=str)
    post = StringField("职务", validators=[Optional(), Length(max=100)])
    places = CheckboxesField("辖区", coerce=int, description="镇街园区助理只看得到这些地方的企业；别的角色不用选")
    roles = CheckboxesField("建议角色", description="由安全管理员核准后才生效")

    def __init__(self, units: list[tuple[int, str]], places: list[tuple[int, str]], **values: object) -> None:
        super().__init__(**values)
        self.unit.choices = [SelectChoice("", "（不定）"), *(SelectChoice(str(key), name) for key, name in units)]
        self.places.choices = [SelectChoice(key, name) for key, name in places]
        self.roles.choices = [SelectChoice(key, name) for key, name in ROLE_NAMES.items()]

    def validate_roles(self, field: CheckboxesField) -> None:
        """Roles that exclude each other cannot even be proposed."""
        conflict = role_conflict(field.data or ())
        if conflict:
            raise ValidationError(conflict)


class RolesForm(BaseForm):
    """The roles of one account."""

    roles = CheckboxesField("角色")

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.roles.choices = [SelectChoice(key, name) for key, name in ROLE_NAMES.items()]


class RightsForm(BaseForm):
    """The rights of one role; using the own account is everybody's and not a choice."""

    permissions = CheckboxesField("权限")

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.permissions.choices = [SelectChoice(key, name) for key, name in PERMISSIONS.items() if key != "self"]
