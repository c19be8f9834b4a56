"""A phone's queue without the phone: sends visits until each has its receipt, whatever happens on the way. And a
network that does what bad networks do."""

import hashlib
import http.client
import json
import random
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from uuid import UUID

from PIL import Image

from tests.benchmarks.clients import Client

#: What a connection that breaks raises.
BROKEN = (OSError, http.client.HTTPException)
LOGIN_PAGE = "<!doctype html><html><title>Wi-Fi 登录</title><h1>欢迎使用免费无线网</h1></html>".encode()


class Queue:
    """One person's unsent visits. `receipts` holds what came back: UUID → receipt."""

    def __init__(self, port: int, cookie: str, firm_ids: list[int], day: str, seed: int) -> None:
        self.port, self.cookie, self.firm_ids, self.day = port, cookie, firm_ids, day
        self.chance = random.Random(seed)
        self.token = ""
        self.receipts: dict[str, dict[str, Any]] = {}
        self.bodies: dict[str, dict[str, Any]] = {}
        self.photos: dict[str, bytes] = {}
        self.happened: Counter[str] = Counter()

    def type(self, number: int) -> str:
        """Write one visit down, every third with a photo; returns its UUID."""
        uuid = str(UUID(int=self.chance.getrandbits(128), version=4))
        body: dict[str, Any] = {
            "firm_id": self.chance.choice(self.firm_ids), "visit_on": self.day, "text": f"第 {number} 次 {uuid}",
            "demands": [{"words": f"要人 {number}"}], "promises": [{"words": "下周答复", "due_on": self.day}],
        }  # fmt: skip
        if number % 3 == 0:
            out = BytesIO()
            Image.new("RGB", (64, 48), (number % 256, 90, 90)).save(out, "JPEG", comment=uuid.encode())
            self.photos[uuid] = out.getvalue()
            body["photos"] = [{"sha256": hashlib.sha256(out.getvalue()).hexdigest()}]
        self.bodies[uuid] = body
        return uuid

    def send(self, uuid: str, until: float) -> None:
        """Send a visit, and its photo, until the server's receipt is held. Raises TimeoutError when time is over."""
        data = json.dumps(self.bodies[uuid], ensure_ascii=False).encode()
        while uuid not in self.receipts:
            answer = self._put(f"/api/visits/{uuid}", data, "application/json", until)
            if answer and answer.get("heard_sha256") == hashlib.sha256(data).hexdigest():
                self.receipts[uuid] = answer["receipt"]
        if uuid in self.photos:
            photo = self.photos[uuid]
            sha256 = hashlib.sha256(photo).hexdigest()
            while not self._put(f"/api/visits/{uuid}/photos/{sha256}", photo, "image/jpeg", until):
                pass

    def _put(self, path: str, data: bytes, kind: str, until: float) -> dict[str, Any] | None:
        """The server's answer when it is one: 200 or 201, JSON, marked; None for anything else."""
        if time.monotonic() > until:
            raise TimeoutError(f"{path} was not taken: {self.happened}")
        try:
            if not self.token:
                fresh = self._ask("GET", "/api/csrf", b"", "")
                self.token = fresh["csrf_token"] if fresh else ""
                if not self.token:
                    return None
            return self._ask("PUT", path, data, kind)
        except BROKEN as error:
            self.happened[type(error).__name__] += 1
            time.sleep(0.05)
            return None

    def _ask(self, method: str, path: str, data: bytes, kind: str) -> dict[str, Any] | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookie, "X-CSRFToken": self.token}
        if method == "PUT":
            headers["Content-Type"] = kind
        try:
            connection.request(method, path, data or None, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and value.startswith("tidu="):
                self.cookie = value.split(";")[0]
        self.happened[f"{method} {answer.status}"] += 1
        if answer.status == 400:
            self.token = ""
        if answer.status not in (200, 201):
            return None
        try:
            found = json.loads(text)
        except ValueError:
            self.happened["a page instead of an answer"] += 1
            return None
        return found if isinstance(found, dict) and found.get("app") == "tidu" else None


def cookie_of(port: int, login: tuple[str, str]) -> str:
    """The cookie of a person who signed in."""
    return Client(port).sign_in(*login).cookie


class BadNetwork:
    """A proxy before the server: one request in `often` goes wrong in one of four ways."""

    WAYS = ("log-in page", "answer cut", "repeated", "request cut")

    def __init__(self, upstream: int, seed: int, often: float = 0.4) -> None:
        self.happened: Counter[str] = Counter()
        chance, lock, network = random.Random(seed), threading.Lock(), self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with lock:
                    way = chance.choice(network.WAYS) if chance.random() < often else "passed on"
                    network.happened[way] += 1
                if way == "log-in page":
                    self.reply(200, "text/html; charset=utf-8", LOGIN_PAGE, [])
                    return
                if way == "request cut":
                    self.forward(data[: len(data) // 2], cut=True)
                    return
                status, kind, text, cookies = self.forward(data)
                if way == "repeated":
                    status, kind, text, cookies = self.forward(data)
                if way != "answer cut":
                    self.reply(status, kind, text, cookies)

            do_GET = do_PUT = do_POST = answer

            def forward(self, data: bytes, cut: bool = False) -> tuple[int, str, bytes, list[str]]:
                connection = http.client.HTTPConnection("127.0.0.1", upstream, timeout=60)
                headers = {k: v for k, v in self.headers.items() if k.lower() not in ("connection", "content-length")}
                length = int(self.headers.get("Content-Length", 0))
                if cut and length:
                    # The head promises more than comes: the line broke in the middle.
                    connection.putrequest(self.command, self.path)
                    for name, value in {**headers, "Content-Length": str(length)}.items():
                        if name.lower() != "host":
                            connection.putheader(name, value)
                    connection.endheaders(data)
                    connection.close()
                    return 0, "", b"", []
                connection.request(self.command, self.path, data or None, headers)
                answer = connection.getresponse()
                found = answer.read()
                cookies = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
                connection.close()
                return answer.status, answer.getheader("Content-Type", ""), found, cookies

            def reply(self, status: int, kind: str, text: bytes, cookies: list[str]) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text)))
                for cookie in cookies:
                    self.send_header("Set-Cookie", cookie)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args: Any) -> None:
                pass

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except BROKEN:
                    self.close_connection = True

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Take it away."""
        self.server.shutdown()
        self.server.server_close()
