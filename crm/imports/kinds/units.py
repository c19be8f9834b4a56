"""Kind `units`: the tree of units, their heads and mailboxes."""

from sqlalchemy import or_, select

from crm.imports.directory import Act, DirectoryKind, Line
from crm.imports.kinds import Field
from models import pinyin, unit
from models.base import db
from models.errors import Refused
from models.people import EMAIL
from models.unit import UNIT_KINDS, Unit
from models.user import User

FIELDS = (
    Field("name", "单位名称", r"(?:单位|科室|部门|机构)(?:名称)?|名称"),
    Field("kind", "类别", r"(?:单位|机构)?(?:类别|类型|性质)"),
    Field("code", "代码", r"(?:单位|机构|科室)?(?:代码|编码|编号)"),
    Field("parent", "上级", r"上级(?:单位|部门|机构)?(?:名称|代码)?|隶属"),
    Field("head", "负责人", r"负责人|主要负责人|科长"),
    Field("deputy", "副负责人", r"副负责人|分管负责人|副科长"),
    Field("mailbox", "公用邮箱", r"(?:公用|单位|公共)?(?:邮箱|邮件|电子邮箱)"),
)

KINDS = {
    **{key: key for key in UNIT_KINDS},
    **{name: key for key, name in UNIT_KINDS.items()},
    "科室": "section",
    "内设机构": "section",
    "部门": "department",
    "街道": "town",
    "镇": "town",
    "街镇": "town",
}


def write(line: Line, act: Act) -> None:
    """Make the unit, or change its name, kind and mailbox."""
    name, word, mailbox = line.values["name"], line.values.get("kind", ""), line.values.get("mailbox", "")
    if not name:
        raise Refused("没有单位名称")
    if word and word not in KINDS:
        raise Refused(f"不认得类别“{word}”，请写 {'、'.join(UNIT_KINDS.values())}")
    if mailbox and not EMAIL.fullmatch(mailbox):
        raise Refused(f"公用邮箱写法不对：{mailbox}")
    row = _find(line.values.get("code", "")) or _find(name)
    if row is None:
        row = Unit(code=line.values.get("code") or _free_code(name), kind=KINDS.get(word, "section"))
        row.rename(name)
        row.mailbox = mailbox or None
        db.session.add(row)
        line.effect, line.how = "created", "new"
    else:
        line.how = "code" if row.code == line.values.get("code") else "name"
        if line.change("名称", row.name, name):
            row.rename(name)
        if word and line.change("类别", UNIT_KINDS[row.kind], UNIT_KINDS[KINDS[word]]):
            row.kind = KINDS[word]
        if mailbox and line.change("公用邮箱", row.mailbox, mailbox):
            row.mailbox = mailbox
    line.code = row.code


def hang(line: Line, act: Act) -> None:
    """Hang it below its parent, and name head and deputy as far as they have accounts."""
    row = unit.find_by_code(line.code)
    assert row is not None
    wanted = line.values.get("parent", "")
    if wanted:
        parent = _find(wanted)
        if parent is None:
            raise Refused(f"上级“{wanted}”不在库里，也不在这个文件里")
        if row.parent_id != parent.id:
            if line.effect != "created":
                line.change("上级", row.parent_id and unit.get(row.parent_id).name, parent.name)
            row.move_below(parent.id)
    for key, label, column in (("head", "负责人", "head_id"), ("deputy", "副负责人", "deputy_id")):
        if not line.values.get(key):
            continue
        person = _person(line.values[key])
        if person is None:
            line.notes.append((label, f"{line.values[key]}没有账号或有重名，先导人员，再导一遍这个文件"))
        elif getattr(row, column) != person.id:
            if line.effect != "created":
                old = db.session.get(User, getattr(row, column) or 0)
                line.change(label, old.name if old else "", person.name)
            setattr(row, column, person.id)


def _find(code_or_name: str) -> Unit | None:
    if not code_or_name:
        return None
    query = select(Unit).where(or_(Unit.code == code_or_name, Unit.name == code_or_name))
    return db.session.scalars(query.order_by((Unit.code != code_or_name), Unit.id)).first()


def _person(name_or_email: str) -> User | None:
    query = select(User).where(or_(User.name == name_or_email, User.email == name_or_email.lower())).order_by(User.id)
    found = list(db.session.scalars(query.limit(2)))
    return found[0] if len(found) == 1 else None


def _free_code(name: str) -> str:
    code = pinyin.sort_key(name).replace(" ", "")[:36]
    free, number = code, 2
    while unit.find_by_code(free) is not None:
        free, number = f"{code}{number}", number + 1
    return free


KIND = DirectoryKind("units", "单位", FIELDS, ("name",), (("kind",), ("parent",), ("head", "mailbox")), write, hang)
