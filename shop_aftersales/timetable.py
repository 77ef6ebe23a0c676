"""What runs by itself: the sweeps of every worker, and what Celery beat wakes up."""

from typing import Any

from celery.schedules import crontab

# Called with the instant every SWEEP_S seconds in every worker, with the broker absent too.
SWEEPS = (
    "shop_aftersales.restored.notice",  # before anything is sent from a database that has gone back
    "integrations.services.sweep.loop_once",
    "tickets.services.waiting.run_due",
    "evidence.services.sealing.seal_due",
)
# Messages to buyers in a thread of their own: a service that hangs holds up nothing that is owed.
MESSAGES = ("integrations.services.message_batches.run_due",)
# The same in a thread of its own: reading a large workbook takes a minute, and nothing due may wait for it.
LONG = (
    "shop_aftersales.restored.recover",
    "compensation.services.imports.run_due",
    "compensation.services.backtest_runs.run_due",
    "watch.services.looking.run_due",
    "watch.services.effects.run_due",
    "watch.services.earning.run_due",
    "watch.services.reporting.run_due",
    "watch.services.health.run_due",
    "watch.services.retention.run_due",
    "ledger.services.fund_days.run_due",
    "developers.services.fund.paying.run_due",
    "developers.services.recalls.working.run_due",
    "developers.services.credit.run_due",
    "developers.services.defects.working.run_due",
    "developers.services.figures.following.run_due",
    "compensation.services.units.run_due",  # a supplier that hangs holds up nothing that is owed
)

# Beat writes these into the database at start, by name: starting twice changes nothing.
BEAT: dict[str, dict[str, Any]] = {
    "reconcile": {"task": "integrations.reconcile", "schedule": 300.0, "options": {"expire_seconds": 300}},
    "sweep": {"task": "integrations.sweep", "schedule": 60.0, "options": {"expire_seconds": 60}},
    "watch": {"task": "watch.look", "schedule": 60.0, "options": {"expire_seconds": 60}},
    # Two in the morning of the first in Shanghai is 18:00 UTC of the last day; on other days nothing is due. What a
    # lost beat left, and what waits for the day, the sweep does.
    "report": {
        "task": "watch.report",
        "schedule": crontab(minute="0", hour="18", day_of_month="28-31"),
        "options": {"expire_seconds": 3600},
    },
    "credit": {
        "task": "developers.credit",
        "schedule": crontab(minute="0", hour="18", day_of_month="28-31"),
        "options": {"expire_seconds": 3600},
    },
    # Approving one wakes the worker at once; a large one goes on with this, and what a lost beat left the sweep does.
    "recall": {"task": "developers.recall", "schedule": 60.0, "options": {"expire_seconds": 60}},
    "prune": {"task": "watch.prune", "schedule": 3600.0, "options": {"expire_seconds": 3600}},
    "purge": {"task": "accounts.purge", "schedule": 3600.0, "options": {"expire_seconds": 3600}},
}
