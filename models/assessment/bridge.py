"""From the register to the evaluator: what is known of firms on a day, each value with where it comes from.

What nobody gave is not there, so it is unknown. The same few statements serve one firm and five thousand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import or_, select

from models.assessment.judgement import latest_of
from models.base import among, db
from models.firm.record import Firm
from models.firm.status import FLAGS, FirmFlag
from models.firm.yearly import YEARLY, FirmFigure
from models.patent import IpCounts, PatentOwner, counts_of
from models.rules import judgement as questions
from models.rules.assess.book import REGIMES
from models.rules.assess.firm import Firm as Judged
from models.rules.assess.names import NUMBERS, OTHER_TITLES, TITLES, amount_problem, label_of
from models.rules.assess.reading import Value
from models.rules.ladder import Grant, in_force
from models.title import Title, TitleType
from models.user import User

#: Yearly figures that the evaluator knows by the same name.
SAME_NAME = tuple(key for key in YEARLY if key in NUMBERS)
#: What a ledger says of rights where no list of patents was imported: key → figure.
LEDGER_IP = {"ip_class_1": "ip.class1_self", "ip_class_2": "ip.class2_any"}
#: Accounting years before the latest that a rule looks at.
YEARS_BACK = 3
#: Types of title by key → what the evaluator calls them.
HELD = {
    **{name.split(".")[1]: name for name in (*TITLES, *OTHER_TITLES) if name != "titles.tech_or_innovative_sme"},
    # No rule asks for it; the card says that it is held.
    "little_giant": "titles.little_giant",
}
#: Firms per statement.
CHUNK = 5000
#: Rights that came from others count at once (115号, 195号); for 63号 only after a year, for 2号 not at all.
TRANSFERRED_AT_ONCE = ("tech_sme", "hnte")
#: 2号 附件3: the firm is among the first three owners.
LEADING_OWNERS = ("srdi_sme", "little_giant")


@dataclass(frozen=True, slots=True)
class Known:
    """One value with its source, the year it belongs to, the day of the source, and what a reader must know of it."""

    value: Value
    source: str
    year: int | None = None
    on: date | None = None
    note: str = ""
    row_id: int | None = None


@dataclass(slots=True)
class Inputs:
    """What is known of one firm on a day: values by the evaluator's names, and what differs by regime."""

    firm_id: int
    on: date
    known: dict[str, Known] = field(default_factory=dict)
    by_regime: dict[str, dict[str, Known]] = field(default_factory=dict)
    #: Figures that cannot be right, with the reason: they count as unknown.
    refused: list[str] = field(default_factory=list)

    def of(self, regime: str) -> Mapping[str, Known]:
        """What one regime looks at."""
        return {**self.known, **self.by_regime.get(regime, {})}

    def values(self, regime: str, changes: Mapping[str, Value] | None = None) -> dict[str, Value]:
        """The flat values of one regime, with changes laid over them."""
        return {**{name: known.value for name, known in self.of(regime).items()}, **(changes or {})}

    def judged(self, regime: str, changes: Mapping[str, Value] | None = None) -> Judged:
        """The firm as the evaluator of one regime reads it."""
        values = self.values(regime, changes)
        return Judged(values, self.on, frozenset(name.split(".")[0] for name in values if "." in name))


def inputs_of(firm_ids: Sequence[int], on: date) -> dict[int, Inputs]:
    """What is known of each of these firms, which the caller has seen to exist for who asks. A fixed number of
    statements for every five thousand."""
    found: dict[int, Inputs] = {}
    for start in range(0, len(firm_ids), CHUNK):
        found |= _chunk(firm_ids[start : start + CHUNK], on)
    return found


def _chunk(firm_ids: Sequence[int], on: date) -> dict[int, Inputs]:
    found = {firm_id: Inputs(firm_id, on) for firm_id in firm_ids}
    _registered(found)
    ledger = _figures(found, on)
    _rights(found, on, ledger)
    _titles(found, on)
    _judgements(found, on)
    _flags(found, on)
    return found


def _registered(found: dict[int, Inputs]) -> None:
    query = select(Firm.id, Firm.founded_on, Firm.industry_code).where(among(Firm.id, list(found)))
    for firm_id, founded_on, industry in db.session.execute(query):
        known = found[firm_id].known
        if founded_on:
            known["registered"] = Known(founded_on, "登记信息")
        division = (industry or "").strip().upper().lstrip("ABCDEFGHIJKLMNOPQRST")
        if 2 <= len(division) <= 4 and division.isascii() and division.isdigit():
            known["industry_code"] = Known(division, "登记信息")


