"""A gift becomes a line of its own: paid 0, complete when it came, counted from what was there before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from evidence.rules.entries import Fact
from evidence.services import log
from orders.models import Delivery, Observation, Order, Rollup
from orders.queries import sharing

LONGEST = 64


@dataclass(frozen=True, slots=True)
class Gift:
    """What came of a remedy one room above, under its key."""

    key: UUID
    ordinal: int
    quantity: int
    given_at: datetime
    came_at: datetime


def add_line(*, origin: Order, gift: Gift, now: datetime) -> tuple[Order, bool]:
    """The gift's line; (it, whether it is new). The same gift again is the same line, whatever comes meanwhile."""
    assert connection.in_atomic_block, "a line belongs into the transaction that books what came"
    if known := Order.objects.filter(gift_key=gift.key).first():
        return known, False
    before = _counted_before(origin, gift.given_at)
    line = Order.objects.create(
        order_no=_free_number(origin.order_no, gift), product_id=origin.product_id, buyer_id=origin.buyer_id,
        quantity=gift.quantity, paid_fen=0, list_fen=0, paid_at=gift.given_at, target=origin.target,
        baseline=before or 0, deadline_at=gift.came_at, policy_code=origin.policy_code,
        policy_version=origin.policy_version, policy_hash=origin.policy_hash, window_seconds=origin.window_seconds,
        warranty_days=0, long_term=origin.long_term, created_at=now, gift_key=gift.key,
        origin_no=origin.origin_no or origin.order_no,
        # No order of the shop has it: its number is taken, should the shop ever send it.
        content_hash=hashlib.sha256(f"gift:{gift.key}".encode()).hexdigest(),
    )  # fmt: skip
    Delivery.objects.create(order=line, delivered_at=gift.came_at, quantity=gift.quantity, final=True)
    _rollup(line, gift, measured=before is not None).save(force_insert=True)
    policy = {"code": line.policy_code, "version": line.policy_version, "hash": line.policy_hash}
    said = {
        "quantity": line.quantity, "paid_fen": 0, "paid_at": line.paid_at, "policy": policy,
        "long_term": line.long_term, "gift": {"origin": line.origin_no, "key": gift.key},
    }  # fmt: skip
    log.record_many(facts=[Fact("order", line.order_no, said)], now=now)
    return line, True


def _rollup(line: Order, gift: Gift, *, measured: bool) -> Rollup:
    """Frozen at birth: it was complete when it came, and as many came as its supplier says, until somebody counts.

    Where nobody had counted before it, how much of it is there can never be said.
    """
    at, units = (gift.came_at, gift.quantity) if measured else (None, None)
    return Rollup(
        order=line, final_at=gift.came_at, completed_at=gift.came_at, completed_by="final",
        window_ends_at=gift.came_at + timedelta(seconds=line.window_seconds), frozen_at=gift.came_at,
        delivered=units, window_seen_at=at, window_present=units, newest_seen_at=at, newest_present=units,
    )  # fmt: skip


def _counted_before(origin: Order, until: datetime) -> int | None:
    """What stood on the counter, by the newest count that can be trusted, under any number of its target."""
    lines = [origin.pk, *sharing(order=origin).values_list("pk", flat=True)]
    rows = Observation.objects.filter(
        order__in=lines, measurable=True, observed_at__lte=until, count__gte=max(1, origin.baseline)
    )
    return rows.order_by("-observed_at", "-id").values_list("count", flat=True).first()


def _free_number(order_no: str, gift: Gift) -> str:
    names = _numbers(order_no, gift)
    return next(name for name in names if not Order.objects.filter(order_no=name).exists())


def _numbers(order_no: str, gift: Gift) -> Iterator[str]:
    """The same gift has the same numbers; what doesn't fit, or is the shop's already, has a part of the key in it."""
    suffix = f"-G{gift.ordinal}"
    if len(order_no + suffix) <= LONGEST:
        yield order_no + suffix
    for size in (8, 16, 32):
        tail = f"-{gift.key.hex[:size]}{suffix}"
        yield order_no[: LONGEST - len(tail)] + tail
