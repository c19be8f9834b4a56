"""A signed-in person in front of the application, without a network."""

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from models import clock
from models.base import db
from models.user import User
from models.user_session import UserSession
from tests.support.page import Page


class Browser:
    """Opens pages through the test client; rolls back after each request, so that a forgotten commit shows."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def sign_in(self, user: User) -> "Browser":
        """Be this person from now on."""
        now = clock.now()
        _, token = UserSession.begin(user, now)
        db.session.commit()
        with self.client.session_transaction() as session:
            session.clear()
            session["_user_id"] = user.fs_uniquifier
            session["_fresh"] = True
            session["sid"] = token
            session["seen"] = int(now.timestamp())
        return self

    def get(self, url: str, **kwargs: Any) -> TestResponse:
        """The raw answer to a GET."""
        return self._call("get", url, **kwargs)

    def post(self, url: str, **kwargs: Any) -> TestResponse:
        """The raw answer to a POST."""
        return self._call("post", url, **kwargs)

    def open(self, url: str, status: int = 200, **kwargs: Any) -> Page:
        """The page at this address, checked for what every page owes; redirects are followed."""
        return self._read(self.get(url, follow_redirects=True, **kwargs), status)

    def send(self, url: str, data: dict[str, Any] | None = None, status: int = 200, **kwargs: Any) -> Page:
        """The page after a form was sent; redirects are followed."""
        return self._read(self.post(url, data=data or {}, follow_redirects=True, **kwargs), status)

    @staticmethod
    def _read(response: TestResponse, status: int) -> Page:
        page = Page(response)
        assert page.status == status, f"{page.address} answered {page.status}: {page.text[:300]}"
        assert page.faults() == [], f"{page.address}: {page.faults()}"
        return page

    def ask(self, method: str, url: str, **kwargs: Any) -> TestResponse:
        """The raw answer to a request by any method."""
        return self._call(method.lower(), url, **kwargs)

    def _call(self, method: str, url: str, **kwargs: Any) -> TestResponse:
        db.session.commit()
        # A context of its own, as a server gives each request: nothing of the one before is remembered in `g`.
        with self.app.app_context():
            response: TestResponse = getattr(self.client, method)(url, **kwargs)
        # The test client lets any header pass; a server can only send these characters.
        for _, value in response.headers:
            value.encode("latin-1")
        db.session.rollback()
        db.session.expire_all()
        return response
