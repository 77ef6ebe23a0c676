"""Which of many lines lack interactions: read by the hundred, decided one by one by whoever asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from compensation.models import DecisionRecord, Remedy
from compensation.queries import line_of, policy_version
from compensation.queries.lines import grant_of
from compensation.rules import effects, effects_facts, lines
from compensation.rules.facts import Facts
from orders.queries import interactions_of

if TYPE_CHECKING:
    from orders.models import Order

SHORT, MET, UNSEEN, TO_COME = "short", "met", "unseen", "to_come"


def due_at(order: Order) -> datetime | None:
    """From when on its interactions are measured, as its rollup stands; None where its policy promises none."""
    policy = policy_version(order.policy_code, order.policy_version)
    return effects.due_at(order.rollup.completed_at, policy)


def looked(*, orders: Sequence[Order]) -> dict[int, str]:
    """{line: short | met | unseen | to_come} of metered lines with rollup and product; two queries.

    Unseen: not counted since it was due, or since its last pack came, or not to be counted at all. To come: some of a
    pack isn't there yet, so that no count of now would say.
    """
    ids = [order.pk for order in orders]
    counted, packs = interactions_of(order_ids=ids), _packs(ids)
    return {order.pk: _look(order, counted.get(order.pk), packs) for order in orders}


def was_exhausted(*, order: Order) -> bool:
    """Whether a person has been handed this line's guarantee before."""
    return DecisionRecord.objects.filter(order=order, clause="effect.exhausted").exists()


def _look(
    order: Order, measured: tuple[datetime, int] | None, packs: Mapping[int, tuple[lines.Grant, ...]]
) -> str:
    given = packs.get(order.pk, ())
    if any(pack.to_come for pack in given):
        return TO_COME
    due = due_at(order)
    if measured is None or due is None or measured[0] < due:
        return UNSEEN
    policy = policy_version(order.policy_code, order.policy_version)
    base = Facts(reason="low_interaction", ordered=order.quantity, paid_fen=order.paid_fen)
    facts = effects_facts.read(
        base, line_of(order, grants=()), measured=measured, packs=given, rounds=0, due=True
    )
    if not facts.measurable or facts.pending:
        return UNSEEN
    return SHORT if effects.shortfall(facts, policy) else MET


def _packs(ids: Sequence[int]) -> dict[int, tuple[lines.Grant, ...]]:
    given = Remedy.objects.filter(order_id__in=ids, kind="interaction_pack").exclude(
        state="voided", delivered=0
    )
    found: dict[int, list[lines.Grant]] = defaultdict(list)
    for pack in given.prefetch_related("deliveries"):
        found[pack.order_id].append(grant_of(pack))
    return {line: tuple(grants) for line, grants in found.items()}
