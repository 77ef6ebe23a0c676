"""The threads inside every worker: one says that it lives, one finishes what lost messages left."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string

from common import clock, forks
from integrations.services import heartbeats
from shop_aftersales import timetable

log = logging.getLogger(__name__)
WORKER = "worker"
Step = Callable[..., Any]  # called with `now`


class Loop(threading.Thread):
    """Takes its steps every `every_s` seconds until told to end; no exception ends it."""

    def __init__(self, *, name: str, steps: dict[str, Step], every_s: float) -> None:
        super().__init__(name=name, daemon=True)
        self.steps = steps
        self.every_s = every_s
        self._ending = threading.Event()

    def run(self) -> None:
        while not self._ending.is_set():
            self.round()
            self._ending.wait(self.every_s)

    def round(self) -> None:
        """Every step once, over one connection; one that fails leaves the others their turn, and a fresh one."""
        with forks.gate.inside():
            for label, step in self.steps.items():
                if self._ending.is_set():
                    break
                try:
                    step(now=clock.now())
                except Exception:
                    log.exception("这一轮没有做完，下一轮再试：%s", label)
                    connections.close_all()
                forks.gate.give_way(leaving=connections.close_all)
            # No connection is kept: a pool process forked later would inherit it.
            connections.close_all()

    def end(self) -> None:
        self._ending.set()


class Sweeper:
    """The heartbeat has its own thread, so that a provider that hangs makes no worker look dead; long work too."""

    def __init__(self) -> None:
        every_s = settings.SWEEP_S
        sweeps, long, messages = (
            {name: import_string(name) for name in names}
            for names in (timetable.SWEEPS, timetable.LONG, timetable.MESSAGES)
        )
        self.loops = (
            Loop(name="heartbeat", steps={WORKER: beat}, every_s=every_s),
            Loop(name="long", steps=long, every_s=every_s),
            Loop(name="messages", steps=messages, every_s=every_s),
            Loop(name="sweep", steps=sweeps, every_s=every_s),
        )

    def start(self) -> None:
        for loop in self.loops:
            loop.start()

    def stop(self, *, within_s: float) -> None:
        for loop in self.loops:
            loop.end()
        self.loops[-1].join(timeout=within_s)


def beat(now: datetime) -> None:
    heartbeats.beat(name=WORKER, now=now)
