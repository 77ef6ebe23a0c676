"""Time that is passed in, and goes on while a slow call runs."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta


def running_from(now: datetime) -> Callable[[], datetime]:
    """A clock that starts at `now`: leases written after a slow call must not start in the past."""
    started = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - started)
