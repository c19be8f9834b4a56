"""How the bare routes ask: one open connection for each thread."""

import os
import threading
from typing import Any

import psycopg
from psycopg.rows import dict_row

_own = threading.local()


def connection() -> psycopg.Connection[dict[str, Any]]:
    """The connection of this thread."""
    if not hasattr(_own, "connection"):
        url = os.environ["DATABASE_URL"].replace("+psycopg", "")
        _own.connection = psycopg.connect(url, row_factory=dict_row)
    found: psycopg.Connection[dict[str, Any]] = _own.connection
    return found


def ask(query: str, **values: Any) -> list[dict[str, Any]]:
    """All rows of one statement."""
    return connection().execute(query, values or None).fetchall()
