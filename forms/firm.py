"""What a person may type about a firm. Choices and the day are given; nothing here commits."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from forms.base import BaseForm
from models.firm.officers import POSITIONS
from models.firm.record import CARE_LEVELS, STATUSES
from models.firm.status import FLAGS
from models.firm.yearly import YEARLY
from models.rules import uscc
from models.rules.firm_name import clean
from models.rules.industry import DIVISIONS

#: The largest amount a column of whole 分 holds, with room: 万亿元.
MOST = Decimal(100_000_000)

CURRENCIES = [
    ("CNY", "人民币"),
    ("USD", "美元"),
    ("EUR", "欧元"),
    ("HKD", "港元"),
    ("JPY", "日元"),
    ("GBP", "英镑"),
    ("SGD", "新加坡元"),
    ("TWD", "新台币"),
    ("CHF", "瑞士法郎"),
    ("AUD", "澳元"),
    ("CAD", "加元"),
    ("KRW", "韩元"),
]


def offered(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """(value, text) as WTForms takes choices."""
    return [SelectChoice(value, text) for value, text in pairs]


def whole(value: str | None) -> int | None:
    """A choice as an id; None for none."""
    return int(value) if value else None


class FirmForm(BaseForm):
    """Any form about one firm: it carries the version that was read, so that two people at once are noticed."""

    version = HiddenField()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)


class DatedForm(FirmForm):
    """A form about something that holds from a day on."""

    on = DateField("从哪一天起", validators=[InputRequired("请选日期")])

    def validate_on(self, field: DateField) -> None:
        if field.data and field.data > self.today:
            raise ValidationError("日期不能晚于今天，请等到那天再登记")
        if field.data and field.data.year < 1949:
            raise ValidationError("请核对年份")


class RecordForm(FirmForm):
    """The registration data of a firm; the name is asked only when it is new."""

    name = StringField(
        "企业名称", validators=[InputRequired("请填企业全称"), Length(min=4, max=200, message="请填企业全称")]
    )
    code = StringField(
        "统一社会信用代码或注册号", validators=[Length(max=32)], description="18 位代码自动核对校验位，查不到可以先空着"
    )
    founded_on = DateField("成立日期", validators=[Optional()])
    kind = StringField("企业类型", validators=[Length(max=200)])
    address = StringField("注册地址", validators=[Length(max=500)])
    industry_code = StringField("行业代码", validators=[Length(max=4)], description="国民经济行业分类 2 至 4 位数字")
    capital = DecimalField(
        "注册资本（万）", validators=[Optional(), NumberRange(min=0, max=MOST, message="请核对数额")], places=None
    )
    capital_currency = SelectField("币种", choices=offered(CURRENCIES))
    scope = TextAreaField("经营范围", validators=[Length(max=10_000)])
    care_level = SelectField("培育层级", choices=offered([("", "未定"), *CARE_LEVELS.items()]))
    unverified = BooleanField("待核实（资料还没有和登记机关核对）")

    def validate_name(self, field: StringField) -> None:
        field.data = clean(field.data)

    def validate_code(self, field: StringField) -> None:
        found = uscc.classify(field.data)
        if found.kind == "blank":
            field.data = ""
        elif not found.usable:
            raise ValidationError(found.reason or "代码不对，请逐位核对")
        else:
            field.data = found.code

    def validate_founded_on(self, field: DateField) -> None:
        if field.data and field.data > self.today:
            raise ValidationError("成立日期不能晚于今天")

    def validate_industry_code(self, field: StringField) -> None:
        if field.data and not (field.data.isascii() and field.data.isdigit() and field.data[:2] in DIVISIONS):
            raise ValidationError("没有这个行业代码，请填国民经济行业分类的 2 至 4 位数字")

    def values(self) -> dict[str, Any]:
        """What was typed, as the columns of a firm."""
        code = self.code.data or None
        return {
            "code": code, "code_kind": uscc.classify(code).kind if code else None, "founded_on": self.founded_on.data,
            "kind": self.kind.data or "", "address": self.address.data or "", "scope": self.scope.data or "",
            "industry_code": self.industry_code.data or None, "capital": self.capital.data,
            "capital_currency": self.capital_currency.data if self.capital.data is not None else None,
            "care_level": self.care_level.data or None, "unverified": bool(self.unverified.data),
        }  # fmt: skip


class NewFirmForm(RecordForm):
    """A firm typed by hand; a name that is there already must be confirmed."""

    another = BooleanField("名称相同，但确实是另一家")


class RenameForm(DatedForm):
    """Another name from a day on, or a correction of what was written wrongly."""

    name = StringField(
        "新名称", validators=[InputRequired("请填新名称"), Length(min=4, max=200, message="请填企业全称")]
    )
    correction = BooleanField("只是原来写错了，改正即可，不算更名")
    source = StringField("依据", validators=[Length(max=200)], description="如：登记机关变更通知、企业告知")

    def validate_name(self, field: StringField) -> None:
        field.data = clean(field.data)


class StatusForm(DatedForm):
    """The registration status from a day on."""

    status = RadioField("登记状态", choices=offered(STATUSES.items()), validators=[InputRequired("请选一个状态")])
    reason = StringField("原因", validators=[Length(max=200)])
    source = StringField("依据", validators=[Length(max=200)])


class FlagForm(DatedForm):
    """A firm is put on a list, or taken off it."""

    flag = RadioField("名单", choices=offered(FLAGS.items()), validators=[InputRequired("请选一个名单")])
    act = RadioField("", choices=offered([("set", "列入"), ("end", "移出，日期是在名单上的最后一天")]), default="set")
    reason = StringField("原因", validators=[Length(max=200)])


class PlaceForm(DatedForm):
    """Where the firm lies from a day on."""

    area_id = SelectField("街镇")
    park_id = SelectField("园区")

    def offer(self, areas: Iterable[Any], parks: Iterable[Any]) -> None:
        """Give the choices of both trees."""
        self.area_id.choices = offered([("", "未定区"), *((str(choice.id), choice.indented) for choice in areas)])
        self.park_id.choices = offered([("", "不在园区"), *((str(choice.id), choice.indented) for choice in parks)])


class OfficersForm(DatedForm):
    """Who looks after the firm from a day on."""

    officer_a_id = SelectField(POSITIONS["A"])
    officer_b_id = SelectField(POSITIONS["B"])

    def offer(self, people: Iterable[Any]) -> None:
        """Give the people who may be chosen."""
        choices = offered([("", "没有指定"), *((str(choice.id), choice.name) for choice in people)])
        self.officer_a_id.choices = self.officer_b_id.choices = choices

    def validate_officer_b_id(self, field: SelectField) -> None:
        if field.data and field.data == self.officer_a_id.data:
            raise ValidationError("A 角和 B 角不能是同一个人")


class FigureForm(FirmForm):
    """One figure of one year, with where it comes from."""

    key = SelectField("项目", choices=offered((key, f"{name}（{unit}）") for key, (name, unit) in YEARLY.items()))
    year = IntegerField("年度", validators=[InputRequired("请填年度")])
    value = DecimalField("数值", validators=[InputRequired("请填数值")], places=None)
    approximate = BooleanField("约数")
    source = StringField("来源", validators=[InputRequired("请写来源，如：企业填报、审计报告"), Length(max=200)])
    source_on = DateField("来源日期", validators=[Optional()])

    def validate_year(self, field: IntegerField) -> None:
        if field.data and not 1990 <= field.data <= self.today.year:
            raise ValidationError(f"年度在 1990 到 {self.today.year} 之间")

    def validate_value(self, field: DecimalField) -> None:
        value = field.data
        if value is None:
            return
        unit = YEARLY.get(self.key.data, ("", ""))[1]
        if unit == "人" and (value != value.to_integral_value() or value < 0):
            raise ValidationError("人数是不小于零的整数")
        if abs(value) > MOST or -value.normalize().as_tuple().exponent > 6:
            raise ValidationError("请核对数值和单位（金额以万元计）")


class TagForm(BaseForm):
    """A word the bureau groups firms by."""

    name = StringField("标签", validators=[InputRequired("请填标签"), Length(max=40)])


class ContactForm(BaseForm):
    """A contact person: name and phone are sealed when they are kept."""

    name = StringField("姓名", validators=[InputRequired("请填姓名"), Length(max=40)])
    phone = StringField("电话", validators=[Length(max=40)])
    email = StringField(
        "邮箱",
        validators=[Optional(), Length(max=255), Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", 0, "邮箱写法不对")],
        description="有邮箱的，办结确认可以直接发给本人",
    )
    post = StringField("职务", validators=[Length(max=100)])
    is_main = BooleanField("主要联系人")

    def validate_phone(self, field: StringField) -> None:
        digits = "".join(filter(str.isdigit, field.data or ""))
        if field.data and not 5 <= len(digits) <= 16:
            raise ValidationError("电话在 5 到 16 位数字之间，区号和分机之间可用短横线")


class ReasonForm(BaseForm):
    """Why personal data is opened."""

    reason = StringField(
        "看完整电话做什么用", validators=[InputRequired("请写理由，会记入审计"), Length(min=2, max=200)]
    )


class ManyTagForm(TagForm):
    """One tag for many firms."""


class ManyCareForm(BaseForm):
    """One care level for many firms."""

    level = SelectField("培育层级", choices=offered([*CARE_LEVELS.items(), ("", "未定")]))


class ManyDatedForm(BaseForm):
    """Something that holds for many firms from a day on."""

    on = DateField("从哪一天起", validators=[InputRequired("请选日期")])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, data={"on": today}, **kwargs)

    def validate_on(self, field: DateField) -> None:
        if field.data and field.data > self.today:
            raise ValidationError("日期不能晚于今天，请等到那天再登记")


class ManyOfficersForm(ManyDatedForm):
    """One A 角 or B 角 for many firms."""

    position = SelectField("作为", choices=offered(POSITIONS.items()))
    user_id = SelectField("联系干部")

    def offer(self, people: Iterable[Any]) -> None:
        """Give the people who may be chosen."""
        self.user_id.choices = offered([("", "没有指定"), *((str(choice.id), choice.name) for choice in people)])


class ManyPlacesForm(ManyDatedForm):
    """One area or park for many firms."""

    place = SelectField("街镇或园区")

    def offer(self, areas: Iterable[Any], parks: Iterable[Any]) -> None:
        """Give the choices of both trees, and of none."""
        pairs = [("area:", "未定区"), *((f"area:{choice.id}", choice.indented) for choice in areas)]
        pairs += [("park:", "不在园区"), *((f"park:{choice.id}", choice.indented) for choice in parks)]
        self.place.choices = offered(pairs)

    def chosen(self) -> tuple[str, int | None]:
        """The tree and the area that was chosen."""
        tree, _, area_id = self.place.data.partition(":")
        return tree, whole(area_id)
