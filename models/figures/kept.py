"""Counts of a scope, kept until the index they were counted from changes.

They depend on the index (named by its rebuilds) and on which firms are in scope (named by their ids), and on nothing
else. The state of the index is read before counting, so a kept count can be newer than its label, never older.
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


def kept(question: tuple[Any, ...], count: Callable[[], T], still_so: Callable[[], bool] = lambda: True) -> T:
    """The answer to a question about the index: kept, or counted now. One statement when it was kept."""
    key = (str(db.engine.url), standing.state(), question)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            answer: T = _kept[key]
            return answer
    answer = count()
    if not still_so():
        return answer  # a firm changed its place while we counted: right now, but not to be kept
    with _lock:
        _kept[key] = answer
        while len(_kept) > ROOM:
            _kept.popitem(last=False)
    return answer
