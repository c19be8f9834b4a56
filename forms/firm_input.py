"""What is typed about 企业填报: asking a firm, the firm's own screens, an officer's review."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from wtforms import BooleanField, DateField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from forms.base import BaseForm, CheckboxesField
from models.firm_input.filling import Answer
from models.firm_input.record import FirmInputFigure
from models.rules import firm_input as rules
from models.rules.firm_input import FIGURES, Cell

WORDS = Length(max=500, message="最多 500 字")
UNCLEAR = "_unclear"
Made = TypeVar("Made", bound="FillForm")


class UntilForm(BaseForm):
    """A form with the last day the firm has."""

    due_on = DateField("请企业在哪天前填", validators=[InputRequired("请选日期")])

    def __init__(self, *args: Any, today: date, days: int, **kwargs: Any) -> None:
        super().__init__(*args, data={"due_on": today + timedelta(days=days), **kwargs.pop("data", {})}, **kwargs)


class AskForm(UntilForm):
    """Which figures of which years one firm is asked for."""

    cells = CheckboxesField("要哪些数")
    words = TextAreaField("对企业说的话", validators=[WORDS], description="企业打开时先看到这一段")

    def offer(self, cells: Iterable[Cell], chosen: Iterable[Cell]) -> None:
        """What can be asked for, and what is ticked at first."""
        self.cells.choices = [SelectChoice(name_of(cell), label_of(cell)) for cell in cells]
        if not self.is_submitted():
            self.cells.data = [name_of(cell) for cell in chosen]

    def chosen(self) -> list[Cell]:
        """What was ticked."""
        return [cell_of(name) for name in self.cells.data or ()]

    def validate_cells(self, field: CheckboxesField) -> None:
        if not field.data:
            raise ValidationError("请至少勾选一项")


class ManyAskForm(UntilForm):
    """Many firms are asked for what each lacks."""

    years = CheckboxesField("哪些年度", validators=[InputRequired("请选年度")])
    words = TextAreaField("对企业说的话", validators=[WORDS])

    def offer(self, years: Sequence[int]) -> None:
        """The years that can be asked for; the last one is ticked."""
        self.years.choices = [SelectChoice(str(year), f"{year} 年") for year in years]
        if not self.is_submitted():
            self.years.data = [str(years[0])]


class SendForm(UntilForm):
    """By mail to a contact, or to copy."""

    how = RadioField(
        "怎么给企业",
        choices=[SelectChoice("mail", "发邮件"), SelectChoice("copy", "复制链接")],
        default="copy",
        validate_choice=False,
    )
    contact_id = SelectField("发给谁", validate_choice=False)
    label = StringField("给谁", validators=[Length(max=60, message="最多 60 字")])


class VoidForm(BaseForm):
    """Why a request is not wanted any more."""

    reason = StringField("为什么作废", validators=[InputRequired("请写为什么作废"), Length(max=200)])


class FillForm(BaseForm):
    """One screen, or all of them: a field for each figure, and 不清楚 beside it. Made by `fill_form`."""

    figures: Sequence[FirmInputFigure] = ()

    def answers(self) -> dict[Cell, Answer]:
        """What was written."""
        return {
            figure.cell: Answer(self[figure.name].data or "", bool(self[figure.name + UNCLEAR].data))
            for figure in self.figures
        }


class PhoneForm(FillForm):
    """The same fields for what the firm says on the telephone, and with whom. Made by `phone_form`."""

    label = StringField("跟谁通的电话", validators=[InputRequired("请写跟谁通的电话，如：财务王会计"), Length(max=60)])
    confirmed = CheckboxesField("请核对", validate_choice=False)
    remark = StringField("企业另外说的", validators=[WORDS])


def fill_form(figures: Sequence[FirmInputFigure]) -> FillForm:
    """A form for these figures, with what is filled in so far."""
    return _with_fields(FillForm, figures)


def phone_form(figures: Sequence[FirmInputFigure]) -> PhoneForm:
    """The same for the telephone."""
    return _with_fields(PhoneForm, figures)


def _with_fields(base: type[Made], figures: Sequence[FirmInputFigure]) -> Made:
    fields: dict[str, Any] = {"figures": figures}
    for figure in figures:
        asked = figure.asked
        label = f"{figure.year} 年{asked.label}（{asked.unit}）"
        fields[figure.name] = StringField(label, validators=[_reads(figure.key)], default=figure.written)
        fields[figure.name + UNCLEAR] = BooleanField("不清楚", default=figure.unclear)
    made: Made = type(base.__name__, (base,), fields)()
    return made


class SubmitForm(BaseForm):
    """What is asked about is right, and a few words."""

    confirmed = CheckboxesField("请核对", validate_choice=False)
    remark = TextAreaField("想说明的", validators=[WORDS])


class ReviewForm(BaseForm):
    """Each figure is taken or not; or all go back with words."""

    decision = RadioField("怎么处理", choices=[SelectChoice("adopt", "采用勾选的"), SelectChoice("return", "退回补正")],
                          default="adopt", validate_choice=False)  # fmt: skip
    accepted = CheckboxesField("采用", validate_choice=False)
    words = TextAreaField("要企业改什么", validators=[WORDS])

    def cells(self) -> list[Cell]:
        """What was ticked."""
        return [cell_of(name) for name in self.accepted.data or () if cell_of(name)[0] in FIGURES]


def name_of(cell: Cell) -> str:
    """A figure of a year as one word."""
    return f"{cell[0]}_{cell[1]}"


def cell_of(name: str) -> Cell:
    """The figure and the year in such a word; year 0 for one that is none."""
    key, _, year = name.rpartition("_")
    return key, int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0


def label_of(cell: Cell) -> str:
    """A figure of a year as an officer reads it."""
    return f"{cell[1]} 年{FIGURES[cell[0]].label}"


def _reads(key: str) -> Any:
    def check(form: BaseForm, field: StringField) -> None:
        if problem := rules.read(key, field.data or "").problem:
            raise ValidationError(problem)

    return check
