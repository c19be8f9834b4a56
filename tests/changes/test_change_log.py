"""Every change of a business row leaves its trace, whoever made it and by whatever way."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import ForeignKeyConstraint, select, update

from models.all import db
from models.change import Change
from models.change_log import LOGGED, SECRET, Actor, acting
from models.firm import Firm
from tests.support.factories import make_firm, make_user

AT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


def entries(act: str) -> list[tuple[str, str | None, str | None, str | None]]:
    rows = db.session.scalars(select(Change).where(Change.act == act).order_by(Change.id))
    return [(row.table_name, row.field, row.old, row.new) for row in rows]


def test_a_changed_field_is_logged_with_old_new_and_who(app: Flask) -> None:
    firm = make_firm(name="云澜甲科技有限公司", address="望溪路 1 号")
    db.session.commit()
    with acting(Actor(source="form", person_id=7, at=AT)):
        firm.address = "望溪路 18 号"
        db.session.commit()
    (entry,) = db.session.scalars(select(Change).where(Change.act == "updated"))
    assert (entry.table_name, entry.field, entry.old, entry.new) == ("firm", "address", "望溪路 1 号", "望溪路 18 号")
    assert (entry.firm_id, entry.person_id, entry.source, entry.at) == (firm.id, 7, "form", AT)


def test_the_old_value_is_known_even_when_the_row_was_not_loaded(app: Flask) -> None:
    firm = make_firm(address="望溪路 1 号")
    db.session.commit()
    db.session.expire_all()
    firm.address = "望溪路 18 号"
    db.session.commit()
    assert ("firm", "address", "望溪路 1 号", "望溪路 18 号") in entries("updated")


def test_a_created_row_has_one_entry_not_one_per_field(app: Flask) -> None:
    make_firm(address="望溪路 1 号", scope="传感器制造")
    db.session.commit()
    assert [entry for entry in entries("created") if entry[0] == "firm"] == [("firm", None, None, None)]


def test_an_unchanged_value_leaves_no_entry(app: Flask) -> None:
    firm = make_firm(address="望溪路 1 号")
    db.session.commit()
    firm.address = "望溪路 2 号"
    firm.address = "望溪路 1 号"
    db.session.commit()
    assert entries("updated") == []


def test_that_a_secret_changed_is_logged_but_not_what_it_is(app: Flask) -> None:
    user = make_user(password="old-hash")
    db.session.commit()
    user.password = "new-hash"
    db.session.commit()
    assert entries("updated") == [("user", "password", None, None)]
    assert "password" in SECRET


def test_what_is_rolled_back_is_not_logged(app: Flask) -> None:
    firm = make_firm(address="望溪路 1 号")
    db.session.commit()
    firm.address = "望溪路 18 号"
    db.session.flush()
    db.session.rollback()
    assert entries("updated") == []


def test_a_set_statement_cannot_pass_by_the_log(app: Flask) -> None:
    make_firm()
    with pytest.raises(RuntimeError, match="logged=True"):
        db.session.execute(update(Firm).values(address=""))
    db.session.rollback()


def test_every_table_that_hangs_on_a_firm_is_logged_or_says_why_not() -> None:
    #: Made from other rows (standing, search, kept results), or itself a record of what was done.
    derived = {
        "standing",
        "standing_title",
        "title_issue",
        "title_lapse",
        "firm_search",
        "firm_merge",
        "match_decision",
        "assessment_result",
        "assessment_stale",
        "reminder",
    }
    hanging = {
        table.name
        for table in db.metadata.tables.values()
        for key in table.constraints
        if isinstance(key, ForeignKeyConstraint) and key.referred_table.name == "firm"
    }
    assert hanging - set(LOGGED) - derived == set()


def test_a_row_without_a_number_is_named_by_its_key(app: Flask) -> None:
    from models import setting

    for value in ("paused", "on", "paused"):
        setting.change("sending", value)
        db.session.commit()
    rows = db.session.query(Change).filter_by(table_name="setting", act="updated").order_by(Change.id)
    assert [(row.row_id, row.field, row.old, row.new) for row in rows] == [
        (0, "sending", "paused", "on"),
        (0, "sending", "on", "paused"),
    ]
