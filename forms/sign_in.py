"""What a person types to sign in."""

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length

from forms.base import BaseForm


class SignInForm(BaseForm):
    """Who you are and your password."""

    login = StringField(
        "邮箱、手机号或工号",
        validators=[DataRequired("请填邮箱、手机号或工号"), Length(max=255)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "口令",
        validators=[DataRequired("请填口令"), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class CodeForm(BaseForm):
    """The code from the phone, or a recovery code when the phone is gone."""

    code = StringField(
        "动态口令",
        validators=[DataRequired("请填手机上的 6 位动态口令"), Length(max=40)],
        render_kw={"autocomplete": "one-time-code"},
    )
