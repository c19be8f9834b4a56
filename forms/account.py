"""What a person changes about the own account."""

from collections.abc import Callable

from wtforms import PasswordField, RadioField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, EqualTo, Length

from forms.base import BaseForm

THEMES = (SelectChoice("follow", "跟随设备"), SelectChoice("light", "浅色"), SelectChoice("dark", "深色"))


class ThemeForm(BaseForm):
    """Light or dark."""

    theme = RadioField("外观", choices=list(THEMES))


class PasswordForm(BaseForm):
    """The present password and a new one, typed twice. `faults` says what is wrong with the new one."""

    current = PasswordField(
        "现在的口令",
        validators=[DataRequired("请填现在的口令"), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        "新口令",
        validators=[DataRequired("请填新口令"), Length(max=200)],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "再填一次新口令",
        validators=[DataRequired("请再填一次新口令"), EqualTo("new", "两次填的新口令不一样，请重填")],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, faults: Callable[[str], list[str]]) -> None:
        super().__init__()
        self.faults = faults

    def validate_new(self, field: PasswordField) -> None:
        """Every fault at once, so that one more try is enough."""
        found = self.faults(field.data) if field.data else []
        if found:
            raise ValidationError("；".join(found))


class PasswordConfirmForm(BaseForm):
    """The present password, asked again before something that weakens the account."""

    current = PasswordField(
        "现在的口令",
        validators=[DataRequired("请填现在的口令"), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class TotpForm(BaseForm):
    """The first code, which shows that the phone holds the secret."""

    code = StringField(
        "手机上显示的 6 位数字",
        validators=[DataRequired("请填手机上显示的 6 位数字"), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
