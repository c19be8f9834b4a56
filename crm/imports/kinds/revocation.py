"""Kind `revocation`: lists of titles that firms lost.

What became of each stands under 处理情况 (rules.md 3.5): 撤销 or 取消 ends the title on the day; one the firm gave up
itself ended the day before; a firm that moved away as a whole keeps its title and leaves the district."""

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from crm.imports import registration, titles
from crm.imports.kinds import CODE, KINDS, NAME, REMARK, Field, Kind, Row, date_of, is_date, plain_text, register_kind
from crm.imports.kinds.hnte import is_certificate
from crm.imports.kinds.title_list import YEAR, certificate_text, is_library_number
from crm.imports.match import Match, match
from crm.imports.titles.book import Book, Known, row_of, same
from crm.imports.titles.dating import wait, year_of
from models.rules.dates import Day
from models.rules.title_sources import GIVEN_UP, Said, year_in

if TYPE_CHECKING:
    from crm.imports.index import Index
    from crm.imports.plan import Plan, RowPlan
    from crm.imports.recognise import Facts

FIELDS = (
    NAME,
    CODE,
    Field(
        "number",
        "证书编号",
        r"(?:原|高企|资质|高新技术企业|入库登记)?(?:认定)?证?书?(?:编)号码?|证书号码?|登记编号",
        r"证书.*号|编号",
        lambda cell: is_certificate(cell) or is_library_number(cell),
        certificate_text,
        tells=True,
    ),
    YEAR,
    Field(
        "type",
        "资质",
        r"(?:资质|称号|荣誉)(?:类型|名称|类别)?|(?:企业)?(?:资质|认定)?(?:类别|种类)",
        r"资质|称号",
        None,
        plain_text,
    ),
    Field(
        "disposal",
        "处理情况",
        r"处理(?:情况|结果|方式|意见|决定)|(?:取消|撤销|注销|变动|变更)?(?:情况|类型|事由)|处置(?:情况|结果)",
        r"处理|处置|情况",
        lambda cell: disposal_of(str(cell)) != "",
        plain_text,
    ),
    Field("reason", "原因", r"(?:取消|撤销|注销|终止|处理)?(?:的)?(?:原因|理由|依据)", r"原因|理由", None, plain_text),
    Field(
        "done_on",
        "处理日期",
        r"(?:取消|撤销|注销|处理|处置|公告|生效|迁出|迁移|终止|决定)(?:日期|时间|年月|日)",
        r"(?:取消|撤销|注销|处理|迁).*(?:日期|时间)",
        is_date,
        date_of,
    ),
    REMARK,
)
#: What the words of a disposal mean, the first that fits.
DISPOSALS = (
    ("moved", re.compile(r"迁出|迁移|搬迁|迁往|迁至|随迁|整体迁")),
    ("given_up", re.compile(r"自愿|主动|申请(?:注销|放弃|取消|退出)|放弃")),
    ("revoked", re.compile(r"撤销|取消|注销|收回|吊销|终止|作废")),
)


def disposal_of(written: str) -> str:
    """What became of a title: moved, given_up, revoked; empty for words that say none of these."""
    return next((key for key, words in DISPOSALS if words.search(written)), "")


def match_known(row: Row, index: "Index") -> Match:
    """The firm of a row; one that nobody knows is not made, it has no title to lose."""
    found = match(row, index)
    if found.how == "new":
        return Match("none", 0.0, None, "册里没有这家企业，导入它的名单以后会再试", found.candidates)
    return found


def load(whole: "Plan", rows: list["RowPlan"]) -> None:
    """Read all titles of the firms, and their registration status."""
    ids = sorted({one.firm_id for one in rows if one.firm_id is not None and one.firm_id > 0})
    Book.of(whole).load(ids, (kind.id for kind in whole.types.values()))
    registration.load(whole, ids)


def plan(whole: "Plan", row_plan: "RowPlan", facts: "Facts") -> None:
    """A row: the title ends, or the firm leaves; a row whose title nobody knows waits for its list."""
    row = row_plan.row
    said = row.values.get("disposal") or row.values.get("reason") or row.values.get("remark") or ""
    act = disposal_of(said) or disposal_of(facts.where)
    if not act:
        row_plan.hold("看不出是撤销、自愿注销还是迁出，请看原文后手工处理")
        return
    known, why = _title_of(whole, row_plan, facts)
    if known is None and act != "moved":
        row_plan.hold(why)
        return
    written: Day | None = row.values.get("done_on") or row.batch_on
    day = written.first if written else whole.options.on
    if day is None:
        wait(whole, row_plan, "名单没有写从哪天起。请填名单日期再导")
        return
    reason = (row.values.get("reason") or said or "按名单取消")[:200]
    if known is None or act == "moved":
        _move_out(whole, row_plan, day, reason)
    elif act == "given_up":
        _give_up(whole, row_plan, known, day)
    else:
        _revoke(whole, row_plan, known, day, reason)
    if row_plan.effect == "unchanged" and row_plan.changes:
        row_plan.effect = "updated"


