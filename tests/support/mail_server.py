"""A real SMTP server in the test process: keeps what it is given, and can misbehave in the ways servers do."""

import asyncio
import email
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Taken:
    """What the server accepted, and what it is to answer instead."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.secure: list[bool] = []
        #: Answers to RCPT and DATA; empty: accept.
        self.rcpt = self.data = ""
        #: After DATA: take it and hang up without a word, or without taking it wait so long.
        self.drop_after_data = False
        self.hang = 0.0
        #: Called with each mail before the answer.
        self.on_mail: Callable[[], None] | None = None

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.hang:
            await asyncio.sleep(self.hang)
        if self.data:
            return self.data
        assert isinstance(envelope.content, bytes)
        parsed = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        self.secure.append(server.transport is not None and server.transport.get_extra_info("ssl_object") is not None)
        if self.on_mail:
            self.on_mail()
        if self.drop_after_data:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 OK"


def _login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    good = (b"tidu@bureau.example", b"p/w@1")
    matches = isinstance(data, LoginPassword) and (data.login, data.password) == good
    return AuthResult(success=matches, handled=matches)


@contextmanager
def serving(**options: Any) -> Iterator[tuple[Taken, int]]:
    """A server on a free port of this machine: what it took, and the port. `options` are those of aiosmtpd's SMTP."""
    taken = Taken()
    if options.pop("login", False):
        options.update(authenticator=_login, auth_required=True, auth_require_tls=False)
    with socket.socket() as probe:
        # The controller calls itself to see whether it listens, so it must know its port.
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(taken, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield taken, port
    finally:
        controller.stop()
