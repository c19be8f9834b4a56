"""The first page of an empty database, and what a production server refuses."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from config import Config, ConfigError
from crm import create_app, safety
from models import first_start
from models.base import db
from models.user import User
from tests.support.browser import Browser
from tests.support.factories import make_user

FIRST = {
    "bureau": "青禾区科技局",
    "name": "韩述",
    "email": "han@tidu.example",
    "password": "Lantern-47-river",
    "again": "Lantern-47-river",
}


def test_an_empty_database_leads_to_the_first_page(lite_browser: Browser) -> None:
    assert lite_browser.get("/").location == "/sign-in/"
    assert lite_browser.get("/sign-in/").location == "/start/"
    assert lite_browser.get("/start/").status_code == 200


def test_the_first_person_gets_an_account_to_work_with_and_three_administrators(lite_browser: Browser) -> None:
    page = lite_browser.post("/start/", data=FIRST)
    assert page.status_code == 200
    people = {user.staff_number or user.email: user for user in db.session.scalars(select(User).order_by(User.id))}
    assert {name: user.role_names for name, user in people.items()} == {
        "han@tidu.example": ["officer", "office", "manager"],
        "sysadmin": ["sysadmin"],
        "secadmin": ["secadmin"],
        "auditor": ["auditor"],
    }
    assert [user.must_change_password for user in people.values()] == [False, True, True, True]
    assert [user.last_seen_at is not None for user in people.values()] == [True, False, False, False]
    assert lite_browser.get("/").status_code == 200


def test_a_weak_first_password_makes_no_account(lite_browser: Browser) -> None:
    page = lite_browser.post("/start/", data={**FIRST, "password": "Passw0rd!", "again": "Passw0rd!"})
    assert "与常见口令相似" in page.text
    assert db.session.scalars(select(User)).all() == []


def test_the_first_page_is_gone_once_anybody_has_an_account(lite_browser: Browser) -> None:
    make_user()
    assert lite_browser.get("/start/").location == "/sign-in/"
    assert lite_browser.post("/start/", data=FIRST).location == "/sign-in/"
    assert len(db.session.scalars(select(User)).all()) == 1


@pytest.fixture
def production(lite_app: Flask) -> Flask:
    """The same database served as production; its proxy says the request came by https."""
    config = Config(
        secret_key="k" * 32,
        database_url=lite_app.config["SQLALCHEMY_DATABASE_URI"],
        instance=Path(lite_app.instance_path),
        production=True,
        behind_proxy=True,
        testing=True,
        extra={**lite_app.config["TIDU"].extra},
    )
    return create_app(config)


HTTPS = {"X-Forwarded-Proto": "https"}


def test_a_production_server_asks_for_the_code_of_its_log(production: Flask) -> None:
    browser = Browser(production)
    assert "启动码" in browser.get("/start/", headers=HTTPS).text
    assert "启动码不对" in browser.post("/start/", data={**FIRST, "token": "guess"}, headers=HTTPS).text
    good = {**FIRST, "token": first_start.token("k" * 32)}
    assert "首批账号已建" in browser.post("/start/", data=good, headers=HTTPS).text


def test_a_production_server_answers_https_only_but_for_its_supervisor(production: Flask) -> None:
    browser = Browser(production)
    assert browser.get("/sign-in/").status_code == 403
    assert browser.get("/healthz").status_code == 200
    assert (
        "Secure"
        in browser.post("/start/", data={**FIRST, "token": first_start.token("k" * 32)}, headers=HTTPS).headers[
            "Set-Cookie"
        ]
    )


def test_a_production_server_refuses_demo_accounts_and_says_how_many(production: Flask) -> None:
    make_user(is_demo=True)
    db.session.commit()
    with pytest.raises(ConfigError, match="1 个演示账号"):
        safety.refuse_unsafe_start(production)


def test_a_production_server_prints_the_code_while_there_is_no_account(
    production: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    safety.refuse_unsafe_start(production)
    assert first_start.token("k" * 32) in caplog.text
    caplog.clear()
    make_user()
    db.session.commit()
    safety.refuse_unsafe_start(production)
    assert caplog.text == ""


def test_a_production_server_refuses_a_database_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="db upgrade"):
        create_app(
            Config("k" * 32, f"sqlite:///{tmp_path / 'none.sqlite3'}", tmp_path, production=True, behind_proxy=True)
        )


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "k" * 32, "BEHIND_PROXY": "1", "FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"SECRET_KEY": "k" * 32}, "反向代理"),
    ],
)
def test_an_unsafe_environment_is_refused_by_name(environ: dict[str, str], reason: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=reason):
        Config.from_environment({"TIDU_ENV": "production", "TIDU_INSTANCE": str(tmp_path), **environ})


def test_the_demo_district_is_a_button_and_its_passwords_open(lite_browser: Browser) -> None:
    page = lite_browser.send("/start/demo")
    people = db.session.scalars(select(User).where(User.is_demo).order_by(User.id)).all()
    assert len(people) >= 5
    assert all(user.email in page.text for user in people)
    assert lite_browser.post("/start/demo").location == "/sign-in/"


def test_a_production_server_offers_no_demo(production: Flask) -> None:
    assert Browser(production).post("/start/demo", headers=HTTPS).status_code == 404
