"""Which of many lines may deserve a warning: read by the hundred, decided one by one by whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from compensation.queries import bind, policy_version, read_together
from compensation.rules import drops, lines
from compensation.rules.facts import Facts

if TYPE_CHECKING:
    from orders.models import Order


def falling(*, orders: Sequence[Order], now: datetime) -> list[Order]:
    """Of these metered lines those that lost more than the warning line of the policy that binds them.

    `read_together` says what they come with; each learns which version that is (`bound_to`).
    """
    bind(some=orders, now=now)
    return [order for order, line in read_together(orders) if _lost_enough(order, line)]


def _lost_enough(order: Order, line: lines.Line) -> bool:
    policy = policy_version(order.policy_code, order.bound_to)  # type: ignore[attr-defined]
    base = Facts(reason="drop", ordered=order.quantity, paid_fen=order.paid_fen)
    for look, window in ((line.inside_look(), "inside"), (line.newest, "warranty")):
        facts = lines.counted(base, line, look, window)
        if not facts.measurable:
            continue
        restored = facts.restored if window == "inside" else 0
        lost = drops.loss(
            delivered=facts.delivered, present=facts.present, pending=facts.pending, restored=restored
        )
        if drops.warrants_warning(base=facts.delivered, loss=lost, policy=policy):
            return True
    return False
