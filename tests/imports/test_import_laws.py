"""Laws of all imports: undone is as if it had not been, twice is once, and the order of files makes no difference."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import select

from crm.imports import undo, work
from crm.imports.plan import Options
from crm.imports.read import ImportRefused
from models import integrity
from models.base import db
from models.firm import Firm
from models.title import Title, TitleType
from tests.imports import law_cases as cases
from tests.support import emptying
from tests.support.factories import make_area, make_user
from tests.support.files_of_lists import File, any_file, lost_titles, registers, renamings, title_lists
from tests.support.laws import law
from tests.support.whole import whole

UNCHECKED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
#: A case takes half a second: making it smaller would take minutes.
SMALL = law(6, smaller=False, suppress_health_check=UNCHECKED)
LARGE = law(150, smaller=False, suppress_health_check=UNCHECKED)


@pytest.fixture
def street(app: Flask) -> Flask:
    """A database with two streets and somebody who visits."""
    settle_in()
    return app


def settle_in() -> None:
    make_area("石桥街道")
    make_area("溪口街道")
    make_user(name="林远")
    db.session.commit()


@contextmanager
def each() -> Iterator[None]:
    """One case: what it leaves when it fails is not there when the next begins."""
    try:
        yield
    except BaseException:
        emptying.empty()
        emptying.begin()
        settle_in()
        raise


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


@each()
def check_undo(files: list[File], order: list[int]) -> None:
    before = whole()
    reports = bring(files)
    undo_all(reports[place] for place in sorted(range(len(reports)), key=lambda place: order[place]))
    assert whole() == before


@each()
def check_in_between(files: list[File], chosen: list[int]) -> None:
    """After each file one that stands may be taken back, by chance, before the next comes; in the end all are."""
    before = whole()
    stand: list[dict[str, Any]] = []
    for one, place in zip(files, chosen, strict=False):
        stand += bring([one])
        if place < len(stand):
            undo_all([stand.pop(place)])
    while stand:
        undo_all([stand.pop(chosen[len(stand)] % len(stand))])
    assert whole() == before


@each()
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
#: Which of the imports that stand is taken back; none when there are not so many.
places = st.lists(st.integers(0, 6), min_size=9, max_size=9)
about_titles = st.one_of(title_lists(), registers(), renamings(), lost_titles())


@SMALL
@given(files=lists, order=orders)
def test_imports_undone_in_any_order_leave_nothing(street: Flask, files: list[File], order: list[int]) -> None:
    check_undo(files, order)


@SMALL
@given(files=lists, chosen=places)
def test_imports_undone_between_others_leave_nothing(street: Flask, files: list[File], chosen: list[int]) -> None:
    check_in_between(files, chosen)


@SMALL
@given(files=lists)
def test_the_same_file_again_changes_nothing(street: Flask, files: list[File]) -> None:
    check_twice(files)


@SMALL
@given(files=st.lists(about_titles, min_size=2, max_size=4), order=orders)
def test_the_order_of_files_makes_no_difference(street: Flask, files: list[File], order: list[int]) -> None:
    check_order(files, order)


@each()
def check_order(files: list[File], order: list[int]) -> None:
    reports = bring(files)
    one = facts()
    undo_all(reversed(reports))
    turned = [files[place] for place in sorted(range(len(files)), key=lambda place: order[place])]
    reports = bring(turned)
    other = facts()
    undo_all(reversed(reports))
    assert one == other


def test_what_broke_once_holds(street: Flask) -> None:
    check_order(cases.FLIPPED, cases.FLIPPED_ORDER)
    check_undo(cases.TWICE_RENAMED, cases.TWICE_RENAMED_ORDER)
    check_twice(cases.WAITED)
    check_twice(cases.ENTERED)


@pytest.mark.proof
@LARGE
@given(files=st.lists(any_file(), min_size=1, max_size=6), order=st.permutations(range(6)))
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


@pytest.mark.proof
@LARGE
@given(files=st.lists(any_file(), min_size=2, max_size=8), chosen=places)
def test_many_imports_undone_between_others_leave_nothing(street: Flask, files: list[File], chosen: list[int]) -> None:
    check_in_between(files, chosen)
