"""What every form shares: stripped text, Chinese messages, a CSRF token."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget


def strip(value: Any) -> Any:
    """Text without the blanks a phone keyboard leaves at its ends."""
    return value.strip() if isinstance(value, str) else value


class BaseForm(FlaskForm):
    """The base of all forms. A form is given its choices and the date; it never commits."""

    class Meta(FlaskForm.Meta):
        locales = ["zh"]

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if issubclass(unbound_field.field_class, StringField | TextAreaField):
                options = {**options, "filters": [strip, *options.get("filters", ())]}
            return unbound_field.bind(form=form, **options)


class CheckboxesField(SelectMultipleField):
    """Several of a few things, each with a box of its own; works without script."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ConfirmForm(BaseForm):
    """A page with one button posts a form too."""
