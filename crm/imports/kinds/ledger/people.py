"""The people of a row: contacts at the firm, and who of the bureau looks after it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from crm.imports.kinds import MASK
from crm.imports.kinds.ledger.cells import Person
from crm.imports.kinds.ledger.facts import problem
from crm.imports.kinds.ledger.known import ContactFacts, known_of
from models import vault

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan

NAMELESS = "未写姓名"


def plan_contacts(whole: "Plan", row_plan: "RowPlan", source: str) -> None:
    """Add the contacts the firm has not got; another phone of the same kind takes the place of the one before. Nobody
    is taken away, and what a person entered stays."""
    values = row_plan.row.values
    for person in paired(
        values.get("contact") or [], values.get("contact_phone") or [], values.get("contact_post") or ""
    ):
        _contact(whole, row_plan, person, source)


def paired(people: list[Person], phones: list[str], post: str) -> list[Person]:
    """The people of one cell with the numbers of another: as many of one kind as people belong to them in turn, else
    all are the first one's."""
    left = [phone for phone in phones if phone not in {person.phone for person in people}]
    if not people:
        people = [Person(NAMELESS)] if left else []
    if not people:
        return []
    if len(left) == len(people) > 1 and len({_mobile(phone) for phone in left}) == 1:
        return [Person(one.name, one.phone or phone, one.post or post) for one, phone in zip(people, left, strict=True)]
    first, *others = people
    if left and not first.phone:
        first, left = Person(first.name, left[0], first.post), left[1:]
    found = [Person(first.name or NAMELESS, first.phone, first.post or post)]
    found += [Person(found[0].name, phone, found[0].post) for phone in left]
    return found + [Person(one.name or NAMELESS, one.phone, one.post) for one in others]


def _mobile(phone: str) -> bool:
    return len(phone) == 11 and phone.startswith("1")


def _contact(whole: "Plan", row_plan: "RowPlan", person: Person, source: str) -> None:
    known, firm_id = known_of(whole), row_plan.firm_id or 0
    present = known.contacts[firm_id]
    same = [one for one in present if one.name == person.name]
    if any(one.phone == person.phone or not person.phone for one in same):
        for one in same[:1]:
            if person.post and not one.post and one.id > 0:
                whole.change(row_plan, "contact", one.id, "post", "联系人职务", one.post, person.post)
        return
    before = next((one for one in same if not one.phone or _mobile(one.phone) == _mobile(person.phone)), None)
    if before is not None and before.phone and before.typed:
        row_plan.kept.append(("联系电话", MASK, "有人手工登记过，不覆盖"))
        return
    if before is not None and before.id < 0:
        row_plan.kept.append(("联系电话", MASK, "表里另一行写的是别的号码，以先写的为准"))
        return
    is_main = not any(one.is_main for one in present) or (before is not None and before.is_main)
    if before is not None and not before.typed:
        whole.change(row_plan, "contact", before.id, "ended_on", "联系人", None, known.today)
        if before.is_main:
            whole.change(row_plan, "contact", before.id, "is_main", "主要联系人", True, False)
        present.remove(before)
    _add(whole, row_plan, person, source, is_main)


def _add(whole: "Plan", row_plan: "RowPlan", person: Person, source: str, is_main: bool) -> None:
    known, firm_id = known_of(whole), row_plan.firm_id or 0
    digits = "".join(filter(str.isdigit, person.phone))
    values: dict[str, Any] = {
        "firm_id": firm_id,
        "name_sealed": vault.seal(person.name.encode()),
        "phone_sealed": vault.seal(person.phone.encode()) if person.phone else None,
        "phone_tail": digits[-4:] if len(digits) >= 4 else None,
        "post": person.post,
        "is_main": is_main,
        "keep_until": known.keep_until,
        "source": source,
    }
    row_id = whole.add(row_plan, "contact", values)
    known.contacts[firm_id].append(ContactFacts(row_id, person.name, person.phone, person.post, is_main, False))
    row_plan.tell("contact", "联系人", MASK)


def plan_officers(whole: "Plan", row_plan: "RowPlan") -> None:
    """A 角 and B 角 by the accounts the names mean. A name that means nobody, or two, waits for a person: the rest of
    the row is written, and the firm gets its officer as soon as one account answers to it."""
    values = row_plan.row.values
    named = list(values.get("officer") or [])
    second = (values.get("officer_b") or named[1:])[:1]
    for position, names in (("A", named[:1]), ("B", second)):
        for name in names:
            _officer(whole, row_plan, position, name)


def _officer(whole: "Plan", row_plan: "RowPlan", position: str, name: str) -> None:
    known, firm_id = known_of(whole), row_plan.firm_id or 0
    user_id = known.officers.find(name)
    if user_id is None:
        _wait(whole, row_plan, position, name)
        return
    field = f"officer_{position.lower()}_id"
    current = getattr(whole.firms[firm_id], field) if firm_id > 0 else whole.drafts[firm_id].values.get(field)
    if current == user_id:
        return
    if current is not None and (firm_id < 0 or field in whole.firms[firm_id].typed):
        row_plan.kept.append(
            (f"{position} 角", name, "有人手工指定过，不覆盖" if firm_id > 0 else "表里另一行写的是别人")
        )
        return
    other = "officer_b_id" if position == "A" else "officer_a_id"
    if firm_id > 0 and getattr(whole.firms[firm_id], other) == user_id:
        row_plan.kept.append((f"{position} 角", name, f"已经是 {'B' if position == 'A' else 'A'} 角"))
        return
    whole.set_field(row_plan, field, f"{position} 角", user_id)
    _since_today(whole, row_plan, position, user_id)


def _since_today(whole: "Plan", row_plan: "RowPlan", position: str, user_id: int) -> None:
    """The dated row: who was it before was so until yesterday; one that began today is the one to change."""
    known, firm_id = known_of(whole), row_plan.firm_id or 0
    row_id, from_on = known.in_charge.get((firm_id, position), (0, known.today))
    if row_id and from_on >= known.today:
        whole.change(row_plan, "firm_officer", row_id, "user_id", f"{position} 角", None, user_id)
        return
    if row_id:
        yesterday = known.today - timedelta(days=1)
        whole.change(row_plan, "firm_officer", row_id, "to_on", f"{position} 角到", None, yesterday)
    values = {"firm_id": firm_id, "user_id": user_id, "position": position, "from_on": known.today}
    known.in_charge[firm_id, position] = (whole.add(row_plan, "firm_officer", values), known.today)


def _wait(whole: "Plan", row_plan: "RowPlan", position: str, name: str) -> None:
    known, firm_id = known_of(whole), row_plan.firm_id or 0
    if ("officer", name) not in known.told:
        known.told.add(("officer", name))
        key = "officer" if position == "A" or "officer_b" not in row_plan.row.values else "officer_b"
        problem(whole, row_plan, key, f"{name}：{known.officers.why(name)}；这一行别的内容照常写入", name, read=True)
    waiting = known.waits.get((firm_id, position))
    if waiting is None:
        values = {"firm_id": firm_id, "position": position, "name": name}
        known.waits[firm_id, position] = (whole.add(row_plan, "officer_wait", values), name)
        row_plan.tell("officer_wait", f"{position} 角（等着认）", name)
    elif waiting[1] != name:
        whole.change(row_plan, "officer_wait", waiting[0], "name", f"{position} 角（等着认）", waiting[1], name)
        known.waits[firm_id, position] = (waiting[0], name)
