"""What the office says of a workbook handed down: the file, and what a cell is tied to."""

from collections.abc import Sequence

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from forms.base import BaseForm, CheckboxesField
from models.area import Area
from models.figures.base import Figure
from models.rules.city_book import COLUMNS, KINDS, WHENS, place_of


class CityBookForm(BaseForm):
    """A workbook and what it is called."""

    name = StringField(
        "叫什么", [InputRequired("请写名称"), Length(max=200)], description="如：市科技局高企培育月调度表。"
    )
    file = FileField("调度表（.xlsx）", [FileRequired("请选文件")])


class TieForm(BaseForm):
    """One cell, and what is written there."""

    sheet = SelectField("哪一页", [InputRequired("请选页")])
    cell = StringField("单元格", [InputRequired("请写单元格")], description="列字母加行号，如 B5；名单写左上角第一格。")
    kind = RadioField("填什么", choices=[SelectChoice(key, name) for key, name in KINDS.items()], default="figure")
    figure_key = SelectField("指标", [InputRequired("请选指标")])
    period = SelectField("数哪几天", choices=[SelectChoice(key, name) for key, name in WHENS.items()], default="year")
    area_id = SelectField("范围", coerce=int, default=0)
    over_formula = BooleanField("替换公式（这一格原来是公式时才要勾）")
    columns = CheckboxesField("名单有哪几列", choices=[SelectChoice(key, name) for key, name in COLUMNS.items()])
    room = IntegerField("表里给名单留了几行", [Optional(), NumberRange(1, 2000, "请填 1 到 2000")],
                        description="只有名单才填；名单比这长时不填，会先说明。")  # fmt: skip

    def __init__(self, sheets: Sequence[str], figures: Sequence[Figure], areas: Sequence[Area]) -> None:
        super().__init__()
        self.figures = {figure.key: figure for figure in figures}
        self.sheet.choices = [SelectChoice(name, name) for name in sheets]
        self.figure_key.choices = [SelectChoice("", "请选"), *(SelectChoice(f.key, f.name) for f in figures)]
        self.area_id.choices = [SelectChoice(0, "全区"), *(SelectChoice(area.id, area.name) for area in areas)]

    @property
    def listed(self) -> bool:
        """Whether a list was chosen."""
        return str(self.kind.data) == "list"

    def validate_cell(self, field: StringField) -> None:
        """A cell's name, however it was typed."""
        field.data = str(field.data).upper().replace("$", "")
        if place_of(field.data) is None:
            raise ValidationError("单元格写成列字母加行号，如 B5")

    def validate_figure_key(self, field: SelectField) -> None:
        """Only firms stand in a list."""
        figure = self.figures.get(str(field.data))
        if self.listed and figure is not None and figure.of != "firm":
            raise ValidationError("名单只能是企业，这个指标数的不是企业")

    def validate_columns(self, field: CheckboxesField) -> None:
        """A list has columns."""
        if self.listed and not field.data:
            raise ValidationError("请勾选名单有哪几列")

    def check_room(self) -> bool:
        """Whether a list says how many rows it has; what is missing becomes an error of the field."""
        if self.listed and not self.room.data:
            self.room.errors = [*self.room.errors, "请填表里留了几行"]
            return False
        return True
