"""What the register knows of a firm becomes what the evaluator is asked, with where each value comes from."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from flask import Flask

from models.assessment.bridge import CHUNK, Inputs, inputs_of
from models.base import db
from models.firm import yearly
from models.firm.record import Firm
from models.firm.status import FirmFlag
from models.patent import PatentOwner
from models.rules.assess.answer import answer_of
from models.rules.assess.shelf import shipped
from tests.support.assessment_factories import figures, make_judgement
from tests.support.factories import make_firm, make_patent, make_title, make_user
from tests.support.statements import statements

ON = date(2026, 11, 22)


def inputs(firm: Firm, on: date = ON) -> Inputs:
    return inputs_of([firm.id], on)[firm.id]


def verdict(firm: Firm, regime: str, on: date = ON) -> str:
    shelf, book = shipped(), shipped().in_force(regime, on)
    found: str = answer_of(regime, book, inputs(firm, on).judged(regime), shelf.efforts)["verdict"]
    return found


def tech_sme(rd: float, rights: int = 1, **values: float) -> Firm:
    """A firm that is a 科技型中小企业 by 20 + 10 + 30 points with research of 2 % of its sales."""
    firm = make_firm()
    numbers: dict[str, float | str] = {
        "staff_total_2025": 100, "tech_staff_2025": 30, "sales_revenue_2025": 1000, "total_assets_2025": 2000,
        "rd_expense_2025": rd, "cost_and_expense_2025": 5000,
    }  # fmt: skip
    figures(firm, **numbers | values)
    for _ in range(rights):
        make_patent(firm)
    return firm


@pytest.mark.parametrize("rd, expected", [(19.99, "not_eligible"), (20, "eligible")])
def test_both_sides_of_the_score(app: Flask, rd: float, expected: str) -> None:
    assert verdict(tech_sme(rd), "tech_sme") == expected


@pytest.mark.parametrize("staff, expected", [(500, "eligible"), (501, "not_eligible")])
def test_both_sides_of_the_cap(app: Flask, staff: int, expected: str) -> None:
    assert verdict(tech_sme(60, staff_total_2025=staff, tech_staff_2025=151), "tech_sme") == expected


def test_nothing_known_is_unknown_and_not_refused(app: Flask) -> None:
    firm = make_firm(founded_on=None)
    assert inputs(firm).values("tech_sme") == {}
    assert [verdict(firm, regime) for regime in ("tech_sme", "hnte", "innovative_sme")] == ["unknown"] * 3


def test_every_value_says_where_it_comes_from(app: Flask) -> None:
    firm = tech_sme(60)
    make_title(firm, "hnte", date(2024, 11, 1), date(2027, 11, 1), number="GR202432000001")
    known = inputs(firm).of("tech_sme")
    told = known["rd_expense_2025"]
    assert (told.value, told.source, told.year, told.on) == (Fraction(60), "企业填报", 2025, date(2026, 3, 1))
    held = known["titles.hnte"]
    assert (held.value, held.source, held.note) == (True, "资质登记 GR202432000001", "至 2027-11-01")
    assert known["registered"].value == date(2015, 3, 1)
    assert known["ip.class1_self"].source == "知识产权登记"


def test_of_several_sources_a_person_and_the_later_date_win(app: Flask) -> None:
    firm = make_firm()
    for source, value, on in (("年报", 300, date(2026, 1, 1)), ("审计报告", 310, date(2026, 4, 1))):
        yearly.record(firm.id, "rd_expense", 2025, Decimal(value), source, source_on=on)
    imported = yearly.record(firm.id, "rd_expense", 2025, Decimal(999), "台账", source_on=date(2026, 9, 1))
    imported.import_row_id = 7
    db.session.flush()
    assert inputs(firm).known["rd_expense_2025"].source == "审计报告"


def test_operating_revenue_is_sales_where_nobody_gave_sales(app: Flask) -> None:
    firm = make_firm()
    figures(firm, operating_revenue_2025=5000, operating_revenue_2024=4000, sales_revenue_2024=3900)
    known = inputs(firm).known
    assert (known["sales_revenue_2025"].value, known["sales_revenue_2025"].note) == (5000, "按营业收入")
    assert (known["sales_revenue_2024"].value, known["sales_revenue_2024"].note) == (3900, "")


def test_a_number_that_cannot_be_is_unknown_and_named(app: Flask) -> None:
    firm = make_firm()
    figures(firm, rd_expense_2025=-3)
    assert "rd_expense_2025" not in inputs(firm).known
    assert inputs(firm).refused == ["2025 年研发费用 -3（企业填报）：不能是负数"]


def test_rights_that_came_from_others_count_by_regime(app: Flask) -> None:
    firm = make_firm()
    make_patent(firm, obtained="transferred", transferred_on=date(2026, 3, 1), assumed=False)
    make_patent(firm, kind="utility_model", granted_on=date(2025, 6, 1))
    found = inputs(firm)
    assert [found.of(regime)["ip.class1_transferred"].value for regime in ("tech_sme", "hnte", "innovative_sme")] == [
        1, 1, 0,
    ]  # fmt: skip
    assert found.of("srdi_sme")["ip.class1_self"].value == 0
    assert (found.known["ip.class2_any"].value, found.known["ip.class2_kept_two_years"].value) == (1, 0)


def test_a_fourth_owner_does_not_count_for_the_ladder(app: Flask) -> None:
    firm = make_firm()
    patent = make_patent(None, "甲", "乙", "丙")
    db.session.add(PatentOwner(patent_id=patent.id, position=4, name=firm.name, firm_id=firm.id))
    db.session.flush()
    found = inputs(firm)
    assert (found.of("srdi_sme")["ip.class1_self"].value, found.of("hnte")["ip.class1_self"].value) == (0, 1)


def test_a_ledgers_count_serves_where_all_rights_count_alike(app: Flask) -> None:
    firm = make_firm()
    figures(firm, ip_class_1_2025=2, ip_class_2_2025=5)
    found = inputs(firm)
    assert found.of("tech_sme")["ip.class1_self"].value == 2 and "ip.class1_self" not in found.of("srdi_sme")
    assert found.known["ip.class2_any"].note == "没有逐项清单"
    make_patent(firm, kind="utility_model")
    assert inputs(firm).of("tech_sme")["ip.class1_self"].value == 0


def test_no_rights_recorded_is_unknown_and_an_ended_one_is_none(app: Flask) -> None:
    firm, other = make_firm(), make_firm()
    make_patent(other, status="lapsed", ended_on=date(2024, 1, 1))
    assert "ip.class2_any" not in inputs(firm).known
    assert inputs(other).known["ip.class1_self"].value == 0


def test_titles_hold_on_their_days_and_a_type_nobody_keeps_is_assumed(app: Flask) -> None:
    firm = make_firm()
    make_title(firm, "tech_sme", date(2026, 3, 1), date(2026, 12, 31))
    known = inputs(firm).known
    assert known["titles.tech_sme"].value is True and "titles.hnte" not in known
    assert inputs(firm, date(2027, 1, 1)).known["titles.tech_sme"].value is False
    assert "titles.hnte" in inputs(firm).judged("hnte").assumed()
    make_title(make_firm(), "hnte")
    assert inputs(firm).known["titles.hnte"].value is False


def test_a_provisional_title_is_not_held(app: Flask) -> None:
    firm = make_firm()
    make_title(firm, "hnte", date(2026, 11, 1), provisional=True)
    assert inputs(firm).known["titles.hnte"].value is False


def test_a_list_of_the_abnormal_stops_the_firm_on_its_days(app: Flask) -> None:
    firm = tech_sme(60)
    make_judgement(firm, "compliance_ok")
    db.session.add(FirmFlag(firm_id=firm.id, flag="abnormal", from_on=date(2026, 7, 1), to_on=date(2026, 12, 1)))
    db.session.flush()
    assert verdict(firm, "tech_sme") == "not_eligible"
    assert inputs(firm).known["compliance_ok"].source == "经营异常名录，2026-07-01 列入"
    assert inputs(firm, date(2026, 12, 2)).known["compliance_ok"].value is True


def test_what_a_person_judged_counts_with_name_and_reason(app: Flask) -> None:
    firm, officer = make_firm(), make_user(name="陆以宁")
    make_judgement(firm, "quality_score", answer="61", year=2026, why="平台截图", said_by_id=officer.id)
    make_judgement(firm, "market_position_ok", answer="no")
    make_judgement(firm, "market_position_ok", answer="yes", said_on=date(2026, 6, 1))
    make_judgement(firm, "compliance_ok", answer="")
    make_judgement(firm, "market_share", answer="12", year=2025)
    known = inputs(firm).known
    assert known["quality_score_2026"].value == 61 and known["quality_score_2026"].source == "陆以宁判断：平台截图"
    assert known["market_position_ok"].value is True and known["market_share_2025"].value == Fraction(12, 100)
    assert known["compliance_ok"].value is None
    assert "quality_score_2026" not in inputs(firm, date(2026, 4, 30)).known


def test_one_firm_and_many_cost_the_same_statements(app: Flask) -> None:
    firms = [tech_sme(20 + number) for number in range(12)]
    for firm in firms:
        make_judgement(firm)
    ids = [firm.id for firm in firms]
    counts = []
    for some in (ids[:1], ids):
        with statements() as sent:
            found = inputs_of(some, ON)
        counts.append(len(sent))
        assert len(found) == len(some) <= CHUNK
    assert counts[0] == counts[1] == 9


def test_the_three_accounting_years_that_rules_look_at_are_read(app: Flask) -> None:
    firm = make_firm()
    figures(firm, rd_expense_2022=1, rd_expense_2023=2, rd_expense_2024=3, rd_expense_2025=4, rd_expense_2026=5)
    found = inputs(firm).known
    assert [year for year in range(2022, 2027) if f"rd_expense_{year}" in found] == [2023, 2024, 2025, 2026]
