"""Counts of the whole district, kept until the index they were counted from changes.

Only the unfiltered question of somebody who sees every firm is kept: it is the board's first page and the dearest one.
A count is kept together with the state of the index that was read before it was taken, so it can be newer than its
label, never older.
"""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from models import standing
from models.base import db

#: Answers kept per process: a board asks for about one per date.
ROOM = 64
T = TypeVar("T")

_kept: OrderedDict[Any, Any] = OrderedDict()
_lock = Lock()


def kept(question: tuple[Any, ...], count: Callable[[], T]) -> T:
    """The answer to a question about all firms: kept, or counted now. One statement when it was kept."""
    key = (str(db.engine.url), standing.state(), question)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            answer: T = _kept[key]
            return answer
    answer = count()
    with _lock:
        _kept[key] = answer
        while len(_kept) > ROOM:
            _kept.popitem(last=False)
    return answer
