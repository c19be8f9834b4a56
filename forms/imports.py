"""What a person may say about a file to import."""

from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import BooleanField, DateField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

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