def _figures(found: dict[int, Inputs], on: date) -> dict[int, dict[str, Known]]:
    """Fill in the yearly figures; returns what a ledger says of rights. Of several sources of one year a person's word
    goes first, then the source last dated, then the one last entered, as on the record."""
    imported = FirmFigure.import_row_id.is_not(None)
    query = select(
        FirmFigure.firm_id, FirmFigure.key, FirmFigure.year, FirmFigure.value, FirmFigure.source,
        FirmFigure.source_on, FirmFigure.approximate, FirmFigure.import_row_id,
    ).where(
        among(FirmFigure.firm_id, list(found)), FirmFigure.key.in_((*SAME_NAME, *LEDGER_IP)),
        FirmFigure.year.between(on.year - YEARS_BACK, on.year),
    )  # fmt: skip
    order = (FirmFigure.year.desc(), imported, FirmFigure.source_on.desc().nulls_last(), FirmFigure.id.desc())
    ledger: dict[int, dict[str, Known]] = {firm_id: {} for firm_id in found}
    for firm_id, key, year, value, source, source_on, approximate, row_id in db.session.execute(query.order_by(*order)):
        known = Known(Fraction(value), source, year, source_on, "约数" if approximate else "", row_id)
        if key in LEDGER_IP:
            if value >= 0 and value == value.to_integral_value():
                ledger[firm_id].setdefault(LEDGER_IP[key], known)
        else:
            _figure(found[firm_id], key, known, value)
    for inputs in found.values():
        _sales(inputs)
    return ledger


def _figure(inputs: Inputs, key: str, known: Known, value: Decimal) -> None:
    name = f"{key}_{known.year}"
    if name in inputs.known:
        return
    if fault := amount_problem(key, value):
        inputs.refused.append(f"{label_of(name)} {value}（{known.source}）：{fault}")
    else:
        inputs.known[name] = known


def _sales(inputs: Inputs) -> None:
    """销售收入 is main and other business income (115号 注, 195号 三), which accounts call 营业收入."""
    for year in range(inputs.on.year - YEARS_BACK, inputs.on.year + 1):
        revenue = inputs.known.get(f"operating_revenue_{year}")
        if revenue and f"sales_revenue_{year}" not in inputs.known:
            note = "；".join(filter(None, ("按营业收入", revenue.note)))
            inputs.known[f"sales_revenue_{year}"] = Known(
                revenue.value, revenue.source, year, revenue.on, note, revenue.row_id
            )


def _rights(found: dict[int, Inputs], on: date, ledger: Mapping[int, Mapping[str, Known]]) -> None:
    """Ⅰ类 and Ⅱ类 from the records of patents; without any of a firm, what its ledger says, else unknown."""
    owners = select(PatentOwner.firm_id).where(among(PatentOwner.firm_id, list(found))).distinct()
    recorded = [firm_id for firm_id in db.session.scalars(owners) if firm_id is not None]
    counts = counts_of(recorded, on)
    for firm_id, inputs in found.items():
        if firm_id in counts:
            _counted(inputs, counts[firm_id])
        else:
            _from_ledger(inputs, ledger[firm_id])


def _counted(inputs: Inputs, counts: IpCounts) -> None:
    def known(count: int, note: str = "") -> Known:
        return Known(Fraction(count), "知识产权登记", None, inputs.on, note)

    inputs.known |= {
        "ip.class1_self": known(counts.class1_self),
        "ip.class1_transferred": known(counts.class1_transferred_year, "受让满一年的"),
        "ip.class2_any": known(counts.class2_any),
        "ip.class2_kept_two_years": known(counts.class2_kept_two_years),
    }
    for regime in TRANSFERRED_AT_ONCE:
        inputs.by_regime[regime] = {"ip.class1_transferred": known(counts.class1_transferred)}
    for regime in LEADING_OWNERS:
        inputs.by_regime[regime] = {"ip.class1_self": known(counts.class1_self_leading, "权利人前三位的")}


