"""What the ended drop windows come to, by the same rules as a claim."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compensation.models import Remedy
from compensation.queries import line_of, policy_version
from compensation.rules import drops, lines
from compensation.rules.facts import Facts
from orders.models import Order

FIGURES = ("lines", "none", "A", "B", "C", "unmeasurable", "warn", "urgent")


@dataclass(frozen=True, slots=True)
class Judged:
    tier: str  # none, A, B, C, unmeasurable
    warn: bool = False
    urgent: bool = False


def scan_drops(*, at: datetime) -> dict[str, int]:
    """{lines, none, A, B, C, unmeasurable, warn, urgent} of the windows that ended by `at`."""
    figures: Counter[str] = Counter(dict.fromkeys(FIGURES, 0))
    with_grants = set(Remedy.objects.filter(kind="top_up").values_list("order_id", flat=True))
    orders = (
        Order.objects.filter(product__kind="metered", rollup__window_ends_at__lte=at)
        .select_related("rollup", "product")
        .order_by("id")
    )
    for order in orders.iterator(chunk_size=2000):
        judged = _judge(order, line_of(order) if order.pk in with_grants else _bare(order))
        figures["lines"] += 1
        figures[judged.tier] += 1
        figures["warn"] += judged.warn
        figures["urgent"] += judged.urgent
    return dict(figures)


def _bare(order: Order) -> lines.Line:
    """A line nothing was granted on: no query."""
    return line_of(order, grants=())


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
