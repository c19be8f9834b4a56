"""What a person may say about a title of a firm."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.base import BaseForm
from models.title import TitleType


class TitleForm(BaseForm):
    """A title from a certificate or a list. Without a last day the type's validity gives it."""

    type_id = SelectField("资质", [InputRequired()], coerce=int)
    issued_on = DateField(
        "发证日期", [InputRequired("请填发证日期，证书或公告上有")], description="公示名单填公示日期。"
    )
    provisional = BooleanField("还在公示，没有公告", description="公示不算认定：确认以前单列公示中，不算有效。")
    ends_on = DateField("有效期至", [Optional()], description="留空按资质类型的有效期规则算；这一天是最后一天。")
    number = StringField("证书或入库编号", [Length(max=64)])
    batch = StringField("批次", [Length(max=200)])
    source = StringField("依据", [Length(max=200)], description="文号、名单名称或证书。")

    def __init__(self, types: Sequence[TitleType], today: date, obj: Any = None) -> None:
        super().__init__(obj=obj)
        self.today = today
        self.type_id.choices = [SelectChoice(kind.id, kind.name) for kind in types]

    def validate_issued_on(self, field: DateField) -> None:
        """Nobody knows a later day."""
        if field.data and field.data > self.today:
            raise ValidationError("发证日期不能晚于今天，请核对年份")

    def validate_ends_on(self, field: DateField) -> None:
        """The last day is not before the first."""
        if field.data and self.issued_on.data and field.data < self.issued_on.data:
            raise ValidationError("有效期至不能早于发证日期，请核对两个日期")


class RevokeForm(BaseForm):
    """A title was withdrawn."""

    revoked_on = DateField("撤销日期", [InputRequired("请填撤销日期")], description="从这一天起不再有效。")
    reason = TextAreaField("原因和文号", [InputRequired("请写撤销的原因或文号"), Length(max=200)])


class ConfirmTitleForm(BaseForm):
    """The announcement of what had been given public notice."""

    issued_on = DateField("公告（发证）日期", [InputRequired("请填公告日期")], description="从这一天起有效。")
    number = StringField("证书或入库编号", [Length(max=64)])


class BatchForm(BaseForm):
    """When a batch was announced, for lists that give no dates of their own."""

    type_id = SelectField("资质", [InputRequired()], coerce=int)
    name = StringField(
        "批次",
        [InputRequired("请填批次"), Length(max=200)],
        description="照名单写，如 第一批、2025年第一批、补充批。名单里的批次按序号和年份对上这一行。",
    )
    announced_on = DateField(
        "公告日期", [InputRequired("请填公告日期")], description="名单没有日期时，从这一天起有效。"
    )
    ends_on = DateField("有效期至", [Optional()], description="留空按资质类型的有效期规则算；这一天是最后一天。")

    def __init__(self, types: Sequence[TitleType], obj: Any = None) -> None:
        super().__init__(obj=obj)
        self.type_id.choices = [SelectChoice(kind.id, kind.name) for kind in types]


class ConfirmManyForm(BaseForm):
    """The announcement of a list that had been given public notice."""

    type_id = SelectField("哪项资质", [InputRequired()], coerce=int)
    issued_on = DateField("公告（发证）日期", [InputRequired("请填公告日期")], description="从这一天起有效。")

    def __init__(self, types: Sequence[TitleType], today: date) -> None:
        super().__init__(data={"issued_on": today})
        self.type_id.choices = [SelectChoice(kind.id, kind.name) for kind in types]
