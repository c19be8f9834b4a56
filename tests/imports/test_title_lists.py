"""Lists of titles of any type: layouts, dates, 公示 and 公告, what waits for a day."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.importing import ImportRow
from models.title import Title, TitleType
from models.title_source import TitleSource
from tests.imports.title_files import (
    NAMES,
    counts,
    everything,
    hnte_number,
    kinds,
    library_number,
    register,
    run,
    titles,
)
from tests.support.browser import Browser
from tests.support.factories import make_batch, make_user
from tests.support.sheets import code_of, csv_bytes, name_of, register_rows, xlsx_bytes


@pytest.mark.parametrize(
    ("file_name", "rows", "kind", "options", "found"),
    [
        (
            "科技型中小企业入库公示_2025第一批.csv",
            [
                ["云澜省2025年第一批拟入库科技型中小企业名单（青禾区）", "", "", ""],
                ["", "", "", ""],
                ["序号", "企业名称", "统一社会信用代码", "入库登记编号"],
                [1, NAMES[1], code_of(1), " 2025 9901 0108 000001"],
                ["", "", "", ""],
                ["合计", 1, "", ""],
            ],
            "tech_sme",
            {"on": date(2025, 8, 10)},
            (date(2025, 8, 10), date(2025, 12, 31), library_number(1), True),
        ),
        (
            "名单.csv",
            [["单位名称", "信用代码", "登记编号"], [NAMES[1], code_of(1), "２０２５９９０１０１０８０００００１"]],
            "tech_sme",
            {"on": date(2025, 8, 10)},
            (date(2025, 8, 10), date(2025, 12, 31), library_number(1), False),
        ),
        (
            "名单.csv",
            [
                ["2024年度云澜省专精特新中小企业名单（青禾）", "", "", ""],
                ["序号", "设区市", "企业名称", "有效期"],
                [1, "云澜", NAMES[1], "2023年12月至2026年12月"],
                ["注：排名不分先后", "", "", ""],
            ],
            "srdi_sme",
            {},
            (date(2023, 12, 1), date(2026, 12, 31), "", False),
        ),
        (
            "小巨人.csv",
            [
                ["专精特新“小巨人”企业公示名单（节选）", "", ""],
                ["（排名不分先后）", "", ""],
                ["序号", "企业名称", "批次"],
                [1, NAMES[1], "第六批"],
            ],
            "little_giant",
            {"on": date(2024, 9, 2)},
            (date(2024, 9, 2), date(2027, 9, 1), "", True),
        ),
        (
            "名单.csv",
            [["关于公布2025年创新型中小企业名单的通知", ""], ["企业名称", "公告日期"], [NAMES[1], "2025.6.3"]],
            "innovative_sme",
            {},
            (date(2025, 6, 3), date(2028, 6, 2), "", False),
        ),
        (
            "名单.csv",
            [["2025年瞪羚企业认定名单", ""], ["企业名称", "认定时间"], [NAMES[1], "2025年6月"]],
            "title:gazelle",
            {},
            (date(2025, 6, 1), date(2028, 6, 1), "", False),
        ),
        (
            "名单.csv",
            [["企业名称", "认定时间", "有效期至"], [NAMES[1], "2025年", "2027年"]],
            "title:unicorn",
            {"kind": "title:unicorn"},
            (date(2025, 1, 1), date(2027, 12, 31), "", False),
        ),
    ],
)
def test_layouts_of_lists(
    lite_app: Flask, file_name: str, rows: list[list[Any]], kind: str, options: dict[str, Any], found: tuple[Any, ...]
) -> None:
    run(register(), "企业登记.csv")
    report = run(csv_bytes(rows), file_name, **options)
    assert (kinds(report), counts(report)) == ([kind], (1, 0, 0, 0, 0))
    assert titles(kind.removeprefix("title:")) == [(code_of(1), *found)]
    before = everything()
    again = run(csv_bytes(rows), file_name, **options)
    assert (counts(again), everything()) == ((0, 0, 1, 0, 0), before)


def test_a_type_that_the_office_made_has_its_list(lite_app: Flask) -> None:
    kind = TitleType(key="ip_demo", name="知识产权示范企业", short_name="知产示范", level="city", validity="+2y")
    kind.renewal_window, kind.position = "none", 90
    db.session.add(kind)
    db.session.commit()
    run(register(), "企业登记.csv")
    rows = [
        ["云澜市2025年知识产权示范企业名单"],
        ["企业名称", "发证日期", "证书编号"],
        [NAMES[2], "2025-03-01", "知示〔2025〕 3 号"],
    ]
    report = run(csv_bytes(rows))
    assert (kinds(report), report["kind"]) == (["title:ip_demo"], "title:ip_demo")
    assert titles("ip_demo") == [(code_of(2), date(2025, 3, 1), date(2027, 3, 1), "知示〔2025〕3号", False)]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("2.02532E+17", "科学计数"),
        ("20259901010800001", "18 位"),
        ("19999901010800000１", "18 位"),
        ("2025990101080000O1X", "18 位"),
    ],
)
def test_a_number_that_is_none_is_named_and_left_out(lite_app: Flask, written: str, message: str) -> None:
    run(register(), "企业登记.csv")
    rows = [["企业名称", "统一社会信用代码", "入库登记编号"], [NAMES[1], code_of(1), written]]
    report = run(csv_bytes(rows), "科技型中小企业入库公告.csv", on=date(2025, 9, 1))
    assert counts(report) == (1, 0, 0, 0, 0)
    assert [message in problem["message"] for problem in report["problems"]] == [True]
    assert titles("tech_sme")[0][3] == ""


def batch_list(batch: str = "第二批") -> bytes:
    return csv_bytes([["专精特新“小巨人”企业名单"], ["企业名称", "批次"], [NAMES[1], batch], [NAMES[2], batch]])


def test_without_a_day_rows_wait_and_the_preview_says_for_which_batch(lite_app: Flask) -> None:
    run(register(), "企业登记.csv")
    report = run(batch_list())
    assert counts(report) == (0, 0, 0, 2, 0)
    assert report["needs_date"] == {"": ["第二批"]}
    assert {(match["how"], match["code"]) for match in report["matches"]} == {
        ("name", code_of(1)),
        ("name", code_of(2)),
    }
    held = db.session.scalars(select(ImportRow).where(ImportRow.import_id == report["id"])).all()
    assert all("没有发证日期" in row.reason for row in held)
    assert titles("little_giant") == []


@pytest.mark.parametrize(
    ("options", "batches", "issued", "ends"),
    [
        ({}, [("第二批", date(2024, 7, 1), None)], date(2024, 7, 1), date(2027, 6, 30)),
        ({}, [("第二批", date(2024, 7, 1), date(2027, 3, 31))], date(2024, 7, 1), date(2027, 3, 31)),
        ({"on": date(2025, 1, 1)}, [("第二批", date(2024, 7, 1), None)], date(2024, 7, 1), date(2027, 6, 30)),
        ({"on": date(2025, 1, 1)}, [("第三批", date(2024, 7, 1), None)], date(2025, 1, 1), date(2027, 12, 31)),
    ],
)
def test_the_day_comes_from_the_batch_before_the_day_given(
    lite_app: Flask, options: dict[str, Any], batches: list[tuple[str, date, date | None]], issued: date, ends: date
) -> None:
    run(register(), "企业登记.csv")
    for name, day, last in batches:
        make_batch("little_giant", name, day, ends_on=last)
    db.session.commit()
    report = run(batch_list(), **options)
    assert counts(report) == (2, 0, 0, 0, 0)
    assert report["needs_date"] == {}
    assert {(title[1], title[2]) for title in titles("little_giant")} == {(issued, ends)}


def test_a_day_given_that_contradicts_the_number_is_held(lite_app: Flask) -> None:
    run(register(), "企业登记.csv")
    rows = [["企业名称", "证书编号"], [NAMES[1], hnte_number(1, 2021)]]
    report = run(csv_bytes(rows), "高企名单.csv", on=date(2024, 5, 1))
    assert counts(report) == (0, 0, 0, 1, 0)
    assert "编号是 2021 年的" in report["problems"][0]["message"]


def test_a_notice_then_its_announcement_then_the_notice_again(lite_app: Flask) -> None:
    run(register(), "企业登记.csv")
    notice = csv_bytes([["2025年第一批拟入库科技型中小企业名单"], ["企业名称"], [NAMES[1]]])
    announced = csv_bytes(
        [["2025年第一批入库科技型中小企业公告"], ["企业名称", "入库登记编号"], [NAMES[1], library_number(1)]]
    )
    assert counts(run(notice, on=date(2025, 8, 10))) == (1, 0, 0, 0, 0)
    assert titles("tech_sme") == [(code_of(1), date(2025, 8, 10), date(2025, 12, 31), "", True)]
    assert counts(run(announced, on=date(2025, 8, 28))) == (0, 1, 0, 0, 0)
    confirmed = [(code_of(1), date(2025, 8, 28), date(2025, 12, 31), library_number(1), False)]
    assert titles("tech_sme") == confirmed
    assert db.session.scalars(select(Title.noticed_on)).one() == date(2025, 8, 10)
    assert counts(run(notice, on=date(2025, 8, 10))) == (0, 0, 1, 0, 0)
    assert titles("tech_sme") == confirmed, "a 公示 takes nothing back"


def test_a_notice_may_be_taken_as_announced(lite_app: Flask) -> None:
    run(register(), "企业登记.csv")
    notice = csv_bytes([["2025年第一批拟入库科技型中小企业名单"], ["企业名称"], [NAMES[1]]])
    run(notice, on=date(2025, 8, 10), confirm_notice=True)
    assert titles("tech_sme") == [(code_of(1), date(2025, 8, 10), date(2025, 12, 31), "", False)]


def test_sources_that_disagree_are_shown_on_the_title(lite_browser: Browser) -> None:
    run(register(), "企业登记.csv")
    header = ["企业名称", "证书编号", "发证日期"]
    announced = [["高新技术企业认定公告"], header, [NAMES[1], hnte_number(1), "2024-11-18"]]
    summary = [["高新技术企业汇总表"], header, [NAMES[1], hnte_number(9), "2024-10-12"]]
    run(csv_bytes(announced), "甲.csv")
    report = run(csv_bytes(summary), "乙.csv")
    assert counts(report) == (0, 0, 1, 0, 0)
    title = db.session.scalars(select(Title)).one()
    assert db.session.scalars(select(TitleSource.source).order_by(TitleSource.id)).all() == ["公告", "名单"]
    page = lite_browser.sign_in(make_user(role="office")).get(f"/titles/{title.id}").text
    for words in (
        "来源不一致：发证日期名单写 2024-10-12，以公告的 2024-11-18 为准",
        f"来源不一致：编号名单写 {hnte_number(9)}，以公告的 {hnte_number(1)} 为准",
        "《乙.csv》",
    ):
        assert words in page, words


def test_a_firm_of_elsewhere_without_a_code_is_held(lite_app: Flask) -> None:
    run(register(), "企业登记.csv")
    rows = [["小巨人企业名单"], ["企业名称", "省份", "发证日期"], ["临泽远山机床有限公司", "临泽省", "2024-07-01"]]
    assert counts(run(csv_bytes(rows))) == (0, 0, 0, 1, 0)


def test_sheets_of_several_types_in_one_workbook(lite_app: Flask) -> None:
    run(register(), "企业登记.csv")
    book = {
        "高企": [
            ["高新技术企业认定名单"],
            ["企业名称", "证书编号", "发证日期"],
            [NAMES[1], hnte_number(1), "2024-10-12"],
        ],
        "专精特新": [["专精特新中小企业名单"], ["企业名称", "发证日期"], [NAMES[1], "2024-12-01"]],
    }
    report = run(xlsx_bytes(book), "名单.xlsx")
    assert (kinds(report), counts(report)) == (["hnte", "srdi_sme"], (2, 0, 0, 0, 0))
    assert (len(titles("hnte")), len(titles("srdi_sme"))) == (1, 1)


@pytest.mark.parametrize(
    ("days", "effect", "found"),
    [
        # Once for a group of four, then for the next.
        (["2024-07-01", "", "", "", "2024-09-02", "", "", ""], "created", ["2024-07-01"] * 4 + ["2024-09-02"] * 4),
        # Half of them are given, and alike: who has none has none.
        (["2024-07-01", "2024-07-01", "", "2024-07-01", "", "2024-07-01", "", ""], "held", ["2024-07-01"] * 4),
        (["", "2024-07-01", "", "", "", "", "", ""], "held", ["2024-07-01"]),
    ],
)
def test_a_value_in_the_first_row_of_a_group_is_of_all_its_rows(
    lite_app: Flask, days: list[str], effect: str, found: list[str]
) -> None:
    run(csv_bytes(register_rows(range(1, 9))), "企业登记.csv")
    rows = [[name_of(number), day] for number, day in zip(range(1, 9), days, strict=True)]
    report = run(csv_bytes([["创新型中小企业名单"], ["企业名称", "认定时间"], *rows]))
    assert report[effect] == (8 if effect == "created" else 8 - len(found))
    assert sorted(str(title[1]) for title in titles("innovative_sme")) == found


@pytest.mark.parametrize(
    ("asked", "code", "kind"),
    [
        (["--kind", "title", "--type", "gazelle"], 0, "title:gazelle"),
        (["--type", "gazelle"], 0, "title:gazelle"),
        (["--kind", "title", "--type", "srdi_sme"], 0, "srdi_sme"),  # the named kinds are short for it
        (["--kind", "srdi_sme"], 0, "srdi_sme"),
        (["--kind", "title", "--type", "nothing"], 1, ""),
        (["--kind", "title"], 2, ""),
        (["--kind", "hnte", "--type", "gazelle"], 2, ""),
    ],
)
def test_any_type_is_asked_for_on_the_command_line(
    lite_app: Flask, tmp_path: Path, asked: list[str], code: int, kind: str
) -> None:
    run(register(), "企业登记.csv")
    path = tmp_path / "名单.csv"
    path.write_bytes(csv_bytes([["企业名称", "认定日期"], [NAMES[1], "2025-06-01"]]))
    answer = lite_app.test_cli_runner().invoke(args=["imports", "run", str(path), *asked, "--json"])
    assert answer.exit_code == code
    if kind:
        assert json.loads(answer.stdout)["kind"] == kind
