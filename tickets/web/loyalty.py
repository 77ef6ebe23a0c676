"""What a buyer is told of the months they ordered in: as it was when this order was paid, and what it brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from common import figures
from common.clock import month_of
from common.language import say
from compensation.queries import vocabulary
from compensation.rules import loyalty
from compensation.rules.policy import Policy

if TYPE_CHECKING:
    from orders.models import Order


@dataclass(frozen=True)
class Standing:
    """Kept with the order: months in a row with an order, how many it takes; None where it is older than that."""

    long_term: bool
    months: tuple[loyalty.Month, ...]
    needed: int | None
    policy: Policy


def standing_of(order: Order, policy: Policy) -> Standing:
    months = loyalty.run(order.streak_months or 0, ending=month_of(order.paid_at))
    return Standing(order.long_term, months, order.streak_needed, policy)


def told(standing: Standing | None) -> str:
    """One sentence; "" where nothing is known to say."""
    if standing is None or (standing.needed is None and not standing.long_term):
        return ""
    brings = _brings(standing.policy)
    if standing.long_term:
        if not standing.months:
            return say("您付款时是长期用户，所以{brings}。", brings=brings)
        months = figures.months(standing.months)
        return say("您是长期用户：{months}每月都有单，所以{brings}。", months=months, brings=brings)
    needed, length = standing.needed or 0, len(standing.months)
    if not length:
        return say(
            "连续 {needed} 个月每月都有付过款的单，就是长期用户：{brings}。", needed=needed, brings=brings
        )
    return say(
        "到这一单您连续 {n} 个月有单（{months}），再有 {more} 个月就是长期用户：{brings}。",
        n=length, months=figures.months(standing.months), more=needed - length, brings=brings,
    )  # fmt: skip


def _brings(policy: Policy) -> str:
    """What a long-term buyer gets under these rules that others don't."""
    if policy.factor_b_long_term == policy.factor_b or "drop.tier_b" not in policy.clauses:
        return say("时限减半，排队在前")
    v = vocabulary()
    return say(
        "掉了{range} 的{promise}，时限减半，排队在前",
        range=v.range_of(policy, "B"), promise=v.promise_of(policy, "B", long_term=True),
    )  # fmt: skip
