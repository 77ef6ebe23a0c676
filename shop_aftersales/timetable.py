"""What runs by itself: the sweeps of every worker, and what Celery beat wakes up."""

from typing import Any

# Called with the instant every SWEEP_S seconds in every worker, with the broker absent too.
SWEEPS = (
    "shop_aftersales.restored.notice",  # before anything is sent from a database that has gone back
    "integrations.services.sweep.loop_once",
    "tickets.services.waiting.run_due",
    "evidence.services.sealing.seal_due",
)
# The same in a thread of its own: reading a large workbook takes a minute, and nothing due may wait for it.
LONG = (
    "shop_aftersales.restored.recover",
    "compensation.services.imports.run_due",
    "compensation.services.backtest_runs.run_due",
    "compensation.services.units.run_due",  # a supplier that hangs holds up nothing that is owed
)

# Beat writes these into the database at start, by name: starting twice changes nothing.
BEAT: dict[str, dict[str, Any]] = {
    "reconcile": {"task": "integrations.reconcile", "schedule": 300.0, "options": {"expire_seconds": 300}},
    "sweep": {"task": "integrations.sweep", "schedule": 60.0, "options": {"expire_seconds": 60}},
    "purge": {"task": "accounts.purge", "schedule": 3600.0, "options": {"expire_seconds": 3600}},
}
