"""A server that has just not answered is left alone for some seconds: nobody waits twice for the same dead one."""

import threading
import time
from collections.abc import Callable

QUIET_S = 5.0


class Rest:
    """Of one server, in this process; after a rest one caller tries for all."""

    def __init__(self, *, quiet_s: float = QUIET_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._quiet_s = quiet_s
        self._clock = clock
        self._until = 0.0
        self._lock = threading.Lock()

    def over(self) -> bool:
        """Whether the server may be asked now."""
        with self._lock:
            if not self._until:
                return True
            if self._clock() < self._until:
                return False
            self._until = self._clock() + self._quiet_s  # the others go on resting while this one tries
            return True

    def begin(self) -> None:
        """It did not answer."""
        with self._lock:
            self._until = self._clock() + self._quiet_s

    def end(self) -> None:
        """It answered."""
        self._until = 0.0


BROKER = Rest()  # Redis is one server to us, as broker and as cache
