"""What a person may say about opinions and suggestions."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from forms.base import BaseForm
from forms.service import PLACE
from models.opinion import OpinionKind

WORDS = Length(max=2000, message="最多 2,000 字")


class OpinionForm(BaseForm):
    """An opinion; the firm or the visit was chosen before, else it says whose it is."""

    source = StringField("谁提的", [DataRequired("请写是谁提的，如：季度座谈会、某院所"), Length(max=200)])
    words = TextAreaField("原话", [DataRequired("请写意见建议的原话"), WORDS])
    kind_id = SelectField("关于", coerce=int)
    common = BooleanField("是共性问题", description="不止一家提，就勾上。")
    collected_on = DateField("哪天收集的", [DataRequired("请填日期")])

    def __init__(self, kinds: Iterable[OpinionKind], *, firm: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind_id.choices = [SelectChoice(kind.id, kind.name) for kind in kinds]
        if firm:
            del self.source


class PassForm(BaseForm):
    """Passed on."""

    words = StringField("转给谁", [DataRequired("请写转给谁，如：市科技局高新处"), Length(max=200)])
    on = DateField("哪天转的", [DataRequired("请填日期")])


class AnswerForm(BaseForm):
    """Answered."""

    words = TextAreaField("怎么答复的", [DataRequired("请写怎么答复的"), WORDS])
    on = DateField("哪天答复的", [DataRequired("请填日期")])


class TellForm(BaseForm):
    """The firm was told."""

    words = TextAreaField("怎么告知的", [DataRequired("请写怎么告知的，如：电话告知财务负责人"), WORDS])
    on = DateField("哪天告知的", [DataRequired("请填日期")])


class KeepOpinionForm(BaseForm):
    """It goes nowhere."""

    words = StringField("为什么不转出", [DataRequired("请写原因，如：已当场说明"), Length(max=200)])


class OpinionKindForm(BaseForm):
    """What opinions are about."""

    name = StringField("名称", [InputRequired("请填名称"), Length(max=200)])
    position = IntegerField("排在第几", [InputRequired("请填 0 到 999"), PLACE], default=50)
    active = BooleanField("在用", default=True)
