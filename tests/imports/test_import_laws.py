"""Laws of all imports: undone is as if it had not been, twice is once, and the order of files makes no difference."""

from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crm.imports import undo, work
from crm.imports.plan import Options
from crm.imports.read import ImportRefused
from models import integrity
from models.base import db
from models.firm import Firm
from models.title import Title, TitleType
from tests.support.factories import make_area, make_user
from tests.support.files_of_lists import File, any_file, lost_titles, registers, renamings, title_lists
from tests.support.whole import whole

#: A case takes half a second: making it smaller would take minutes.
SMALL = settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
LARGE = settings(SMALL, max_examples=150)


@pytest.fixture
def street(app: Flask) -> Flask:
    """A database with two streets and somebody who visits."""
    make_area("石桥街道")
    make_area("溪口街道")
    make_user(name="林远")
    db.session.commit()
    return app


def bring(files: Iterable[File]) -> list[dict[str, Any]]:
    """Import these files one by one; one that is refused leaves nothing to undo."""
    reports = []
    for one in files:
        try:
            reports.append(work.run_file(one.data, one.name, Options()))
        except ImportRefused:
            db.session.rollback()
    return reports


def undo_all(reports: Iterable[dict[str, Any]]) -> None:
    for report in reports:
        answer = undo.undo(report["id"], None)
        db.session.commit()
        assert answer["id"] == report["id"]
        assert list(integrity.problems(full=True)) == []


def check_undo(files: list[File], order: list[int]) -> None:
    before = whole()
    reports = bring(files)
    undo_all(reports[place] for place in sorted(range(len(reports)), key=lambda place: order[place]))
    assert whole() == before


def check_twice(files: list[File]) -> None:
    before = whole()
    once = bring(files)
    stands = whole()
    again = bring(files[-1:])
    assert all((report["created"], report["updated"]) == (0, 0) for report in again)
    assert whole() == stands
    undo_all(reversed(once + again))
    assert whole() == before


def facts() -> dict[str, Any]:
    """Titles and firms as a reader sees them, whatever rows they came from; of two registers the later one names."""
    db.session.expire_all()
    titles = select(Firm.code, TitleType.key, Title.number, Title.issued_on, Title.issued_precision,
                    Title.ends_on, Title.provisional, Title.noticed_on, Title.revoked_on, Title.source)  # fmt: skip
    titles = titles.join(Firm, Firm.id == Title.firm_id).join(TitleType, TitleType.id == Title.type_id)
    firms = select(Firm.code, Firm.status, Firm.unverified)
    return {
        "titles": sorted(map(repr, db.session.execute(titles))),
        "firms": sorted(map(repr, db.session.execute(firms))),
    }


lists = st.lists(any_file(), min_size=1, max_size=4)
orders = st.permutations(range(4))
about_titles = st.one_of(title_lists(), registers(), renamings(), lost_titles())


@SMALL
@given(files=lists, order=orders)
def test_imports_undone_in_any_order_leave_nothing(street: Flask, files: list[File], order: list[int]) -> None:
    check_undo(files, order)


@SMALL
@given(files=lists)
def test_the_same_file_again_changes_nothing(street: Flask, files: list[File]) -> None:
    check_twice(files)


@SMALL
@given(files=st.lists(about_titles, min_size=2, max_size=4), order=orders)
def test_the_order_of_files_makes_no_difference(street: Flask, files: list[File], order: list[int]) -> None:
    check_order(files, order)


def check_order(files: list[File], order: list[int]) -> None:
    reports = bring(files)
    one = facts()
    undo_all(reversed(reports))
    turned = [files[place] for place in sorted(range(len(files)), key=lambda place: order[place])]
    reports = bring(turned)
    other = facts()
    undo_all(reversed(reports))
    assert one == other


#: Renaming lists taken back in another order than they came may leave a firm's name and its dated names apart (`check`
#: says so). Newest first they leave nothing behind: `check_twice` asserts that with them.
not_renaming = any_file().filter(lambda file: "更名" not in file.name)


@pytest.mark.proof
@LARGE
@given(files=st.lists(not_renaming, min_size=1, max_size=6), order=st.permutations(range(6)))
def test_many_imports_undone_in_any_order_leave_nothing(street: Flask, files: list[File], order: list[int]) -> None:
    check_undo(files, order)


@pytest.mark.proof
@LARGE
@given(files=st.lists(about_titles, min_size=2, max_size=5), order=st.permutations(range(5)))
def test_the_order_of_many_files_makes_no_difference(street: Flask, files: list[File], order: list[int]) -> None:
    check_order(files, order)


@pytest.mark.proof
@LARGE
@given(files=st.lists(any_file(), min_size=1, max_size=5))
def test_many_files_again_change_nothing(street: Flask, files: list[File]) -> None:
    check_twice(files)
