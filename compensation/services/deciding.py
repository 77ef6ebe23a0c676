"""A claim decided: read the facts under the line's lock, decide, and freeze what was decided."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F

from common.inserting import insert
from compensation.models import DecisionRecord, LineBudget, PolicyVersion
from compensation.queries import Quote, basis_of, know_nothing, quote
from compensation.services import recording, remedies
from orders.queries import sharing
from orders.services import rollups

if TYPE_CHECKING:
    from orders.models import Order


def lock_line(order: Order) -> None:
    """From here to the end of the transaction nobody else decides on, or books for, this line.

    An UPDATE, since it takes the row's lock on PostgreSQL and the one writer's place on SQLite.
    """
    if not LineBudget.objects.filter(order=order).update(version=F("version") + 1):
        LineBudget.objects.bulk_create(
            [LineBudget(order=order, paid_fen=order.paid_fen)], ignore_conflicts=True
        )
        LineBudget.objects.filter(order=order).update(version=F("version") + 1)


def _lock_pool(order: Order) -> None:
    """Nobody else decides a drop on its target meanwhile: what is on its way to one line is missing of none.

    The first of them stands for all. Whoever has its lock wants no other line's, so that nobody waits in a circle.
    """
    others = list(sharing(order=order).only("paid_fen"))
    order.shared = bool(others)  # type: ignore[attr-defined]  # as `find_order` annotates it
    first = min([order, *others], key=lambda one: one.pk)
    if first is not order:
        lock_line(first)


def decide_claim(
    *,
    order: Order,
    reason: str,
    quantity: int | None,
    now: datetime,
    as_of: datetime | None = None,
    wants: str = "refund",
) -> tuple[DecisionRecord, Quote]:
    """Decide, record, grant; inside the caller's transaction, which holds the line's lock.

    `as_of`: the limits of time are those of that instant, as where a claim filed then is decided again.
    """
    if reason == "drop":
        _lock_pool(order)
    order.rollup.refresh_from_db()
    know_nothing(order)
    found = quote(order=order, reason=reason, now=as_of or now, quantity=quantity, wants=wants)
    record = _record(order, reason, found, now)
    recording.decision(record, now=now)
    rollups.freeze(order=order, now=now)
    remedies.grant(record=record, decision=found.decision, now=now)
    return record, found


def _record(order: Order, reason: str, found: Quote, now: datetime) -> DecisionRecord:
    decision = found.decision
    policy = PolicyVersion.objects.only("id").get(code=order.policy_code, version=decision.policy.version)
    return insert(
        DecisionRecord(
            order=order, reason=reason, policy=policy, facts=asdict(found.facts), 
            sources=found.sources() | basis_of(order=order, found=found),
            clause=decision.clause, outcome=decision.outcome, requires_review=decision.requires_review,
            review_reasons=list(decision.review_reasons), body=decision.as_data(), decided_at=now,
        )
    )  # fmt: skip
