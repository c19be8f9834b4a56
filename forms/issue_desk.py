"""What the office types about issues: class, whom to give it to, rulings; for one issue or for many."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from forms.base import BaseForm, CheckboxesField

LONGEST = Length(max=2000, message="最多 2000 个字")
Pairs = Sequence[tuple[Any, str]]


def offered(pairs: Pairs, empty: str = "") -> list[SelectChoice]:
    """(id, name) as WTForms takes choices, with a first one that means none."""
    first = [SelectChoice("", empty)] if empty else []
    return [*first, *(SelectChoice(str(key), name) for key, name in pairs)]


def whole(value: str | None) -> int | None:
    """A choice as an id; None for none."""
    return int(value) if value else None


class PickField(SelectField):
    """One of a few; nothing chosen is an empty text, also when a form did not ask."""

    def process_data(self, value: Any) -> None:
        """What stands in the field before it is sent."""
        super().process_data("" if value is None else value)


class ReasonForm(BaseForm):
    """One text, which an act needs: why, or what was done."""

    words = TextAreaField("理由", [InputRequired("请写理由"), LONGEST])

    def __init__(self, label: str = "理由", hint: str = "", *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words.label.text, self.words.description = label, hint


class ClassForm(BaseForm):
    """Class and topic; what is left empty stays."""

    class_id = PickField("类别")
    topic_id = PickField("专题")

    def offer(self, classes: Pairs, topics: Pairs) -> None:
        """Give the choices."""
        self.class_id.choices, self.topic_id.choices = offered(classes, "不改"), offered(topics, "不改")


class GiveForm(BaseForm):
    """To whom: a unit with one named person, other units besides, a leader and measures."""

    class_id = PickField("类别", [InputRequired("请先选类别")])
    unit_id = PickField("牵头单位", [InputRequired("请选一个牵头单位")])
    #: u3 an account, o3 an outside handler.
    person = PickField("责任人", [InputRequired("请选一位责任人")])
    assists = CheckboxesField("协办单位")
    leader_id = PickField("牵头领导", description="简易流程可以不填。")
    measures = TextAreaField("解决措施", [LONGEST], description="简易流程可以不填。")

    def offer(self, classes: Pairs, units: Pairs, people: Pairs, outside: Pairs) -> None:
        """Give the choices."""
        self.class_id.choices = offered(classes, "请选")
        self.unit_id.choices, self.assists.choices = offered(units, "请选"), offered(units)
        persons = [(f"u{key}", name) for key, name in people]
        persons += [(f"o{key}", f"{name}（外单位，走链接）") for key, name in outside]
        self.person.choices, self.leader_id.choices = offered(persons, "请选"), offered(people, "没有")


class ReassignForm(GiveForm):
    """改派: the same, and why."""

    words = TextAreaField("改派的理由", [InputRequired("请写改派的理由"), LONGEST])


class SettleForm(GiveForm):
    """裁定退办: the unit keeps it, or it goes to another."""

    ruling = RadioField("怎么裁定", [InputRequired("请选怎么裁定")],
                        choices=offered([("keep", "仍由原单位办，不能再退"), ("move", "改派给别的单位")]))  # fmt: skip
    words = TextAreaField("裁定的意见", [InputRequired("请写裁定的意见"), LONGEST])
    unit_id = PickField("改派给")
    person = PickField("责任人")

    def validate_unit_id(self, field: PickField) -> None:
        """A unit and a person only when it moves."""
        if self.ruling.data == "move" and not (field.data and self.person.data):
            raise ValidationError("改派的要选单位和责任人")


class ManyForm(BaseForm):
    """Anything done to many issues: where they were ticked."""

    back = HiddenField()


class ManyClassForm(ManyForm, ClassForm):
    """受理 and class of many."""


class ManyGiveForm(ManyForm, GiveForm):
    """交办 of many: all to one person, or each as its topic suggests."""

    how = RadioField("交给谁", [InputRequired("请选交给谁")],
                     choices=offered([("suggested", "各按同专题以往的承办人"), ("one", "都交给下面选的")]))  # fmt: skip
    #: Those classed before keep their class.
    class_id = PickField("类别")
    unit_id = PickField("牵头单位")
    person = PickField("责任人")

    def validate_unit_id(self, field: PickField) -> None:
        """A unit and a person when all go to one."""
        if self.how.data == "one" and not (field.data and self.person.data):
            raise ValidationError("请选单位和责任人")


class ManyGroupForm(ManyForm):
    """Many issues under one cause."""

    group_id = PickField("归到", description="选已有的一类事，或在下面写新的。")
    name = TextAreaField("新的一类事", [Length(max=200)])
    cause = TextAreaField("共同的原因", [LONGEST])

    def offer(self, groups: Pairs) -> None:
        """Give the choices."""
        self.group_id.choices = offered(groups, "新的一类事")

    def validate_name(self, field: TextAreaField) -> None:
        """One of the two."""
        if not (self.group_id.data or field.data):
            raise ValidationError("请选一类事，或写新的名称")
