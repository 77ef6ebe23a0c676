"""From what was counted of interactions to the facts of the effect guarantee. §4."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from compensation.rules.facts import Facts
from compensation.rules.lines import Grant, Line


def read(
    base: Facts,
    line: Line,
    *,
    measured: tuple[datetime, int] | None,
    packs: tuple[Grant, ...],
    rounds: int,
    due: bool,
) -> Facts:
    """`measured`: (when, interactions since the baseline); `pending`: pack units that this look can't show yet."""
    return replace(
        base,
        delivered=line.delivered or 0,
        interactions=measured[1] if measured else 0,
        pending=sum(pack.pending_at(measured[0]) for pack in packs) if measured else 0,
        effect_round=rounds,
        effect_due=due,
        measurable=measured is not None and line.delivered is not None,
    )
