"""The yearly notice of holidays, as a file or as pasted text."""

from flask_wtf.file import FileField
from wtforms import TextAreaField, ValidationError

from forms.base import BaseForm


class NoticeForm(BaseForm):
    """One of the two: a file, or the words of the notice."""

    file = FileField("通知文件", description="文本（.txt）、CSV（日期、节日、放假或上班）或 JSON")
    text = TextAreaField("或者贴上通知正文", description="连同标题“国务院办公厅关于……年部分节假日安排的通知”一起贴")

    def validate_text(self, field: TextAreaField) -> None:
        if not field.data and not self.file.data:
            raise ValidationError("请选一个文件，或者贴上通知正文")
