"""What a person may say about a file to import."""

import re
from typing import Any

from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.base import BaseForm


class UploadForm(BaseForm):
    """Files dropped in together; kind, date and the like only when the guess would be wrong."""

    files = MultipleFileField("文件", [FileRequired("请先选文件")])
    kind = SelectField("种类", default="", description="一般不用选，看内容就认得出。")
    on_date = DateField("名单日期", [Optional()], description="名单自己没写日期时才用到。")
    confirm_notice = BooleanField("这份公示已经公告，按正式认定写入")

    def __init__(self, kinds: dict[str, str]) -> None:
        super().__init__()
        self.kind.choices = [SelectChoice("", "自动识别"), *(SelectChoice(key, name) for key, name in kinds.items())]


class DateForm(BaseForm):
    """The date of a list that gives none itself, and whether a 公示 has become a 公告 by now."""

    on_date = DateField("名单日期", [InputRequired("请填日期")], description="公告或公示的那一天。")
    confirm_notice = BooleanField("这份公示已经公告，按正式认定写入")


class OriginalForm(BaseForm):
    """Why an original is opened that may hold names and phones of persons."""

    reason = StringField("打开原件做什么用", validators=[InputRequired("请写理由，会记入审计"), Length(min=2, max=200)])


class SheetForm(BaseForm):
    """How a sheet is to be read: its kind, where its header stands, what each column is. Columns are fields col-0,
    col-1, …, as many as the sheet has; they are read by `chosen`."""

    kind = SelectField("这张表是", [InputRequired("请选种类")])
    header_rows = StringField(
        "表头在第几行", [Length(max=20)], description="一行写 3，两行合成的写 3-4；改了以后各列重新认。"
    )
    notice = SelectField(
        "公示还是公告",
        choices=[
            SelectChoice("", "看标题"),
            SelectChoice("1", "公示：资质先记为公示中"),
            SelectChoice("0", "公告：按正式认定写入"),
        ],
    )
    remember = BooleanField("记住这种认法，下次表头一样的照此", default=True)

    def __init__(self, kinds: dict[str, str], **data: Any) -> None:
        super().__init__(**data)
        first = [] if data.get("data", {}).get("kind") else [SelectChoice("", "请选种类")]
        self.kind.choices = [*first, *(SelectChoice(key, name) for key, name in kinds.items())]

    def rows(self) -> list[int]:
        """The header rows that were typed: 3, 3-4 or 3、4. Raises ValueError."""
        typed = re.sub(r"[－—~至到]", "-", self.header_rows.data or "")
        numbers = [int(number) for number in re.findall(r"\d+", typed)]
        if len(numbers) == 2 and "-" in typed:
            numbers = list(range(numbers[0], numbers[1] + 1))
        if not numbers or len(numbers) > 4 or re.sub(r"[\d\s,，、;-]", "", typed):
            raise ValueError("表头行写成 3，或 3-4")
        return numbers
