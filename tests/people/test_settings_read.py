"""Settings read with the session are not asked again, and never outlive a change."""

import pytest
from flask import Flask
from sqlalchemy import select

from models import setting
from models.base import db
from models.setting import Setting
from tests.support.statements import statements


def test_what_was_read_is_not_asked_again(app: Flask) -> None:
    db.session.execute(select(1))
    setting.remember({"lock_after": "7", "bureau_name": None})
    with statements() as sent:
        assert (setting.get("lock_after"), setting.get("bureau_name")) == ("7", "区科技局")
    assert sent == []


@pytest.mark.parametrize("way", ["change", "row", "commit", "rollback"])
def test_what_was_read_is_forgotten_with_its_transaction_or_a_change(app: Flask, way: str) -> None:
    db.session.execute(select(1))
    setting.remember({"lock_after": "7"})
    if way == "change":
        setting.change("lock_after", "9")
    elif way == "row":
        db.session.add(Setting(key="lock_after", value="9"))
        db.session.flush()
    else:
        getattr(db.session, way)()
    assert setting.get("lock_after") == ("9" if way in ("change", "row") else "5")
