"""Card keys come in with their order or as stock, are looked at by their buyer, and replaced out of the stock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from common.phrases import mark, phrase
from common.refusals import Invalid
from evidence.rules.entries import Fact
from evidence.services import log
from ledger.services import breaks
from orders.models import CardKey
from orders.rules import card_keys as rules
from orders.rules.card_keys import DELIVERED, DOUBLED, HELD, REPLACED, STOCK, VOID
from orders.services import vault

if TYPE_CHECKING:
    from orders.models import Order

TRIES = 3
TWICE = "secret_twice"  # the break that tells ops of a second delivery


class _Gone(Exception):
    """Somebody else took a key between looking and taking."""


def check(*, secrets: Sequence[str], quantity: int) -> None:
    """Refuse secrets that can't be kept."""
    if faults := rules.faults_of(secrets, quantity=quantity):
        raise Invalid(errors=faults)


def hand_over(*, order: Order, secrets: Sequence[str], now: datetime) -> list[Fact]:
    """The order's own keys, a unit each; one that is somebody's already is kept, stays shut, and ops are told."""
    digests = [vault.digest(secret=secret) for secret in secrets]
    known = known_keys(digests=digests)
    fresh = []
    for unit, (secret, digest) in enumerate(zip(secrets, digests, strict=True), 1):
        first = _first(known.get(digest, ()))
        if first and _from_stock(first, order, unit, now):
            continue
        state = DOUBLED if first else DELIVERED
        fresh.append(
            new_key(
                product_id=order.product_id, secret=secret, digest=digest, now=now,
                order=order, unit=unit, state=state, delivered_at=now,
            )
        )  # fmt: skip
        if first:
            _tell_twice(order, unit, first, now)
    CardKey.objects.bulk_create(fresh, batch_size=500)
    return [Fact("card_keys", order.order_no, {"units": len(secrets)})] if secrets else []


def known_keys(*, digests: Sequence[str]) -> dict[str, list[CardKey]]:
    """Each secret's keys so far, the newest first; what was made void unseen may be given to anybody."""
    known: dict[str, list[CardKey]] = {}
    for start in range(0, len(digests), 900):
        rows = CardKey.objects.filter(digest__in=digests[start : start + 900]).select_related("order")
        for row in rows.exclude(state=VOID, revealed_at=None).order_by("-id"):
            known.setdefault(row.digest, []).append(row)
    return known


def _first(rows: Sequence[CardKey]) -> CardKey | None:
    """Whoever has it rather than who had it."""
    return min(rows, key=lambda row: row.state not in rules.LIVE, default=None)


def _from_stock(row: CardKey, order: Order, unit: int, now: datetime) -> bool:
    """The shop sold what it had put into our stock: that very key goes to its buyer."""
    return row.product_id == order.product_id and _take(row.pk, order, unit, now)


def _take(pk: int, order: Order, unit: int, now: datetime, *, taken_by: UUID | None = None) -> bool:
    """Compare-and-set: of two that want it one gets it."""
    given = {"order": order, "unit": unit, "delivered_at": now, "taken_by": taken_by}
    return bool(CardKey.objects.filter(pk=pk, state=STOCK).update(state=DELIVERED, **given))


def new_key(*, product_id: int, secret: str, digest: str, now: datetime, **where: Any) -> CardKey:
    """A key with its secret sealed, not stored yet."""
    sealed, key_id = vault.seal(secret=secret.strip(), digest=digest)
    return CardKey(product_id=product_id, sealed=sealed, digest=digest, key_id=key_id, added_at=now, **where)


def _tell_twice(order: Order, unit: int, first: CardKey, now: datetime) -> None:
    """What it is and where the other one is; never what it says."""
    here = {"order_no": order.order_no, "n": unit}
    if first.order is None:
        detail = phrase(
            "订单 {order_no} 的第 {n} 份卡密，和另一件商品（{sku}）库存里的是同一个。",
            **here, sku=first.product.sku,
        )  # fmt: skip
    else:
        detail = phrase(
            "订单 {order_no} 的第 {n} 份卡密，和订单 {other} 的第 {m} 份是同一个。",
            **here, other=first.order.order_no, m=first.unit,
        )  # fmt: skip
    breaks.open_break(kind=TWICE, reference=f"{order.order_no} #{unit}", detail=detail, now=now)


def reveal(*, key: CardKey, now: datetime) -> str:
    """What it says; the first look is written down, and nothing of the secret with it. Needs the line's lock."""
    secret = vault.unseal(key=key)
    if CardKey.objects.filter(pk=key.pk, revealed_at=None).update(revealed_at=now):
        key.revealed_at = now
        log.record(kind="card_key_revealed", order_no=_order_no(key), data={"unit": key.unit}, now=now)
    return secret


