"""The shared lists of titles, changes of name and lost titles, one after another: rows matched, titles made."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.base import db
from models.firm import Firm
from models.title import Title, TitleType
from tests.support.shared_import import REGISTER, import_file, truth_of

pytestmark = [pytest.mark.shared, pytest.mark.slow]
#: File, what it is, the day that it does not give itself.
FILES: dict[str, tuple[str, date | None]] = {
    "lists/高企更名公告_2025.csv": ("rename", None),
    "lists/江宁区高新技术企业认定名单（2022-2025）.xlsx": ("hnte", None),
    "lists/科技型中小企业入库公示_2025第一批.csv": ("tech_sme", date(2025, 8, 10)),
    "lists/科技型中小企业入库公示_2025第二批.csv": ("tech_sme", date(2025, 9, 10)),
    "lists/科技型中小企业入库公示_2025第三批.csv": ("tech_sme", date(2025, 10, 10)),
    "lists/省级专精特新中小企业名单_2024.csv": ("srdi_sme", None),
    "lists/国家级小巨人企业公示名单.xls": ("little_giant", date(2024, 9, 2)),
    "lists/取消高企资格名单.csv": ("revocation", date(2025, 6, 1)),
}


def test_lists_of_titles_find_their_firms(lite_app: Flask, shared: Path) -> None:
    import_file(shared, REGISTER)
    register = set(db.session.scalars(select(Firm.code)))
    rows = wrong = 0
    for name, (kind, day) in FILES.items():
        report = import_file(shared, name, on=day)
        truth = truth_of(shared, name)
        known = {place for place, code in truth.items() if code in register}
        found = {(one["sheet"], one["row"]): one["code"] for one in report["matches"] if one["how"] != "none"}
        right = sum(truth[place] == code for place, code in found.items() if place in known)
        rows, wrong = rows + len(truth), wrong + sum(truth[place] != code for place, code in found.items())
        print(f"{name}: {right} of {len(known)} in the register, {report['held']} held, {report['rejected']} refused")
        assert {sheet["kind"] for sheet in report["sheets"]} == {kind}
        assert set(truth) == {(one["sheet"], one["row"]) for one in report["matches"]}
        assert right >= 0.98 * len(known)
        assert report["rejected"] == 0
    print(f"{wrong} of {rows} rows given a wrong firm")
    assert wrong <= rows / 2000
    query = (
        select(TitleType.key, Title.provisional, func.count()).join(Title).group_by(TitleType.key, Title.provisional)
    )
    made = {(key, provisional): number for key, provisional, number in db.session.execute(query)}
    print(made)
    # A 公示 gives only titles that are 公示中; of two batches of a year the second adds no title of its own.
    assert {key for key, provisional in made if provisional} == {"hnte", "tech_sme", "little_giant"}
    assert {key for key, provisional in made if not provisional} == {"hnte", "srdi_sme"}
    moved = db.session.scalar(select(func.count()).select_from(Firm).where(Firm.status == "moved_out"))
    assert moved == 5
    numbered = db.session.scalars(select(Title.number).join(TitleType).where(TitleType.key.in_(("hnte", "tech_sme"))))
    given = [bool(number) for number in numbered]
    assert sum(given) >= 0.9 * len(given)
