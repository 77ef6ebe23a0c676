"""Compare-and-set: the only lock that holds on SQLite and PostgreSQL alike."""

from typing import Any

from django.db import models

from common.refusals import StateMoved


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
