"""Walks over the routes: every view marked, every role on every route, no GET that writes, no POST without a token."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from config import Config
from crm import create_app
from models.all import db
from models.assessment import kept
from models.rules.access import ROLES
from tests.support.browser import Browser
from tests.support.factories import make_user
from tests.support.routes import every_route

#: What the page says of a form whose token is missing or wrong.
TOO_OLD = "这一页放得太久或已重新登录"

#: Tables a GET may write to: the trail of an export, the session of the person, the log of a secret address;
#: and kept results, an index that is brought up to date when somebody looks (docs/decisions/0049).
BOOKKEEPING = {"audit_entry", "user_session", "link_opening"} | {table.__tablename__ for table in kept.TABLES}


def test_every_view_says_who_may_use_it(lite_app: Flask) -> None:
    unmarked = [
        rule.endpoint
        for rule in lite_app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(lite_app.view_functions[rule.endpoint], "permission")
    ]
    assert unmarked == []


def test_a_view_without_a_mark_is_refused(lite_app: Flask) -> None:
    lite_app.view_functions["forgotten"] = lambda: "secret"
    rule = lite_app.url_rule_class("/forgotten", endpoint="forgotten", methods={"GET"})
    lite_app.url_map.add(rule)
    try:
        assert lite_app.test_client().get("/forgotten").status_code == 403
    finally:
        del lite_app.view_functions["forgotten"]
        lite_app.url_map._rules.remove(rule)
        lite_app.url_map._rules_by_endpoint.pop("forgotten")


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_stopped_exactly_where_its_permissions_end(role: str, lite_browser: Browser) -> None:
    user = make_user(role=role, area="青禾街道" if role == "town" else None)
    wrong = []
    for method, url, permission in every_route(lite_browser.app):
        if permission is None:
            continue
        lite_browser.sign_in(user)  # signing out is a route too
        stopped = lite_browser.ask(method, url).status_code == 403
        if stopped != (permission not in ROLES[role]):
            wrong.append(f"{role} {method} {url} {'stopped' if stopped else 'let in'}")
    assert wrong == []


def test_nobody_gets_in_without_signing_in(lite_browser: Browser) -> None:
    let_in = [
        f"{method} {url}"
        for method, url, permission in every_route(lite_browser.app)
        if permission is not None and lite_browser.ask(method, url).status_code != (401 if "/api/" in url else 302)
    ]
    assert let_in == []


def test_an_account_without_a_role_reaches_nothing_but_itself(lite_browser: Browser) -> None:
    user = make_user(role=())
    let_in = []
    for method, url, permission in every_route(lite_browser.app):
        lite_browser.sign_in(user)
        if permission not in (None, "self") and lite_browser.ask(method, url).status_code != 403:
            let_in.append(f"{method} {url}")
    assert let_in == []


def contents() -> dict[str, list[object]]:
    """Every row of every table that a GET must leave as it is."""
    return {
        name: [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key.columns))]
        for name, table in db.metadata.tables.items()
        if name not in BOOKKEEPING
    }


@pytest.mark.slow
def test_a_get_changes_no_row(lite_browser: Browser) -> None:
    holders = {name: make_user(role=name, area="青禾街道" if name == "town" else None) for name in ROLES}
    changed = []
    for method, url, permission in every_route(lite_browser.app):
        if method != "GET":
            continue
        for name in [role for role in ROLES if permission is None or permission in ROLES[role]][:2]:
            lite_browser.sign_in(holders[name])
            before = contents()
            lite_browser.get(url)
            changed += [
                f"{name} GET {url} changed {table}" for table, rows in contents().items() if rows != before[table]
            ]
    assert changed == []


@pytest.fixture
def guarded(lite_app: Flask) -> Iterator[Browser]:
    """The same database behind an application that asks for tokens, as it does outside of tests."""
    config: Config = lite_app.config["TIDU"]
    extra = {key: value for key, value in config.extra.items() if key != "WTF_CSRF_ENABLED"}
    app = create_app(
        Config(
            secret_key=config.secret_key,
            database_url=config.database_url,
            instance=Path(config.instance),
            testing=True,
            contact_key=config.contact_key,
            extra=extra,
        )
    )
    yield Browser(app)
    with app.app_context():
        db.engine.dispose()


@pytest.mark.slow
def test_no_form_is_taken_without_its_token(guarded: Browser) -> None:
    holders = {name: make_user(role=name, area="青禾街道" if name == "town" else None) for name in ROLES}
    taken, refused = [], []
    for method, url, permission in every_route(guarded.app):
        if method == "GET":
            continue
        role = next(name for name in ROLES if permission is None or permission in ROLES[name])
        guarded.sign_in(holders[role])
        if TOO_OLD.encode() not in guarded.ask(method, url).data:
            taken.append(f"{role} {method} {url}")
        token = guarded.get("/account/").text.split('name="csrf-token" content="')[1].split('"')[0]
        if TOO_OLD.encode() in guarded.ask(method, url, headers={"X-CSRFToken": token}).data:
            refused.append(f"{role} {method} {url}")
    assert (taken, refused) == ([], [])
