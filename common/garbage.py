"""Python's collector of circles rests while many plain rows are made: it would look at each, and finds none."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# A process that is forked meanwhile never comes to the end at which it would be started again.
os.register_at_fork(after_in_child=gc.enable)


def at_rest(work: Callable[P, T]) -> Callable[P, T]:
    """Whoever stopped it starts it again; where two threads do this at once, the first one's end ends it for both."""

    @wraps(work)
    def rested(*given: P.args, **named: P.kwargs) -> T:
        if not gc.isenabled():
            return work(*given, **named)
        gc.disable()
        try:
            return work(*given, **named)
        finally:
            gc.enable()

    return rested
