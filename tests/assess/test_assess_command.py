"""`flask --app crm assess`: files as people write them, answers as contracts.md prints them, no database."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

#: The firm of the contract, as it is written there.
SAMPLE = """
- id: any text
  figures:
    staff_total: 100
    tech_staff: 30
    rd_staff: 25
    sales_revenue: {2023: 3000, 2024: 4000, 2025: 5000}
    main_revenue: {2024: 3800, 2025: 4370}
    total_income_2025: 5200
    hightech_income_2025: 3120
    rd_expense: {2023: 120, 2024: 180, 2025: 300}
    rd_domestic_three_years: 360
    cost_and_expense_2025: 4000
    total_assets_2025: 6000
    total_liabilities_2025: 3000
    net_assets: {2023: 2000, 2024: 2400, 2025: 3000}
    ip: {class1_self: 1, class1_transferred: 0, class1_high_value: 0, class2_any: 0, class2_kept_two_years: 0}
    strategic_industry: true
    equity_paid_in: {three_years: 0, two_years: 0}
    titles: {tech_or_innovative_sme: true, srdi_sme: false, hnte: false}
    segment_years: 5
    market_position_ok: true
    market_share: 0.08
    market_rank: 6
    key_link_ok: true
    quality_score_2026: 50
    registered: 2018-03-01
    conversions_three_years: 15
    expert_points: {ip: 24, conversion: 22, organisation: 16, growth: 14}
    awards:
      {national_rank_within_five_years: 3, national_rank_within_three_years: 3, provincial_rank_within_three_years: 3}
    rd_institution_level: provincial
    standard_led_within_five_years: false
    first_time_applicant: false
    compliance_ok: true
"""


def run(app: Flask, path: Path, *more: str) -> Any:
    return app.test_cli_runner().invoke(args=["assess", str(path), "--on", "2026-11-22", *more])


def answered(app: Flask, tmp_path: Path, text: str | bytes, name: str = "firms.yaml", code: int = 0) -> Any:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = run(app, path, "--json")
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def test_the_firm_of_the_contract(lite_app: Flask, tmp_path: Path):
    (found,) = answered(lite_app, tmp_path, SAMPLE)
    assert {"id", "on", "assumed", "results"} == set(found)
    assert (found["id"], found["on"]) == ("any text", "2026-11-22")
    results = found["results"]
    assert {regime: result["verdict"] for regime, result in results.items()} == {
        "tech_sme": "eligible", "innovative_sme": "eligible", "srdi_sme": "eligible", "little_giant": "not_eligible",
        "hnte": "eligible",
    }  # fmt: skip
    assert [results[key]["total"] for key in ("tech_sme", "innovative_sme", "hnte")] == [100, 95, 76]
    # 600/12 000 is 5 %, 360/600 and 3120/5200 are 60 %: on the border, and through.
    assert all(one["met"] and one["gap"] == 0 for key, one in results["hnte"]["conditions"].items()
               if key in ("rd_ratio", "rd_domestic", "hightech_income"))  # fmt: skip
    assert "dishonest_or_withdrawn_within_three_years" in found["assumed"] and "awards" not in found["assumed"]
    for result in results.values():
        assert {"rule_version", "verdict", "total", "max", "direct", "conditions", "sub", "bands", "nearest"} <= set(
            result
        )
        for condition in result["conditions"].values():
            assert set(condition) == {"met", "value", "threshold", "gap", "why"}


def test_yaml_and_json_say_the_same(lite_app: Flask, tmp_path: Path):
    one = {"id": "7", "figures": {"tech_staff": 0.3, "staff_total": 3, "sales_revenue": {"2025": 107},
                                  "rd_expense_2025": 5.35, "registered": "2020-02-29"}}  # fmt: skip
    from_json = answered(lite_app, tmp_path, json.dumps(one), "one.json")
    written = """
