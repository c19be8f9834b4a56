"""What a test leaves is gone when the next begins, and what every bureau begins with is there again."""

from typing import Any

from flask import Flask
from sqlalchemy import select, text

from models import audit_log, clock
from models.base import db
from models.pool.kinds import PoolStage, PoolType
from models.title import TitleType
from tests.support.emptying import begin
from tests.support.factories import make_firm, make_user


def everything() -> dict[str, list[Any]]:
    """Every row of every table that holds one."""
    rows = {table.name: db.session.execute(table.select()).all() for table in db.metadata.sorted_tables}
    return {name: sorted(map(repr, held)) for name, held in rows.items() if held}


def test_the_next_test_finds_the_first_day(app: Flask) -> None:
    before = everything()
    first = make_user().id
    make_firm()
    audit_log.note("session.begin", None, at=clock.now())
    db.session.scalars(select(TitleType).where(TitleType.key == "hnte")).one().name = "别的名字"
    gone = db.session.scalars(select(PoolStage).order_by(PoolStage.id)).first()
    db.session.delete(gone)
    db.session.commit()
    assert {"firm", "user", "audit_entry"} <= set(everything()) - set(before)
    begin()
    assert everything() == before
    assert make_user().id == first
    new = PoolType(key="other", name="另一个库", position=9)
    db.session.add(new)
    db.session.flush()
    assert new.id == len(before["pool_type"]) + 1


def test_a_half_done_test_leaves_nothing_either(app: Flask) -> None:
    before = everything()
    make_firm()
    db.session.flush()
    db.session.execute(text("DELETE FROM calendar_day"))
    begin()
    assert everything() == before
