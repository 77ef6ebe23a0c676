"""A process that is forked as a pool process is, and dies by kill -9 at a step."""

import os
import signal
from typing import Any

from django.db import connections

_INHERITED: list[Any] = []


def killed(module, name, *, after, work, finish=lambda made: None):
    """`work` in a process that dies right before, or after, it calls that name; `finish` ends what the call made."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        _let_go()
        step = getattr(module, name)

        def die(*given, **named):
            if after:
                finish(step(*given, **named))
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(module, name, die)
        try:
            work()
        finally:
            os._exit(0)  # it was to die before
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL


def _let_go():
    """Beside a browser's event loop Django keeps other connections of a thread than without one, and a child has none:
    what it finds open is the parent's, and what it began there would stay open when it is dead."""
    for connection in connections.all(initialized_only=True):
        _INHERITED.append(connection.connection)  # kept: its end would be told to the server
        connection.connection = None