def _from_ledger(inputs: Inputs, ledger: Mapping[str, Known]) -> None:
    """A number without a list: enough where every right counts alike, and where it is 0."""
    for name, told in ledger.items():
        known = Known(told.value, told.source, told.year, told.on, "没有逐项清单", told.row_id)
        none = Known(Fraction(0), known.source, known.year, known.on, known.note, known.row_id)
        if name == "ip.class2_any":
            inputs.known[name] = known
        elif told.value == 0:
            inputs.known |= {name: known, "ip.class1_transferred": none}
        else:
            for regime in TRANSFERRED_AT_ONCE:
                inputs.by_regime.setdefault(regime, {}).update({name: known, "ip.class1_transferred": none})


def _titles(found: dict[int, Inputs], on: date) -> None:
    """Titles in force on the day. A type of which the register holds none at all says nothing of anybody."""
    kept = select(TitleType.key).where(
        TitleType.key.in_(HELD), select(Title.id).where(Title.type_id == TitleType.id).exists()
    )
    types = list(db.session.scalars(kept))
    for inputs in found.values():
        inputs.known |= {HELD[key]: Known(False, "资质登记", None, on) for key in types}
    query = select(
        Title.firm_id, TitleType.key, Title.issued_on, Title.ends_on, Title.revoked_on, Title.noticed_on,
        Title.provisional, Title.number,
    ).join(TitleType, TitleType.id == Title.type_id)  # fmt: skip
    query = query.where(
        among(Title.firm_id, list(found)), TitleType.key.in_(HELD), Title.issued_on <= on,
        or_(Title.ends_on.is_(None), Title.ends_on >= on),
    ).order_by(Title.issued_on, Title.id)  # fmt: skip
    for firm_id, key, issued_on, ends_on, revoked_on, noticed_on, provisional, number in db.session.execute(query):
        if in_force(Grant(key, issued_on, ends_on, revoked_on, noticed_on, provisional), on):
            until = f"至 {ends_on}" if ends_on else "长期有效"
            source = "资质登记" + (f" {number}" if number else "")
            found[firm_id].known[HELD[key]] = Known(True, source, None, issued_on, until)


def _judgements(found: dict[int, Inputs], on: date) -> None:
    said = latest_of(list(found), on)
    people = {row.said_by_id for rows in said.values() for row in rows.values() if row.said_by_id}
    names: dict[int, str] = {}
    if people:
        query = select(User.id, User.name).where(among(User.id, sorted(people)))
        names = {person_id: name for person_id, name in db.session.execute(query)}  # noqa: C416
    for firm_id, rows in said.items():
        inputs = found[firm_id]
        for name, row in rows.items():
            value = questions.value_of(row.key, row.answer)
            who = names.get(row.said_by_id or 0, "")
            if row.key == "ip.class1_high_value":
                value = _no_more_than(value, inputs.known.get("ip.class1_self"))
            known = Known(value, f"{who}判断：{row.why}", row.year, row.said_on)
            if value is None and row.key not in questions.OPEN_COUNTS:
                continue
            inputs.known[name] = known


def _no_more_than(value: Value, most: Known | None) -> Value:
    if isinstance(value, Fraction) and most and isinstance(most.value, Fraction):
        return min(value, most.value)
    return value


def _flags(found: dict[int, Inputs], on: date) -> None:
    """A firm on a list of the abnormal or dishonest meets no regime's entry conditions (115号 第六条, 2号 第十一条)."""
    query = select(FirmFlag).where(
        among(FirmFlag.firm_id, list(found)), FirmFlag.from_on <= on,
        or_(FirmFlag.to_on.is_(None), FirmFlag.to_on >= on),
    )  # fmt: skip
    for flag in db.session.scalars(query.order_by(FirmFlag.id)):
        source = f"{FLAGS[flag.flag]}，{flag.from_on} 列入"
        found[flag.firm_id].known["compliance_ok"] = Known(False, source, None, flag.from_on)


def each_regime(inputs: Inputs) -> Iterator[tuple[str, Judged]]:
    """Every regime with the firm as it reads it."""
    for regime in REGIMES:
        yield regime, inputs.judged(regime)


def flat_values(inputs: Iterable[Inputs], regime: str) -> list[dict[str, Value]]:
    """The flat values of many firms for one regime, for the batch evaluation."""
    return [one.values(regime) for one in inputs]
