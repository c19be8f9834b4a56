"""People in front of the pages: one or eight at once, each with a connection and a session of its own."""

import http.client
import json
import re
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass(frozen=True)
class Times:
    """Seconds that answers took, and what each cost: statements (as the server says) and seconds of processor."""

    seconds: Sequence[float]
    statements: int = 0
    cpu: float = 0.0

    @property
    def median(self) -> float:
        """In milliseconds."""
        return statistics.median(self.seconds) * 1000

    @property
    def p95(self) -> float:
        """In milliseconds."""
        return sorted(self.seconds)[max(0, -(-len(self.seconds) * 95 // 100) - 1)] * 1000


class Client:
    """One person's browser: a connection that stays open, a cookie, a token."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookie = ""
        self.token = ""
        #: What the last answer cost the server, when it says so.
        self.statements = 0

    def sign_in(self, login: str, password: str) -> "Client":
        """Come in as a person does; raises when the password is not taken."""
        self.token = self._token_of(self.get("/sign-in/"))
        self.send("/sign-in/", {"login": login, "password": password}, expect=302)
        self.token = self._token_of(self.get("/firms/"))
        return self

    def get(self, path: str) -> str:
        """The page at a path; raises unless it answers 200."""
        return self._ask("GET", path, None, 200)

    def send(self, path: str, fields: dict[str, str], expect: int | None = None) -> str:
        """The answer to a form; raises when it is refused."""
        body = urlencode({**fields, "csrf_token": self.token})
        return self._ask("POST", path, body, expect, {"Content-Type": "application/x-www-form-urlencoded"})

    def put(self, path: str, body: Any) -> str:
        """The answer to what a phone sends; raises unless it was new."""
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.token}
        return self._ask("PUT", path, json.dumps(body), 201, headers)

    def _ask(self, method: str, path: str, body: str | None, expect: int | None, headers: Any = ()) -> str:
        headers = {**dict(headers), **({"Cookie": self.cookie} if self.cookie else {})}
        for attempt in (1, 2):
            try:
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                break
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # A server closes an idle connection now and then; a browser opens another.
                self.connection.close()
                if attempt == 2:
                    raise
        text = answer.read().decode()
        self.statements = int(answer.getheader("X-Statements", "0"))
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and value.startswith("tidu="):
                self.cookie = value.split(";")[0]
        good = (200, 302) if expect is None else (expect,)
        if answer.status not in good:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {text[:300]}")
        return text

    @staticmethod
    def _token_of(page: str) -> str:
        found = TOKEN.search(page)
        if found is None:
            raise RuntimeError("no token in the page")
        return found[1]


Act = Callable[[Client, int], object]


def measure(clients: Sequence[Client], act: Act, rounds: int, cpu: Callable[[], float] = float) -> Times:
    """How long each of `rounds` acts took, shared among the clients, who act at the same time.

    The first few of each client warm the server up and do not count. `cpu` tells the seconds of processor the server
    has used so far.
    """
    seconds: list[float] = []
    statements: list[int] = []
    wrong: list[BaseException] = []
    used: list[float] = []
    start = threading.Barrier(len(clients), lambda: used.append(cpu()))
    each = max(1, rounds // len(clients))

    def run(place: int, client: Client) -> None:
        try:
            for number in range(3):
                act(client, place + number)
            start.wait()
            for number in range(each):
                begun = time.perf_counter()
                act(client, place * each + number)
                seconds.append(time.perf_counter() - begun)
                statements.append(client.statements)
        except BaseException as error:
            wrong.append(error)
            start.abort()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    return Times(seconds, max(statements), (cpu() - used[0]) / len(seconds))
