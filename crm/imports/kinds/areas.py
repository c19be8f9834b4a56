"""Kind `areas`: the trees of areas and parks."""

from sqlalchemy import or_, select

from crm.imports.directory import Act, DirectoryKind, Line, parts
from crm.imports.kinds import Field
from models import area, pinyin
from models.area import Area
from models.base import db
from models.errors import Refused

FIELDS = (
    Field("name", "名称", r"(?:镇街|街镇|街道|园区|镇街园区|街镇园区|辖区|区域)?名称|镇街|街镇|镇街园区|街道|园区"),
    Field("tree", "类型", r"类型|类别|种类"),
    Field("code", "代码", r"(?:镇街|街镇|园区|行政区划|区划|辖区)?代码|编码|编号"),
    Field("parent", "上级", r"上级(?:名称|代码)?|所属(?:镇街|街镇|街道|园区)"),
    Field("aliases", "别名", r"别名|简称|曾用名|其他叫法|别称"),
)

#: How a list says in which tree a row belongs.
TREES = {"area": "area", "镇街": "area", "街镇": "area", "街道": "area", "镇": "area", "乡": "area", "社区": "area",
         "村": "area", "park": "park", "园区": "park", "开发区": "park", "孵化器": "park"}  # fmt: skip


def write(line: Line, act: Act) -> None:
    """Make the area, or change its name and aliases."""
    name, tree = line.values["name"], _tree(line)
    if not name:
        raise Refused("没有名称")
    row = _find(tree, line.values.get("code", ""), name)
    if row is None:
        row = Area(tree=tree, code=line.values.get("code") or _free_code(name), aliases="")
        row.rename(name)
        db.session.add(row)
        line.effect, line.how = "created", "new"
    else:
        if row.tree != tree and line.values.get("tree"):
            raise Refused(f"代码 {row.code} 已用于{area.TREES[row.tree]}{row.name}")
        line.how = "code" if row.code == line.values.get("code") else "name"
        if line.change("名称", row.name, name):
            row.rename(name)
    line.code = row.code
    aliases = "\n".join(parts(line.values.get("aliases", "")))
    if aliases and line.change("别名", row.aliases.replace("\n", "、"), aliases.replace("\n", "、")):
        row.aliases = aliases


def hang(line: Line, act: Act) -> None:
    """Hang it below its parent, which may stand further down in the file."""
    wanted = line.values.get("parent", "")
    if not wanted:
        return
    row = area.find_by_code(line.code)
    assert row is not None
    parent = db.session.scalar(
        select(Area).where(Area.tree == row.tree, or_(Area.code == wanted, Area.name == wanted)).order_by(Area.id)
    )
    if parent is None:
        raise Refused(f"上级“{wanted}”不在库里，也不在这个文件里")
    if row.parent_id != parent.id:
        if line.effect != "created":
            line.change("上级", row.parent_id and area.get(row.parent_id).name, parent.name)
        row.move_below(parent.id)


def _tree(line: Line) -> str:
    word = line.values.get("tree", "")
    if word and word not in TREES:
        raise Refused(f"不认得类型“{word}”，请写 镇街 或 园区")
    if word:
        return TREES[word]
    return "park" if line.values["name"].endswith(("园", "园区", "开发区", "孵化器")) else "area"


def _find(tree: str, code: str, name: str) -> Area | None:
    if code:
        found = area.find_by_code(code)
        if found is not None:
            return found
    return db.session.scalar(select(Area).where(Area.tree == tree, Area.name == name).order_by(Area.id))


def _free_code(name: str) -> str:
    code = pinyin.sort_key(name).replace(" ", "")[:36]
    number = 2
    free = code
    while area.find_by_code(free) is not None:
        free, number = f"{code}{number}", number + 1
    return free


KIND = DirectoryKind("areas", "街镇园区", FIELDS, ("name",), (("tree",), ("parent", "aliases")), write, hang)