def _title_of(whole: "Plan", row_plan: "RowPlan", facts: "Facts") -> tuple[Known | None, str]:
    """The title a row speaks of, by number, else by type and year, else the only one; else why none."""
    assert row_plan.firm_id is not None
    row, book = row_plan.row, Book.of(whole)
    number = row.values.get("number", "")
    types = _types(whole, f"{row.values.get('type', '')} {facts.where}", number)
    held = [known for kind in types for known in book.of_firm(row_plan.firm_id, kind)]
    named = [known for known in held if number and any(one.number == number for one in known.said)]
    if named:
        return named[0], ""
    year = year_of(row.values.get("year")) or year_in(number)
    fits = [known for known in held if year is None or year in {one.certificate_year for one in known.said}]
    if number and any(known.get("number") for known in fits):
        return None, f"编号 {number} 和已有的对不上：{'、'.join(known.get('number') for known in fits)}"
    if len(fits) > 1:
        alive = [known for known in fits if known.get("revoked_on") is None]
        latest = max(known.get("issued_on") for known in fits)
        fits = (
            [known for known in alive if known.get("issued_on") == latest] if year is None and len(types) == 1 else []
        )
        if not fits:
            return None, "这家企业有几项资质都对得上，看不出是哪一项"
    return (fits[0], "") if fits else (None, "还没有这家企业的这项资质，导入它的名单以后会再试")


def _types(whole: "Plan", where: str, number: str) -> list[int]:
    """The types a list speaks of, by its words, else by the number; all of them when neither says."""
    against = {"srdi_sme": "小巨人", "tech_sme": "科技和创新型"}
    spoken = []
    for kind in whole.types.values():
        known = KINDS.get(kind.key)
        words = known.cues if known is not None and known.title_type == kind.key else re.escape(kind.name)
        if re.search(words, where) and not (kind.key in against and re.search(against[kind.key], where)):
            spoken.append(kind.id)
    if not spoken and number[:1] == "G" and "hnte" in whole.types:
        spoken = [whole.types["hnte"].id]
    return spoken or [kind.id for kind in whole.types.values()]


def _revoke(whole: "Plan", row_plan: "RowPlan", known: Known, day: date, reason: str) -> None:
    if known.get("revoked_on") is not None:
        row_plan.reason = f"已于 {known.get('revoked_on')} 撤销"
        return
    if known.get("ends_on") is not None and known.get("ends_on") < day:
        row_plan.reason = f"已于 {known.get('ends_on')} 到期"
        return
    # A title is never gone before it came: 自认定之日起取消.
    _change(whole, row_plan, known, "revoked_on", max(day, known.get("issued_on")))
    _change(whole, row_plan, known, "revoked_reason", reason)


def _give_up(whole: "Plan", row_plan: "RowPlan", known: Known, day: date) -> None:
    last = max(day - timedelta(days=1), known.get("issued_on"))
    said = Said(GIVEN_UP, ends_on=last, said_on=day)
    if any(same(said, one) for one in known.said):
        return
    if known.get("ends_on") is not None and known.get("ends_on") <= last:
        row_plan.reason = f"已于 {known.get('ends_on')} 到期"
        return
    _change(whole, row_plan, known, "ends_on", last)
    if known.base is not None:
        row = {} if known.row_id is None else {"import_row_id": known.row_id}
        whole.add(row_plan, "title_source", row_of(known.base) | {"title_id": known.id} | row)
        known.base = None
    whole.add(row_plan, "title_source", row_of(said) | {"title_id": known.id})
    known.said.append(said)


def _move_out(whole: "Plan", row_plan: "RowPlan", day: date, reason: str) -> None:
    assert row_plan.firm_id is not None
    known = whole.firms.get(row_plan.firm_id)
    if known is not None and known.status == "moved_out":
        row_plan.reason = "已经迁出"
        return
    why = registration.set_status(whole, row_plan, "moved_out", day, reason=reason, source="迁出名单")
    if why:
        row_plan.hold(why)


def _change(whole: "Plan", row_plan: "RowPlan", known: Known, name: str, new: Any) -> None:
    whole.change(row_plan, "title", known.id, name, titles.LABELS[name], known.get(name), new)
    known.values[name] = new


KIND = register_kind(
    Kind(
        key="revocation",
        name="取消资质名单",
        fields=FIELDS,
        cues=r"(?:取消|撤销|注销|终止|收回).{0,16}(?:资格|称号|认定|企业|名单|高企|证书|入库|编号)|整体迁出|资格(?:取消|撤销|注销)",
        against=r"更名|专利|走访|台账",
        needs=(("name", "code"),),
        marks=("disposal",),
        least=3,
        match=match_known,
        load=load,
        reads=("title_source", "firm_status"),
        plan=plan,
    )
)
