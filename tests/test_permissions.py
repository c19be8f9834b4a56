"""Two walks over the routes: no view without a mark, and every role on every route."""

import pytest
from flask import Flask

from models.rules.access import ROLES
from tests.support.browser import Browser
from tests.support.factories import make_user
from tests.support.routes import every_route


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
        if permission is not None and lite_browser.ask(method, url).status_code != 302
    ]
    assert let_in == []