def _order_no(key: CardKey) -> str:
    assert key.order is not None, "what is in stock is nobody's to look at"
    return key.order.order_no


def report(*, order: Order, units: Sequence[int], now: datetime) -> None:
    """The buyer says that these don't work. Needs the line's lock."""
    rows = CardKey.objects.filter(order=order, unit__in=units, state__in=HELD)
    if rows.update(reported_at=now) < len(set(units)):
        detail = mark("这一单没有这一份卡密，请核对是第几份。")
        raise Invalid(errors=[{"field": "units", "code": "unknown_unit", "detail": detail}])
    log.record(kind="card_keys_reported", order_no=order.order_no, data={"units": sorted(units)}, now=now)


def exchange(*, order: Order, key: UUID, count: int, now: datetime) -> list[int]:
    """So many keys out of the stock for the units that need one; [] where there are fewer, and nothing has moved.

    Needs the line's lock; of two lines that want the last one, one gets it.
    """
    held = CardKey.objects.filter(order=order, state__in=HELD)
    paid_back = {unit for unit in _paid_back(order).values_list("unit", flat=True) if unit}
    known = [_unit(row) for row in held]
    units = rules.choose(known, ordered=order.quantity, count=count, paid_back=paid_back)
    for _ in range(TRIES):
        stock = _free(order.product_id, count)
        if len(units) < count or len(stock) < count:
            return []
        try:
            with transaction.atomic():
                _swap(order, dict(zip(units, stock, strict=True)), key, now)
        except _Gone:
            continue
        return units
    return []


def take_back(*, order: Order, key: UUID, count: int | None, used: int, now: datetime) -> bool:
    """Shut so many keys that nobody has looked at, for the refund of that key; None: every unit of the line has to be.

    `used`: units that the shop says were used or seen. False, and nothing moves, where fewer are left. The last units
    first; again, it is the same ones. Needs the line's lock.
    """
    held = CardKey.objects.filter(order=order, state__in=HELD)
    unseen = list(held.filter(revealed_at=None).order_by("-unit"))
    shut = _paid_back(order)
    wanted = order.quantity - shut.count() if count is None else count - shut.filter(voided_for=key).count()
    seen_elsewhere = max(0, used - held.exclude(revealed_at=None).count())
    if wanted > len(unseen) - seen_elsewhere:
        return False
    if wanted > 0:
        chosen = unseen[:wanted]
        taken = held.filter(pk__in=[row.pk for row in chosen], revealed_at=None)
        taken.update(state=VOID, voided_for=key, ended_at=now)
        data = {"units": sorted(row.unit or 0 for row in chosen), "remedy": str(key)}
        log.record(kind="card_keys_taken_back", order_no=order.order_no, data=data, now=now)
    return True


def _paid_back(order: Order) -> QuerySet[CardKey]:
    """What refunds took."""
    return CardKey.objects.filter(order=order, state=VOID).exclude(voided_for=None)


def give_back(*, order: Order, key: UUID, now: datetime) -> None:
    """The refund came to nothing: its keys are the buyer's again; one that was sold on meanwhile stays shut.

    Needs the line's lock.
    """
    rows = list(CardKey.objects.filter(order=order, voided_for=key, state=VOID).order_by("unit"))
    known = known_keys(digests=[row.digest for row in rows])
    for row in rows:
        other = next((one for one in known.get(row.digest, ()) if one.state in rules.LIVE), None)
        state = DOUBLED if other else DELIVERED
        CardKey.objects.filter(pk=row.pk).update(state=state, voided_for=None, ended_at=None)
        if other:
            _tell_twice(order, row.unit or 0, other, now)
    if rows:
        data = {"units": [row.unit for row in rows], "remedy": str(key)}
        log.record(kind="card_keys_given_back", order_no=order.order_no, data=data, now=now)


def _unit(row: CardKey) -> rules.Unit:
    return rules.Unit(row.unit or 0, row.state == DOUBLED, row.reported_at, row.revealed_at)


def _free(product_id: int, count: int) -> list[int]:
    """The oldest of the stock. On PostgreSQL those that another claim is taking right now are passed over."""
    rows: QuerySet[CardKey] = CardKey.objects.filter(product_id=product_id, state=STOCK).order_by("id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return list(rows.values_list("pk", flat=True)[:count])


def _swap(order: Order, given: dict[int, int], key: UUID, now: datetime) -> None:
    old = CardKey.objects.filter(order=order, unit__in=list(given), state__in=HELD)
    old.update(state=REPLACED, taken_by=key, ended_at=now)
    for unit, pk in given.items():
        if not _take(pk, order, unit, now, taken_by=key):
            raise _Gone
    data = {"units": list(given), "remedy": str(key)}
    log.record(kind="card_keys_replaced", order_no=order.order_no, data=data, now=now)
