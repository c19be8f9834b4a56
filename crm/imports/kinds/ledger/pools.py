"""What a firm is to apply for and when: a stay in a pool with target title and plan year."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.imports.kinds.ledger.facts import note, problem
from crm.imports.kinds.ledger.known import MemberFacts, known_of
from crm.imports.titles import Book

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan

#: Words of a plan → pool, target; the narrower before the wider. A renewal is prepared like any other application, in
#: the bureau's own pool; 小升高 is for firms that never were 高新技术企业.
WORDS: tuple[tuple[str, str, str | None], ...] = (
    (r"上市|IPO|新三板|股改|挂牌|北交所", "listing_pool", None),
    (r"重新认定|复审|重认|续评|续报|到期", "cultivation_pool", "hnte"),
    (r"小升高", "sme_to_hnte", "hnte"),
    (r"高新技术企业|高企|国高", "sme_to_hnte", "hnte"),
    (r"小巨人", "srdi_pool", "little_giant"),
    (r"专精特新", "srdi_pool", "srdi_sme"),
    (r"科技型中小|科小|科技中小|入库", "cultivation_pool", "tech_sme"),
    (r"创新型", "cultivation_pool", "innovative_sme"),
    (r"瞪羚", "cultivation_pool", "gazelle"),
    (r"独角兽", "cultivation_pool", "unicorn"),
    (r"雏鹰", "cultivation_pool", "fledgling"),
    (r"规上|升规|入规|上规|后备|培育|储备", "cultivation_pool", None),
)
_NONE = re.compile(r"^(?:不申报|暂不.*|无.*|否|不|没有.*|暂无.*|待定)$")
_BETWEEN = re.compile(r"[、,，;；/／+＋\n]|和|及|与(?!上年)")
#: The pool to take where the one wanted is not there (types of pools are rows the office edits).
ELSE = "cultivation_pool"


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing a firm is to apply for: pool, key of the title type, the words it was written in."""

    pool: str
    target: str | None
    words: str


def wishes(written: str, own: dict[str, str]) -> list[Wish]:
    """What a cell says, one for each pool; `own`: name → key of the office's title types. Raises ValueError."""
    found: dict[str, Wish] = {}
    for piece in filter(None, (part.strip() for part in _BETWEEN.split(written))):
        if _NONE.match(piece):
            continue
        wish = next((Wish(pool, target, piece) for words, pool, target in WORDS if re.search(words, piece)), None)
        if wish is None:
            key = next((key for name, key in own.items() if name in piece), None)
            if key is None:
                raise ValueError(f"不认得要申报的“{piece}”")
            wish = Wish(ELSE, key, piece)
        if wish.pool in found:
            first = found[wish.pool]
            wish = Wish(first.pool, first.target, f"{first.words}、{piece}")
        found[wish.pool] = wish
    return list(found.values())


def plan_pools(whole: "Plan", row_plan: "RowPlan", source: str) -> None:
    """Enter the firm into the pools its plan means; who is in one gets the new target and year unless a person set
    them. Nobody leaves a pool by a ledger."""
    values = row_plan.row.values
    year = values.get("plan_year")
    if not (written := values.get("target")):
        if year is not None:
            note(whole, row_plan, source, "申报年度", f"{year} 年（没有写拟申报什么）")
        return
    own = {kind.name: kind.key for kind in whole.types.values()} | {
        kind.short_name: kind.key for kind in whole.types.values()
    }
    try:
        wanted = wishes(written, own)
    except ValueError as error:
        problem(whole, row_plan, "target", str(error))
        return
    for wish in wanted:
        _enter(whole, row_plan, wish, year, source)


def _enter(whole: "Plan", row_plan: "RowPlan", wish: Wish, year: int | None, source: str) -> None:
    known, firm_id = known_of(whole), row_plan.firm_id or 0
    held = "hnte" in whole.types and Book.of(whole).of_firm(firm_id, whole.types["hnte"].id)
    kind = known.pools.get(wish.pool) or known.pools.get(ELSE)
    # Who is prepared there already stays there, whatever became known since.
    entered = kind is not None and any(one.type_id == kind.id for one in known.members[firm_id])
    if wish.pool == "sme_to_hnte" and held and not entered and "小升高" not in wish.words:
        kind = known.pools.get(ELSE)
    if kind is None:
        problem(whole, row_plan, "target", "没有启用的培育库，没有入库")
        return
    target = whole.types.get(wish.target or "")
    target_id = target.id if target else None
    owner = whole.firms[firm_id].officer_a_id if firm_id > 0 else whole.drafts[firm_id].values.get("officer_a_id")
    member = next((one for one in known.members[firm_id] if one.type_id == kind.id), None)
    if member is None:
        row_id = whole.add(
            row_plan,
            "pool_member",
            {
                "firm_id": firm_id, "type_id": kind.id, "from_on": known.today, "plan_year": year,
                "target_type_id": target_id, "owner_id": owner, "source": source,
                "reason": f"拟申报：{wish.words}"[:200],
            },
        )  # fmt: skip
        known.members[firm_id].append(MemberFacts(row_id, kind.id, target_id, year, owner, False))
        row_plan.tell("pool_member", f"入{kind.name}", wish.words + (f"，{year} 年" if year else ""))
        return
    if member.id < 0:
        return
    if member.typed:
        if (member.target_type_id, member.plan_year) != (target_id, year):
            row_plan.kept.append((kind.name, wish.words + (f"，{year} 年" if year else ""), "有人手工登记过，不覆盖"))
        return
    if target_id is not None:
        whole.change(
            row_plan, "pool_member", member.id, "target_type_id", f"{kind.name}目标", member.target_type_id, target_id
        )
    if year is not None:
        whole.change(row_plan, "pool_member", member.id, "plan_year", f"{kind.name}计划年度", member.plan_year, year)
    if owner is not None and member.owner_id != owner:
        whole.change(row_plan, "pool_member", member.id, "owner_id", f"{kind.name}负责人", member.owner_id, owner)
    member.target_type_id, member.plan_year, member.owner_id = target_id, year, owner
