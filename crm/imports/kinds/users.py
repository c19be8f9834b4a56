"""Kind `users`: people with accounts, their units, roles and areas."""

from sqlalchemy import func, or_, select

from crm.imports.directory import Act, DirectoryKind, Line, note_pairs, parts
from crm.imports.kinds import Field
from models import people, unit
from models.area import Area
from models.base import db
from models.errors import Refused
from models.people import NewPerson
from models.rules.access import ROLE_NAMES, role_conflict
from models.unit import Unit
from models.user import User

FIELDS = (
    Field("name", "姓名", r"姓名|人员姓名|名字", personal=True),
    Field("email", "邮箱", r"(?:电子|工作|政务)?(?:邮箱|邮件)(?:地址)?|登录邮箱", personal=True),
    Field("mobile", "手机号", r"手机号?码?|移动电话|联系电话|电话", personal=True),
    Field("staff_number", "工号", r"工号|人员编号|职工号|编号"),
    Field("unit", "单位", r"(?:所在|所属)?(?:单位|科室|部门)(?:名称|代码)?"),
    Field("post", "职务", r"职务|岗位|职位"),
    Field("roles", "角色", r"角色|系统角色|权限角色"),
    Field("areas", "辖区", r"辖区|(?:所属|负责)?(?:镇街|街镇|街道|园区|镇街园区|街镇园区)"),
)

#: Other words a list uses for a role.
ROLES = {
    **{key: key for key in ROLE_NAMES},
    **{name: key for key, name in ROLE_NAMES.items()},
    "干部": "officer",
    "企业联系人": "officer",
    "综合": "office",
    "调度": "office",
    "科长": "manager",
    "分管领导": "manager",
    "领导": "manager",
    "镇街助理": "town",
    "园区助理": "town",
    "科技助理": "town",
    "经办人": "handler",
}


def write(line: Line, act: Act) -> None:
    """Make the account with a first password, or change what is known of the person."""
    values = line.values
    if not values["name"]:
        raise Refused("没有姓名")
    roles = {_role(word) for word in parts(values.get("roles", ""))}
    conflict = role_conflict(roles)
    if conflict:
        raise Refused(conflict)
    email = values["email"].lower()
    typed = NewPerson(
        name=values["name"],
        email=email,
        mobile=values.get("mobile") or None,
        staff_number=values.get("staff_number") or None,
        unit=_unit(values["unit"]) if values.get("unit") else None,
        post=values.get("post", ""),
        areas=tuple(_area(word) for word in parts(values.get("areas", ""))),
    )
    line.code = email
    user = db.session.scalar(select(User).where(func.lower(User.email) == email))
    if user is None:
        user = people.create(
            typed, act.at, act.on, roles=roles if act.grant else (), proposed=() if act.grant else roles
        )
        line.effect, line.how = "created", "new"
        if act.real:
            line.secret = people.first_password(user, act.at)
        return
    line.how = "code"
    _change(line, user, typed, act)
    _propose(line, user, roles, act)


def nothing_more(line: Line, act: Act) -> None:
    """People speak of no row further down."""


def _change(line: Line, user: User, typed: NewPerson, act: Act) -> None:
    """Put what the list says; what it leaves blank stays."""
    mobile = typed.mobile or user.mobile
    number = typed.staff_number or user.staff_number
    areas = typed.areas or tuple(user.areas)
    line.change("姓名", user.name, typed.name)
    line.change("手机号", user.mobile, mobile)
    line.change("工号", user.staff_number, number)
    line.change("辖区", _named(user.areas), _named(areas))
    if line.changes:
        before = {area.id for area in user.areas}
        people.edit(user, NewPerson(typed.name, typed.email, mobile, number, areas=areas))
        note_pairs("user_area", user.id, "area_id", before, {area.id for area in areas})
    if typed.unit is not None:
        current = next((row for row in unit.list_memberships(user.id) if row.to_on is None), None)
        post = typed.post or (current.post if current and current.unit_id == typed.unit.id else "")
        moved = line.change("单位", current.unit.name if current else "", typed.unit.name)
        if moved | line.change("职务", current.post if current else "", post):
            unit.move_to(user.id, typed.unit.id, post, act.on)


def _propose(line: Line, user: User, roles: set[str], act: Act) -> None:
    held = set(user.role_names)
    if not roles or roles == held:
        return
    if act.grant:
        line.change("角色", _roles(held), _roles(roles))
        before = {role.id for role in user.roles}
        people.grant_roles(user, roles)
        note_pairs("user_role", user.id, "role_id", before, {role.id for role in user.roles})
    elif roles - held != user.proposed_roles:
        line.change("建议角色", _roles(user.proposed_roles), _roles(roles - held))
        user.proposed_roles = frozenset(roles - held)


def _role(word: str) -> str:
    if word not in ROLES:
        raise Refused(f"不认得角色“{word}”，请写 {'、'.join(ROLE_NAMES.values())}")
    return ROLES[word]


def _roles(names: object) -> str:
    return "、".join(name for key, name in ROLE_NAMES.items() if key in names)  # type: ignore[operator]


def _named(areas: object) -> str:
    return "、".join(sorted(area.name for area in areas))  # type: ignore[attr-defined]


def _unit(word: str) -> Unit:
    query = select(Unit).where(or_(Unit.code == word, Unit.name == word)).order_by(Unit.code != word, Unit.id)
    found = db.session.scalars(query).first()
    if found is None:
        raise Refused(f"没有单位“{word}”，请先导单位")
    return found


def _area(word: str) -> Area:
    query = select(Area).where(or_(Area.code == word, Area.name == word)).order_by(Area.code != word, Area.id)
    found = db.session.scalars(query).first()
    if found is None:
        raise Refused(f"没有镇街或园区“{word}”，请先导街镇园区")
    return found


KIND = DirectoryKind("users", "人员", FIELDS, ("name", "email"), (("roles", "unit"),), write, nothing_more)
