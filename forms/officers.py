"""Which account a name in a ledger means."""

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from forms.base import BaseForm


class DecideForm(BaseForm):
    """One name and the account it means; the view gives the choices."""

    name = StringField("台账里的名字", [InputRequired(), Length(max=200)])
    user_id = SelectField("账号", [InputRequired()], coerce=int)
