"""Makes the rows of the demo district: plain dictionaries, the same for the same seed, without a database."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from crm.demo import words
from crm.demo.figures import add_figures
from crm.demo.plan import add_plan
from crm.demo.titles import firm_history
from crm.demo.visits import add_visits
from models.rules.uscc import check_character, organisation_check_character

Row = dict[str, Any]

#: What every demo row says of where it comes from.
SOURCE = "演示数据"


@dataclass(frozen=True)
class Size:
    """How many rows to make. A district of the register's own proportions has few titles a firm, a demo more."""

    firms: int = 400
    titles: int = 500
    visits: int = 300

    @classmethod
    def of(cls, firms: int) -> "Size":
        """The proportions of the demo district."""
        return cls(firms=firms, titles=firms * 5 // 4, visits=firms * 3 // 4)


@dataclass
class Ids:
    """Which rows the new ones may point to: identifiers by their key."""

    areas: dict[str, int]
    parks: dict[str, int]
    officers: list[int]
    title_types: dict[str, int]
    pool_types: dict[str, int]
    #: The unit of each officer.
    units_of: dict[int, int] = field(default_factory=dict)


@dataclass
class District:
    """Rows by table, in the order in which they can be written."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, **row: Any) -> int:
        """Append a row and return its id; ids count from one in each table."""
        rows = self.rows.setdefault(table, [])
        row["id"] = len(rows) + 1
        rows.append(row)
        return int(row["id"])


def generate(size: Size, seed: int, today: date, ids: Ids) -> District:
    """The firms of the district with everything that hangs on them; without ids of areas no firm has a place."""
    rng = random.Random(seed)  # noqa: S311  a demo wants the same district each time
    district = District()
    names = _names(rng, size.firms)
    #: Titles go to the first firms; their order in the register is by chance anyway.
    for number in range(size.firms):
        titled = len(district.rows.get("title", ())) < size.titles
        firm = _firm(rng, district, number, next(names), today, ids, titled)
        if rng.random() < 0.02:
            _flag(rng, district, firm, today)
        if titled:
            _history(rng, district, firm, today, ids, size.titles)
    add_visits(rng, district, size.visits, today, ids)
    add_plan(rng, district, today, ids)
    # A chance of its own: what firms report does not change who they are.
    add_figures(random.Random(seed), district, today, ids)  # noqa: S311
    return district


def code_for(number: int) -> str:
    """A well-formed code of the unassigned division that belongs to nobody (GB 32100-2015)."""
    body = f"MA{number:06d}"
    stem = f"91{words.DIVISION}{body}{organisation_check_character(body)}"
    return stem + check_character(stem)


def _names(rng: random.Random, count: int) -> Iterator[tuple[str, str, str]]:
    """(name, industry code, field), each name once."""
    seen: set[str] = set()
    while len(seen) < count:
        technical = rng.random() < 0.75
        trade, industry, technology = (
            rng.choice(words.TRADES) if technical else (rng.choice(words.ORDINARY_TRADES), "", "")
        )
        brand = rng.choice(words.FIRST) + rng.choice(words.SECOND)
        if len(seen) > 2_000:  # Two characters no longer give enough names.
            brand += rng.choice(words.SECOND)
        if rng.random() < 0.02:
            brand = rng.choice(words.RARE) + rng.choice(words.RARE)
        place = words.DISTRICT if rng.random() < 0.8 else ""
        bracket = f"（{words.DISTRICT}）" if not place and rng.random() < 0.5 else ""
        name = f"{place}{brand}{bracket}{trade}{rng.choice(words.FORMS)}"
        if name not in seen:
            seen.add(name)
            yield name, industry, technology


def _firm(
    rng: random.Random,
    district: District,
    number: int,
    naming: tuple[str, str, str],
    today: date,
    ids: Ids,
    titled: bool,
) -> Row:
    name, industry, technology = naming
    town = rng.choice(words.TOWNS) if rng.random() < 0.9 else None
    park = rng.choice(words.PARKS) if rng.random() < 0.3 else None
    founded = today - timedelta(days=rng.randrange(400, 9000))
    officer = rng.choice(ids.officers) if titled else None
    deputy = rng.choice([one for one in ids.officers if one != officer]) if officer and rng.random() < 0.6 else None
    road = f"{rng.choice(words.ROADS)} {rng.randrange(1, 300)} 号"
    row: Row = {
        "code": code_for(number),
        "code_kind": "uscc",
        "name": name,
        "status": "active",
        "unverified": False,
        "founded_on": founded,
        "industry_code": industry or None,
        "capital": Decimal(rng.choice((50, 100, 200, 500, 1000, 2000, 5000))),
        "capital_currency": "CNY",
        "kind": "有限责任公司",
        "address": f"{words.DISTRICT}区{town[1] if town else ''}{road}",
        "scope": f"{technology}领域的技术开发、技术服务；产品制造与销售。" if technology else "批发、零售与服务。",
        "care_level": rng.choice(("A", "B", "C", "reserve")) if titled else None,
        "area_id": ids.areas.get(town[0]) if town else None,
        "park_id": ids.parks.get(park[0]) if park else None,
        "officer_a_id": officer,
        "officer_b_id": deputy,
    }
    firm_id = district.add("firm", **row)
    row["id"], row["field"] = firm_id, technology
    _names_of(rng, district, row, founded, today)
    for tree, area_id in (("area", row["area_id"]), ("park", row["park_id"])):
        if area_id:
            source = "address" if tree == "area" else "person"
            district.add(
                "firm_place", firm_id=firm_id, tree=tree, area_id=area_id, from_on=None, to_on=None, source=source
            )
    for position, user_id in (("A", officer), ("B", deputy)):
        if user_id:
            since = max(founded, date(today.year - 1, 1, 4))
            district.add("firm_officer", firm_id=firm_id, user_id=user_id, position=position, from_on=since, to_on=None)
    return row


def _names_of(rng: random.Random, district: District, row: Row, founded: date, today: date) -> None:
    firm_id, name = row["id"], row["name"]
    renamed = None
    if rng.random() < 0.04 and name.startswith(words.DISTRICT):
        renamed = founded + timedelta(days=rng.randrange(100, max(101, (today - founded).days)))
        former = f"{words.DISTRICT}{rng.choice(words.FIRST)}{rng.choice(words.SECOND)}{name[len(words.DISTRICT) + 2 :]}"
        district.add(
            "firm_name",
            firm_id=firm_id,
            kind="registered",
            name=former,
            from_on=founded,
            to_on=renamed - timedelta(days=1),
            source=SOURCE,
        )
    district.add(
        "firm_name",
        firm_id=firm_id,
        kind="registered",
        name=name,
        from_on=renamed or founded,
        to_on=None,
        source=SOURCE,
    )


def _flag(rng: random.Random, district: District, firm: Row, today: date) -> None:
    """A few firms stand, or stood, on a list of the registrar."""
    listed = today - timedelta(days=rng.randrange(30, 900))
    cleared = listed + timedelta(days=rng.randrange(20, 400)) if rng.random() < 0.5 else None
    if listed <= firm["founded_on"]:
        return
    district.add(
        "firm_flag",
        firm_id=firm["id"],
        flag=rng.choice(("abnormal", "abnormal", "abnormal", "dishonest")),
        from_on=listed,
        to_on=cleared if cleared and cleared < today else None,
        reason="未按期公示年度报告",
        source=SOURCE,
    )


def _history(rng: random.Random, district: District, firm: Row, today: date, ids: Ids, most: int) -> None:
    history = firm_history(rng, firm, today)
    left = most - len(district.rows.get("title", ()))
    for title in history.titles[:left]:
        district.add(
            "title", **{**title, "firm_id": firm["id"], "type_id": ids.title_types[title["type"]], "source": SOURCE}
        )
    for member in history.pools:
        district.add(
            "pool_member",
            **{
                **member,
                "firm_id": firm["id"],
                "type_id": ids.pool_types[member["type"]],
                "owner_id": firm["officer_a_id"],
                "source": SOURCE,
            },
        )
    if history.left is not None:
        status, on = history.left
        district.rows["firm"][firm["id"] - 1]["status"] = status
        district.add("firm_status", firm_id=firm["id"], status=status, from_on=on, to_on=None, source=SOURCE)
    if rng.random() < 0.7:
        district.add(
            "contact",
            firm_id=firm["id"],
            name=f"{rng.choice(words.SURNAMES)}{rng.choice(words.SECOND)}",
            phone=f"{words.PHONE_PREFIX}{rng.randrange(10**8):08d}",
            post=rng.choice(("总经理", "财务负责人", "研发主管")),
        )
    if rng.random() < 0.25:
        district.rows.setdefault("firm_tag", []).append(
            {"firm_id": firm["id"], "tag_id": rng.randrange(len(words.TAGS)) + 1}
        )