id: "7"
figures: {tech_staff: 0.3, staff_total: 3, sales_revenue_2025: 107, rd_expense: {2025: 5.35}, registered: 2020-02-29}
"""
    assert answered(lite_app, tmp_path, written) == from_json
    # 0.3/3 and 5.35/107 are borders that binary floats miss.
    assert from_json[0]["results"]["tech_sme"]["sub"]["staff"] == 4
    assert from_json[0]["results"]["tech_sme"]["sub"]["rd_by_sales"] == 40


def test_a_list_is_answered_in_its_order_and_ids_stay_as_they_are_written(lite_app: Flask, tmp_path: Path):
    found = answered(
        lite_app, tmp_path, "[{id: 007, figures: {}}, {id: 12}, {id: 甲公司}, {figures: {staff_total: 1}}]"
    )
    assert [firm["id"] for firm in found] == ["007", 12, "甲公司", None]
    assert all(
        result["verdict"] in ("unknown", "not_eligible") for firm in found for result in firm["results"].values()
    )


def test_one_firm_that_cannot_be_is_named_and_the_others_are_judged(lite_app: Flask, tmp_path: Path):
    found = answered(
        lite_app, tmp_path, "[{id: a, figures: {staff_total: 约百}}, {id: b, figures: {staff_total: 9}}]", code=1
    )
    assert found[0]["problems"][0]["figure"] == "staff_total" and "应是数字" in found[0]["error"]
    assert "results" not in found[0] and "results" in found[1]


def test_an_unknown_name_is_told(lite_app: Flask, tmp_path: Path):
    (found,) = answered(lite_app, tmp_path, "{id: a, figures: {staf_total: 3}, note: x}")
    assert found["ignored"] == ["note", "staf_total"]


@pytest.mark.parametrize(
    "text, name, words",
    [
        ("", "firms.yaml", "空"),
        ("a: [1", "firms.yaml", "YAML：第"),
        ("a: 1\na: 2", "firms.yaml", "第 2 行：“a”写了两次"),
        ("{1: 2", "firms.json", "JSON：第 1 行"),
        ('{"id": 1, "id": 2}', "firms.json", "写了两次"),
        ('{"figures": {"staff_total": NaN}}', "firms.json", "NaN"),
        ("!!python/object/apply:os.system [true]", "firms.yaml", "YAML"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_an_officers_words(
    lite_app: Flask, tmp_path: Path, text: str, name: str, words: str
):
    found = answered(lite_app, tmp_path, text, name, code=1)
    assert name in found["error"] and words in found["error"]


@pytest.mark.parametrize(
    "text, message",
    [("[3]", "id 和 figures"), ("{figures: [1]}", "一行一项"), ("{figures: {staff_total: 0x10}}", "数字"),
     ("{figures: {staff_total: 1:30}}", "数字"), ("{figures: {staff_total: .inf}}", "数字")],
)  # fmt: skip
def test_an_entry_that_is_no_firm(lite_app: Flask, tmp_path: Path, text: str, message: str):
    (found,) = answered(lite_app, tmp_path, text, code=1)
    assert message in found["error"]


@pytest.mark.parametrize("text, staff", [("0100", 100), ("1_000", 1000), ("1e2", 100), ("12.50", 12.5)])
def test_numbers_are_read_as_people_write_them(lite_app: Flask, tmp_path: Path, text: str, staff: float):
    (found,) = answered(lite_app, tmp_path, f"{{figures: {{staff_total: {text}}}}}")
    assert found["results"]["tech_sme"]["conditions"]["staff_cap"]["value"] == staff


def test_other_encodings(lite_app: Flask, tmp_path: Path):
    text = "{id: 甲公司, figures: {staff_total: 9}}"
    for encoding in ("utf-8-sig", "gb18030"):
        assert answered(lite_app, tmp_path, text.encode(encoding))[0]["id"] == "甲公司"


def test_for_a_person_it_says_what_is_short_and_what_to_ask(lite_app: Flask, tmp_path: Path):
    path = tmp_path / "firms.yaml"
    path.write_text(SAMPLE, encoding="utf-8")
    done = run(lite_app, path)
    assert done.exit_code == 0
    assert "专精特新“小巨人”：不符合" in done.stdout and "主营业务收入 +130 万元" in done.stdout
    assert "按无处理，待核实：" in done.stdout


def test_no_file_and_a_wrong_day_are_wrong_usage(lite_app: Flask, tmp_path: Path):
    runner = lite_app.test_cli_runner()
    assert runner.invoke(args=["assess", str(tmp_path / "none.yaml")]).exit_code == 2
    path = tmp_path / "a.yaml"
    path.write_text("{}", encoding="utf-8")
    assert runner.invoke(args=["assess", str(path), "--on", "22.11.2026"]).exit_code == 2


def test_the_day_decides_the_rules_and_the_latest_year(lite_app: Flask, tmp_path: Path):
    path = tmp_path / "a.yaml"
    path.write_text(SAMPLE, encoding="utf-8")
    done = lite_app.test_cli_runner().invoke(args=["assess", str(path), "--on", "2026-03-31", "--json"])
    (found,) = json.loads(done.stdout)
    assert found["results"]["srdi_sme"]["rule_version"] == "srdi_sme-2022"
    later = lite_app.test_cli_runner().invoke(args=["assess", str(path), "--on", "2027-03-31", "--json"])
    (next_year,) = json.loads(later.stdout)
    assert next_year["results"]["tech_sme"]["unknown"] == ["sales_revenue_2026", "total_assets_2026"]


def test_no_database_is_touched(lite_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def touched(*_: Any, **__: Any) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr("sqlalchemy.engine.Engine.connect", touched)
    assert answered(lite_app, tmp_path, SAMPLE)[0]["results"]["hnte"]["verdict"] == "eligible"
