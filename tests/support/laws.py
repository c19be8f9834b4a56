"""How laws are tried on random cases: always on the same ones in `make test` and `make proof`, so that what was checked
once stays checked and no release meets a case that nobody has seen; on new ones each time in `make explore`."""

import os
from typing import Any

from hypothesis import Phase, settings

#: So many times as many cases, new ones each time; `make explore` sets it.
EXPLORE = "TIDU_EXPLORE"


def begin() -> None:
    """Let every law of this run be tried so; before any of them is read."""
    settings.register_profile("same", derandomize=True, database=None, deadline=None, print_blob=True)
    settings.register_profile("new", settings.get_profile("same"), derandomize=False)
    settings.load_profile("new" if EXPLORE in os.environ else "same")


def law(cases: int, *, smaller: bool = True, **more: Any) -> settings:
    """A law tried on so many cases, in `make explore` on so many times as many. `smaller`: a case that fails is made
    smaller, which takes a thousand tries more."""
    phases = list(Phase) if smaller else [Phase.explicit, Phase.generate]
    return settings(max_examples=max(1, round(cases * float(os.environ.get(EXPLORE, "1")))), phases=phases, **more)
