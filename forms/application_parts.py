"""What a person may type about papers, agencies and their judgement."""

from collections.abc import Sequence
from datetime import date

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from forms.base import BaseForm
from forms.issue import LONG, pairs
from models.application import Agency
from models.rules.application import NEEDS, PREPARING, STAGES

NAME = Length(max=200, message="最多 200 字")


class PaperRuleForm(BaseForm):
    """A paper that a title asks for."""

    name = StringField("材料", [DataRequired("请写材料的名称"), NAME])
    stage = SelectField("离开哪一阶段以前要有", choices=pairs({key: STAGES[key] for key in PREPARING}))
    need = RadioField("缺了怎么办", choices=pairs(NEEDS), default="warn")
    lasting = BooleanField("下次申报还能用，不用再交")
    hint = TextAreaField("提示", [LONG])
    position = IntegerField("排在第几", [InputRequired("请填数字"), NumberRange(0, 999, "填 0 到 999")], default=99)
    active = BooleanField("在用", default=True)


class PaperForm(BaseForm):
    """A firm has brought a paper."""

    got_on = DateField("哪天收到", [InputRequired("请填哪天收到")])
    note = StringField("说明", [NAME])
    file = FileField("文件", description="可以不传，只记已收到。")

    def __init__(self, today: date) -> None:
        super().__init__(data={"got_on": today})
        self.today = today

    def validate_got_on(self, field: DateField) -> None:
        """Bringing is noted, not planned."""
        if field.data and field.data > self.today:
            raise ValidationError("收到的日期不能晚于今天")


class AgencyForm(BaseForm):
    """An agency of the register."""

    name = StringField("机构名称", [DataRequired("请写机构名称"), NAME])
    code = StringField("统一社会信用代码", [Length(max=32, message="最多 32 字")])
    contact_name = StringField("联系人", [NAME], description="加密存放，页面只显示一部分；不改就空着。")
    contact_phone = StringField("联系电话", [Length(max=40, message="最多 40 字")])
    note = TextAreaField("说明", [LONG], description="服务范围、怎么引入的、合同期。")
    active = BooleanField("在用", default=True)
    removed_reason = StringField("停用的原因", [NAME])


class JudgementForm(BaseForm):
    """What the bureau says of an agency's year."""

    year = IntegerField("年度", [InputRequired("请填年度"), NumberRange(2000, 2100, "年份写四位，如 2027")])
    words = TextAreaField("评价", [DataRequired("请写评价"), LONG])


class ServeForm(BaseForm):
    """Which agency serves an application."""

    agency_id = SelectField("服务机构", coerce=int)
    on = DateField("从哪天起", [Optional()])

    def offer(self, agencies: Sequence[Agency], present: int | None) -> None:
        """Those in use, and the one that serves it now."""
        rows = [row for row in agencies if row.active or row.id == present]
        self.agency_id.choices = [
            SelectChoice(0, "没有，企业自己报"),
            *(SelectChoice(row.id, row.name) for row in rows),
        ]
