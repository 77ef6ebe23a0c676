"""What the ended drop windows come to, by the same rules as a claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from compensation.queries import metered_lines, policy_version
from compensation.rules import drops, lines
from compensation.rules.facts import Facts

if TYPE_CHECKING:
    from orders.models import Order

FIGURES = ("lines", "none", "A", "B", "C", "unmeasurable", "warn", "urgent")


@dataclass(frozen=True, slots=True)
class Judged:
    tier: str  # none, A, B, C, unmeasurable
    warn: bool = False
    urgent: bool = False


def scan_drops(*, at: datetime, watched: Callable[[Iterable[Any]], Iterable[Any]] = iter) -> dict[str, int]:
    """{lines, none, A, B, C, unmeasurable, warn, urgent} of windows ended by `at`; `watched` sees each line."""
    figures: Counter[str] = Counter(dict.fromkeys(FIGURES, 0))
    for order, line in watched(metered_lines(ended_by=at)):
        judged = _judge(order, line)
        figures["lines"] += 1
        figures[judged.tier] += 1
        figures["warn"] += judged.warn
        figures["urgent"] += judged.urgent
    return dict(figures)


def _judge(order: Order, line: lines.Line) -> Judged:
    policy = policy_version(order.policy_code, order.policy_version)
    base = Facts(reason="drop", ordered=order.quantity, paid_fen=order.paid_fen)
    facts = lines.counted(base, line, line.inside_look(), "inside")
    if not facts.measurable:
        return Judged("unmeasurable")
    lost = drops.loss(
        delivered=facts.delivered, present=facts.present, pending=facts.pending, restored=facts.restored
    )
    measured: dict[str, Any] = {"base": facts.delivered, "loss": lost, "policy": policy}
    return Judged(drops.tier_of(**measured), drops.warrants_warning(**measured), drops.is_urgent(**measured))
