"""What a person may type of a visit, and what becomes of its demands and promises."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from forms.base import BaseForm, CheckboxesField
from models.campaign import Campaign
from models.rules.visit import LONGEST_TEXT, LONGEST_WORDS, MOST_ROWS, day_fault, due_fault
from models.rules.visit_body import Draft
from models.team import Team
from models.user import User
from models.visit import Service, Visit, VisitKind

LONG = Length(max=LONGEST_TEXT, message=f"最多 {LONGEST_TEXT:,} 字")
WORDS = Length(max=LONGEST_WORDS, message=f"最多 {LONGEST_WORDS:,} 字")
#: Fields folded under 更多; the others are the shortest form that can be saved.
MORE = (
    "kind", "start_time", "officers", "experts", "departments", "place", "purposes", "services", "campaign", "answer",
    "next_step",
)  # fmt: skip


class VisitForm(BaseForm):
    """A visit: firm (chosen before), day, one sentence; everything else is folded away."""

    uuid = HiddenField()
    visit_on = DateField("走访日期", [DataRequired("请填走访日期")])
    text = TextAreaField("谈了什么", [DataRequired("请写一句情况"), LONG], description="一句话也行，以后可以补。")
    kind = RadioField("方式")
    start_time = TimeField("几点", [Optional()])
    officers = CheckboxesField("走访人员", coerce=int)
    experts = TextAreaField("同行专家", [WORDS], description="一行一位：姓名，单位")
    departments = TextAreaField("同行部门", [WORDS], description="一行一个")
    place = StringField("地点", [Length(max=200, message="最多 200 字")])
    purposes = CheckboxesField("目的")
    services = CheckboxesField("服务内容")
    campaign = SelectField("专项行动")
    team = SelectField("小组", coerce=int)
    answer = TextAreaField("当场答复", [LONG])
    next_step = TextAreaField("下一步", [LONG])
    demand = TextAreaField("带出的问题", [WORDS], description="写企业的原话。多件的，存好以后在记录页再加。")
    demand_category = StringField("问题类别", [Length(max=200)], description="如 人才招聘、融资需求、用地用房")
    promise = TextAreaField("答应了什么", [WORDS], description="谁在哪天前答复，到期提醒。")
    promise_due_on = DateField("哪天前答复", [Optional()])
    promise_person = SelectField("谁答复", coerce=int)
    photos = MultipleFileField("照片", description="JPEG、PNG 或 WebP；拍摄地点等信息会去掉。")
    anyway = BooleanField("是另一次走访，照样存")
    reason = StringField("更正原因", [Length(max=200)], description="写给以后看的人；原来那份会保留。")

    def __init__(
        self, today: date, people: Iterable[User], kinds: Iterable[VisitKind], services: Iterable[Service],
        campaigns: Iterable[Campaign], visit: Visit | None = None, teams: Iterable[Team] = (), **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.today, self.visit = today, visit
        self.officers.choices = [SelectChoice(person.id, person.name) for person in people]
        self.promise_person.choices = [SelectChoice(person.id, person.name) for person in people]
        self.kind.choices = [SelectChoice(kind.key, kind.name) for kind in kinds]
        rows = list(services)
        self.purposes.choices = [SelectChoice(row.key, row.name) for row in rows if row.as_purpose]
        self.services.choices = [SelectChoice(row.key, row.name) for row in rows if row.as_service]
        self.campaign.choices = [SelectChoice("", "没有"), *(SelectChoice(row.key, row.name) for row in campaigns)]
        self.team.choices = [SelectChoice(0, "没有"), *(SelectChoice(row.id, row.name) for row in teams)]
        if visit is not None or len(self.team.choices) == 1:
            del self.team
        if visit is None:
            del self.reason
        else:
            for name in ("demand", "demand_category", "promise", "promise_due_on", "promise_person", "photos"):
                delattr(self, name)

    def validate_visit_on(self, field: DateField) -> None:
        """A visit is never in the future."""
        fault = day_fault(field.data, self.today) if field.data else None
        if fault:
            raise ValidationError(fault)

    def validate_promise(self, field: TextAreaField) -> None:
        """A promise has a day."""
        due_on = self.promise_due_on.data
        if field.data and not due_on:
            raise ValidationError("请在下面填哪天前答复")
        if due_on and not field.data:
            raise ValidationError("请写答应了什么，或清空答复日期")
        fault = due_fault(due_on, self.visit_on.data) if due_on and self.visit_on.data else None
        if fault:
            raise ValidationError(fault)

    def validate_experts(self, field: TextAreaField) -> None:
        """A list of people, not a text."""
        if len(_lines(field.data)) > MOST_ROWS or any(len(line) > 200 for line in _lines(field.data)):
            raise ValidationError(f"最多 {MOST_ROWS} 行，每行最多 200 字")

    validate_departments = validate_experts

    @property
    def more(self) -> tuple[str, ...]:
        """The fields folded under 更多; the team only where there is one to choose."""
        return (*MORE, "team") if self.team else MORE

    def draft(self, firm_id: int) -> Draft:
        """What was typed, for this firm."""
        experts = [("expert", *_halves(line)) for line in _lines(self.experts.data)]
        departments = [("department", line, "") for line in _lines(self.departments.data)]
        kept = [] if self.visit is None else [row for row in self.visit.companions if row.kind == "other"]
        others = [(row.kind, row.name, row.organisation) for row in kept]
        new = self.visit is None
        return Draft(
            firm_id=firm_id,
            visit_on=self.visit_on.data or self.today,
            text=self.text.data or "",
            kind=self.kind.data,
            start_time=self.start_time.data.strftime("%H:%M") if self.start_time.data else "",
            officers=tuple(self.officers.data or ()),
            companions=tuple(dict.fromkeys([*experts, *departments, *others])),
            place=self.place.data or "",
            purposes=tuple(self.purposes.data or ()),
            services=tuple(self.services.data or ()),
            campaign=self.campaign.data or "",
            answer=self.answer.data or "",
            next_step=self.next_step.data or "",
            demands=((self.demand.data, self.demand_category.data or ""),) if new and self.demand.data else (),
            promises=(
                ((self.promise.data, self.promise_person.data, self.promise_due_on.data),)
                if new and self.promise.data and self.promise_due_on.data
                else ()
            ),
        )


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _halves(line: str) -> tuple[str, str]:
    name, _, organisation = line.replace(",", "，").partition("，")
    return name.strip(), organisation.strip()


class WithdrawForm(BaseForm):
    """A visit that was written down by mistake."""

    reason = StringField("撤回的原因", [DataRequired("请写撤回的原因，如：记错企业、重复"), Length(max=200)])


class DemandForm(BaseForm):
    """One more thing the firm asked for."""

    words = TextAreaField("企业的原话", [DataRequired("请写企业的原话"), WORDS])
    category = StringField("类别", [Length(max=200)], description="如 人才招聘、融资需求、用地用房")


class KeepForm(BaseForm):
    """A demand that becomes no issue, and why."""

    reason = StringField("为什么不立问题", [DataRequired("请写原因，如：已当场答复"), Length(max=200)])


class PromiseForm(BaseForm):
    """Somebody answers by a day."""

    words = TextAreaField("答应了什么", [DataRequired("请写答应了什么"), WORDS])
    person_id = SelectField("谁答复", coerce=int)
    due_on = DateField("哪天前答复", [DataRequired("请填答复日期")])

    def __init__(self, people: Iterable[User], made_on: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.made_on = made_on
        self.person_id.choices = [SelectChoice(person.id, person.name) for person in people]

    def validate_due_on(self, field: DateField) -> None:
        """Not before it was promised."""
        fault = due_fault(field.data, self.made_on) if field.data else None
        if fault:
            raise ValidationError(fault)


class KeptForm(BaseForm):
    """A promise was kept: how, and when."""

    how = TextAreaField("怎么答复的", [DataRequired("请写怎么答复的"), WORDS])
    on = DateField("哪天答复的", [DataRequired("请填答复日期")])


class DropForm(BaseForm):
    """A promise will not be kept."""

    reason = TextAreaField("为什么不再答复", [DataRequired("请写为什么不再答复"), WORDS])


class PhotosForm(BaseForm):
    """Photos and papers that come later."""

    photos = MultipleFileField("照片", description="JPEG、PNG 或 WebP；拍摄地点等信息会去掉。")
    papers = MultipleFileField("附件", description="PDF、Word、Excel、PPT、WPS；只供下载，不在网页里打开。")
