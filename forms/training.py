"""What a person says of a training session: what, when, who came, what is handed out."""

import re
from collections.abc import Mapping, Sequence

from wtforms import BooleanField, DateField, FileField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from forms.base import BaseForm
from models.rules.training import ANSWERS
from models.title import TitleType
from models.training import Training
from models.training.inviting import Came

_PEOPLE = re.compile(r"\d{1,3}")


class TrainingForm(BaseForm):
    """A session."""

    title = StringField("培训名称", [InputRequired("请填培训名称"), Length(max=200)])
    target_type_id = SelectField("为哪项资质", coerce=int, description="选了才能算参训企业后来有没有申报。")
    topic = StringField("内容", [Length(max=200)], description="如：研发费用归集、知识产权布局。")
    held_on = DateField("日期", [InputRequired("请填日期")])
    begins = StringField("几点开始", [Optional(), Regexp(r"^([01]\d|2[0-3]):[0-5]\d$", message="写成 14:00")])
    place = StringField("地点", [Length(max=200)])
    lecturers = StringField("主讲人", [Length(max=200)])
    capacity = IntegerField("能坐几人", [Optional(), NumberRange(1, 99999, "请填 1 到 99999")])
    others = IntegerField("企业册以外的人数", [Optional(), NumberRange(0, 99999, "请填 0 到 99999")],
                          description="机构、外区企业来听的人，办完再填。")  # fmt: skip
    note = TextAreaField("备注", [Length(max=2000)])
    called_off = BooleanField("已取消，不办了")

    def __init__(self, targets: Sequence[TitleType], row: Training | None = None) -> None:
        super().__init__(obj=row)
        self.target_type_id.choices = [
            SelectChoice(0, "不为哪一项"),
            *(SelectChoice(one.id, one.name) for one in targets),
        ]


class AttendanceForm(BaseForm):
    """Who answered and how many came: for each row of the list `answer-N`, `people-N` and `note-N`."""

    @staticmethod
    def said(typed: Mapping[str, str]) -> tuple[dict[int, Came], list[str]]:
        """What was typed by the number of the row, and the numbers of people that are none."""
        found: dict[int, Came] = {}
        wrong = []
        for name in typed:
            number = name.removeprefix("answer-")
            if number == name or not (number.isascii() and number.isdigit() and len(number) < 10):
                continue
            people = typed.get(f"people-{number}", "").strip()
            if people and not _PEOPLE.fullmatch(people):
                wrong.append(people[:20])
                continue
            answer = typed[name] if typed[name] in ANSWERS else "none"
            found[int(number)] = Came(answer, int(people) if people else None, typed.get(f"note-{number}", ""))
        return found, wrong


class WalkInForm(BaseForm):
    """A firm came without being invited."""

    people = IntegerField("到场人数", [InputRequired(), NumberRange(1, 999)], default=1)


class TrainingFileForm(BaseForm):
    """One of the materials."""

    paper = FileField("培训材料", description="PDF、Word、Excel、PPT。")
