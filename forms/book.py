"""What a person may write for a version of the rules."""

from typing import Any

from wtforms import DateField, FileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from forms.base import BaseForm
from models.rule_book import LONGEST
from models.rules.assess.book_lines import line_of
from models.rules.assess.book_reader import BookRefused, read_book
from models.rules.assess.dating import stamped

DAYS = ("version", "effective_from", "effective_to")
#: Lines shown before and after the one that is wrong.
AROUND = 2
#: A file in another writing than UTF-8 is taken for this one.
OLDER_WRITING = "gb18030"


class BookForm(BaseForm):
    """A version: its name, days and reason, and the text of the rules, typed or from a file."""

    version = StringField(
        "版本名", [Length(max=64)], description="没有用过的名称，如 hnte-2027。上传文件时不填，就用文件里写的。"
    )
    effective_from = DateField("从哪天起生效", [Optional()], description="不填就用正文里写的；两处都改了，用这里的。")
    effective_to = DateField("到哪天截止", [Optional()], description="不填就一直用到下一个版本生效。")
    why = TextAreaField("为什么要有这个版本", [InputRequired("请写为什么，依据哪份文件"), Length(max=2000)])
    upload = FileField("上传文件", description="选了文件，就用文件的内容，下面的正文不用。")
    text = TextAreaField("正文", description="一节一个条件或得分项；# 后面是注释。改了哪里，存好以后能逐条比较。")

    def __init__(self, obj: Any = None, **values: Any) -> None:
        super().__init__(obj=obj, **values)
        start: dict[str, Any] = values.get("data") or {}
        #: What the fields said when the page was opened: where they still say it, the text decides.
        self.first: dict[str, Any] = {name: start.get(name) if obj is None else getattr(obj, name) for name in DAYS}
        #: Lines around the one that is wrong: (number, words, whether it is the one).
        self.around: list[tuple[int, str, bool]] = []

    def composed(self) -> str | None:
        """The text as it is to be kept: with the name and days of the form where these were given. None when it is
        refused; the fields say why, and the text of the file stands in its field."""
        given: Any = self.upload.data
        if given is not None and given.filename:
            self.text.data = _decoded(given.read())
        text = (self.text.data or "").replace("\r\n", "\n").strip() + "\n"
        if len(text) > LONGEST:
            return self._refused("正文太长，不像一份规则")
        if not text.strip():
            return self._refused("请写正文，或选一个文件")
        try:
            book = read_book(text, "正文")
            version, begins, ends = (self._said(name, getattr(book, name)) for name in DAYS)
            if ends and ends < begins:
                self.effective_to.errors = [f"截止日期不能早于生效日期 {begins}"]
                return None
            return stamped(text, version or book.version, begins or book.effective_from, ends)
        except BookRefused as error:
            line = line_of(text, error)
            where = "，".join(part for part in (f"第 {line} 行" if line else "", error.where) if part)
            lines = text.splitlines()
            first = max(1, line - AROUND)
            self.around = [
                (number, lines[number - 1], number == line)
                for number in range(first, min(len(lines), line + AROUND) + 1) if line
            ]  # fmt: skip
            return self._refused(f"{where}：{error.reason}" if where else error.reason)

    def _said(self, name: str, written: Any) -> Any:
        """What the field says where somebody changed it, else what the text says."""
        typed = self[name].data or None
        return written if typed == self.first[name] else typed

    def _refused(self, message: str) -> str | None:
        self.text.errors = [*self.text.errors, message]
        return None


class PutBookForm(BaseForm):
    """A draft holds from a day on."""

    from_on = DateField("从哪天起生效", [InputRequired("请填日期")], description="早于今天的，过去那段的对照也会变。")


class EndBookForm(BaseForm):
    """Back to the earlier version: from which day, and why."""

    from_on = DateField("从哪天起用回原来的版本", [InputRequired("请填日期")])
    why = TextAreaField("为什么撤回", [InputRequired("请写为什么撤回"), Length(max=2000)])


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(OLDER_WRITING, errors="replace")
