"""Compare-and-set: the only lock that holds on SQLite and PostgreSQL alike."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import OperationalError, models

from common.refusals import StateMoved

TRIES = 4
DEADLOCK = "40P01"  # PostgreSQL's code
Done = TypeVar("Done")


def move(row: models.Model, *, to: str, **changes: Any) -> None:
    """Write row.state = to if nobody moved the row since it was read; StateMoved otherwise.

    The row has `state` and `version`. The instance is brought up to date.
    """
    manager = type(row)._default_manager
    moved = manager.filter(pk=row.pk, state=row.state, version=row.version).update(  # type: ignore[attr-defined]
        state=to,
        version=row.version + 1,  # type: ignore[attr-defined]
        **changes,
    )
    if moved != 1:
        raise StateMoved()
    row.state = to  # type: ignore[attr-defined]
    row.version += 1  # type: ignore[attr-defined]
    for name, value in changes.items():
        setattr(row, name, value)


def deadlocked(error: OperationalError) -> bool:
    """PostgreSQL chose this transaction to give way; nothing of it was kept, so it may simply be made again."""
    return getattr(error.__cause__, "pgcode", None) == DEADLOCK


def again_on_deadlock(step: Callable[[], Done]) -> Done:
    """Make the step, a whole transaction, again where it had to give way to another.

    A claim holds its line and calls back intents; the kernel holds an intent and books on its line.
    """
    for _ in range(TRIES - 1):
        try:
            return step()
        except OperationalError as error:
            if not deadlocked(error):
                raise
    return step()
