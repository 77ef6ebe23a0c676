"""kill -9 of pool processes and whole workers, and brokers that go away and come back empty."""

import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress

from tests.chaos.system import until

BROKER_AWAY_S = 3.0
BACK_S = 60
KINDS = (("child", 6), ("worker", 1), ("broker", 1))


class Trouble(threading.Thread):
    """So many disturbances, one every `every_s` seconds; `last` is the instant at which the last one was over."""

    def __init__(self, *, system, broker, seed, count, every_s):
        super().__init__(daemon=True)
        self.system, self.queue, self.count, self.every_s = system, broker, count, every_s
        self.luck = random.Random(f"trouble:{seed}")
        self.done, self.last, self.error = Counter(), 0.0, None

    def run(self):
        names, weights = zip(*KINDS, strict=True)
        # Each kind once, however few there are.
        plan = [*names, *self.luck.choices(names, weights, k=max(0, self.count - len(names)))]
        try:
            for name in plan:
                time.sleep(self.every_s)
                getattr(self, name)()
                self.last = time.time()
        except Exception as error:  # told by the harness
            self.error = error

    def child(self):
        self._kill(self.luck.choice(self._there(1)), "child")

    def worker(self):
        self._kill(self._there(0)[0], "worker")

    def broker(self):
        self.queue.kill()
        time.sleep(BROKER_AWAY_S)
        self.queue.start()
        self.done["broker"] += 1

    def _there(self, which):
        """Processes to kill; after a kill it takes some seconds until there are some again, and there must be."""
        return until(lambda: self.system.worker_pids()[which], seconds=BACK_S, what="no worker came back")

    def _kill(self, pid, name):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.done[name] += 1
