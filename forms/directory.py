"""A list of areas, units or people to bring in."""

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from forms.base import BaseForm


class DirectoryForm(BaseForm):
    """One file; its kind only when the guess would be wrong."""

    file = FileField("文件", [FileRequired("请先选文件")], description="Excel（.xlsx、.xls）或 CSV，第一行是表头")
    kind = SelectField("种类", description="一般不用选，看表头就认得出")

    def __init__(self, kinds: dict[str, str]) -> None:
        super().__init__()
        self.kind.choices = [SelectChoice("", "自动识别"), *(SelectChoice(key, name) for key, name in kinds.items())]
