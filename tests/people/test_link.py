"""Links: one secret, one thing, for one person; refused ones all look alike and are logged."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from models.base import db
from models.link import Link, LinkOpening, LinkRefused, list_openings, open_link, use_link
from tests.support.factories import make_user

AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def make(**changes: object) -> tuple[Link, str]:
    user = make_user()
    return Link.make("calendar", "user", user.id, at=AT, by=user, user_id=user.id, **changes)  # type: ignore[arg-type]


def test_the_secret_is_not_kept(app: Flask) -> None:
    link, token = make()
    assert token not in str(vars(link)) and len(token) > 40
    assert open_link(token, "calendar", AT).id == link.id


@pytest.mark.parametrize(
    "expires, at, opens",
    [(None, AT + timedelta(days=4000), True), (AT, AT - SECOND, True), (AT, AT, False), (AT, AT + SECOND, False)],
)
def test_it_ends_at_its_moment(app: Flask, expires: datetime | None, at: datetime, opens: bool) -> None:
    _, token = make(expires_at=expires)
    if opens:
        open_link(token, "calendar", at)
        return
    for way in (open_link, use_link):
        with pytest.raises(LinkRefused):
            way(token, "calendar", at)


@pytest.mark.parametrize("wrong", ["", "x" * 43, "short", "x" * 5000])
def test_a_wrong_secret_opens_nothing_and_is_logged_without_a_link(app: Flask, wrong: str) -> None:
    make()
    with pytest.raises(LinkRefused):
        open_link(wrong, "calendar", AT, "10.0.0.9")
    logged = db.session.query(LinkOpening).one()
    assert (logged.link_id, logged.outcome, logged.address) == (None, "refused", "10.0.0.9")


def test_another_purpose_does_not_open_it(app: Flask) -> None:
    _, token = make()
    with pytest.raises(LinkRefused):
        open_link(token, "issue", AT)


def test_showing_spends_nothing_acting_does(app: Flask) -> None:
    link, token = make(uses=2)
    for _ in range(3):
        open_link(token, "calendar", AT)
    use_link(token, "calendar", AT)
    assert link.uses_left == 1
    use_link(token, "calendar", AT)
    for way in (open_link, use_link):
        with pytest.raises(LinkRefused):
            way(token, "calendar", AT)
    assert [one.outcome for one in list_openings(link)] == ["refused", "refused", "acted", "acted"] + ["shown"] * 3


def test_a_revoked_link_keeps_its_moment(app: Flask) -> None:
    link, token = make(uses=5)
    link.revoke(AT)
    link.revoke(AT + SECOND)
    assert link.revoked_at == AT
    db.session.flush()
    with pytest.raises(LinkRefused):
        use_link(token, "calendar", AT)
    assert link.uses_left == 5
    assert [one.id for one in Link.list_for("user", link.subject_id)] == [link.id]


def test_a_purpose_must_be_declared(app: Flask) -> None:
    with pytest.raises(KeyError):
        Link.make("anything", "user", 1, at=AT, by=None)
