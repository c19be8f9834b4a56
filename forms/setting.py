"""The settings of the system, made from their list: one field each."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from forms.base import BaseForm
from models.setting import SETTINGS, SettingKind, fault


def settings_form(values: dict[str, str]) -> BaseForm:
    """A form with one field for each setting, filled with the values in force."""
    fields = {key: _field(key, kind) for key, kind in SETTINGS.items()}
    form: type[Any] = type("SettingsForm", (BaseForm,), fields)
    return form(data=values)


def _field(key: str, kind: SettingKind) -> Any:
    if kind.choices:
        return RadioField(kind.name, choices=[SelectChoice(value, name) for value, name in kind.choices])

    def allowed(form: FlaskForm, field: StringField) -> None:
        wrong = fault(key, field.data or "")
        if wrong:
            raise ValidationError(wrong)

    if kind.low is None:
        needed = [] if kind.default == "" else [DataRequired(f"请填{kind.name}")]
        return StringField(kind.name, validators=[*needed, allowed])
    hint = f"{kind.low} 到 {kind.high}{f' {kind.unit}' if kind.unit else ''}，出厂为 {kind.default}"
    label = f"{kind.name}（{kind.unit}）" if kind.unit else kind.name
    return StringField(
        label,
        validators=[DataRequired(f"请填{kind.name}"), allowed],
        description=hint,
        render_kw={"inputmode": "numeric"},
    )
