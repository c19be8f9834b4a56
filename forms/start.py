"""What the first person of a bureau types."""

from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, Regexp

from forms.base import BaseForm


class FirstAccountForm(BaseForm):
    """The bureau and the first account."""

    token = StringField("启动码", validators=[DataRequired("请填服务器启动日志里的启动码"), Length(max=64)])
    bureau = StringField(
        "单位名称",
        validators=[DataRequired("请填单位名称"), Length(max=100)],
        render_kw={"autocomplete": "organization"},
    )
    name = StringField(
        "您的姓名", validators=[DataRequired("请填姓名"), Length(max=100)], render_kw={"autocomplete": "name"}
    )
    email = StringField(
        "邮箱（用来登录）",
        validators=[
            DataRequired("请填邮箱"),
            Length(max=255),
            Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", 0, "邮箱写法不对"),
        ],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "口令", validators=[DataRequired("请填口令"), Length(max=128)], render_kw={"autocomplete": "new-password"}
    )
    again = PasswordField(
        "再填一次口令",
        validators=[DataRequired("请再填一次口令"), EqualTo("password", "两次填的口令不一样，请重填")],
        render_kw={"autocomplete": "new-password"},
    )
