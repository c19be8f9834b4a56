"""A robot of a group on a free port of this machine: keeps what it is told, and can misbehave in the ways robots do."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Told:
    """What the robot was told, and how it is to answer."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.status = 200
        self.answer: Any = {"errcode": 0, "errmsg": "ok"}
        #: Hang up without a word after everything was read; wait so long before answering.
        self.silent = False
        self.hang = 0.0
        self.location = ""


@contextmanager
def robot() -> Iterator[tuple[Told, str]]:
    """A robot: what it was told, and its address."""
    told = Told()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.paths.append(self.path)
            told.bodies.append(json.loads(body))
            if told.hang:
                time.sleep(told.hang)
            if told.silent:
                self.connection.close()
                return
            data = told.answer if isinstance(told.answer, bytes) else json.dumps(told.answer).encode()
            self.send_response(told.status)
            if told.location:
                self.send_header("Location", told.location)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told, f"http://127.0.0.1:{server.server_address[1]}/send?key=secret-of-the-group"
    finally:
        server.shutdown()
        server.server_close()
