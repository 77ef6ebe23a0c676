"""The Celery application; every worker also sweeps, so that nothing waits for a message that was lost."""

import logging
import os
import signal
from typing import Any

from celery import Celery, bootsteps
from celery.signals import worker_process_init, worker_shutdown

from shop_aftersales import file_broker, timetable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_aftersales.settings")

file_broker.install()
app = Celery("shop_aftersales")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = timetable.BEAT
app.conf.broker_connection_max_retries = None  # the sweep works meanwhile
app.conf.result_expires = None  # no results are kept, so beat needs no clean-up of them
app.conf.worker_enable_remote_control = False  # /readyz/ reads a heartbeat row instead


class Sweeping(bootsteps.StartStopStep):
    """Starts when the pool has forked, before the broker is asked: a worker without a broker sweeps too."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.sweeper: Any = None

    def start(self, parent: Any) -> None:
        from shop_aftersales.sweeper import Sweeper  # needs the applications loaded

        self.sweeper = Sweeper()
        self.sweeper.start()

    def stop(self, parent: Any) -> None:
        if self.sweeper:
            self.sweeper.stop(within_s=3)

    terminate = stop


class ShortWaits(bootsteps.StartStopStep):
    """Without an event loop (file broker) Celery waits twice 2 s before it stops; honcho kills after 5."""

    requires = ("celery.worker.consumer.connection:Connection",)

    def start(self, parent: Any) -> None:
        drain = parent.connection.drain_events
        parent.connection.drain_events = lambda timeout=None: drain(timeout=min(timeout or 0.3, 0.3))


app.steps["worker"].add(Sweeping)
app.steps["consumer"].add(ShortWaits)


@worker_process_init.connect
def finish_the_task(**_: Any) -> None:
    """TERM reaches the whole process group; the worker tells its pool itself when the last task is done."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


@worker_shutdown.connect
def leave_at_once(sender: Any, **_: Any) -> None:
    """Nothing runs any more; taking the idle pool apart would cost another second."""
    logging.shutdown()
    os._exit(sender.exitcode or 0)
