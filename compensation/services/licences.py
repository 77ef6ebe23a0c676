"""What a refund takes back first: one step at a time per licence, towards what is wanted of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from common.phrases import phrase
from compensation.models import Remedy
from compensation.rules.keys import remedy_key
from compensation.services import recording
from integrations import queries as outside
from integrations.rules.lifecycle import FINAL, State
from integrations.services import intents
from ledger.services import breaks
from orders import queries as orders
from orders.rules.licences import ACTIVE, REVOKED, SUSPENDED
from orders.services import card_keys
from orders.services import licences as units

if TYPE_CHECKING:
    from orders.models import Licence, Order

STEP = {SUSPENDED: "suspend", ACTIVE: "reinstate", REVOKED: "revoke"}
STATE = {step: state for state, step in STEP.items()}
NOTHING = ("failed", "voided")
STUCK = "licence_stuck"


class Progress(StrEnum):
    """How far the units of a refund are."""

    DONE = "done"  # none of them works any more
    RUNNING = "running"
    SHORT = "short"  # the order has fewer licences than units that are paid back


def out_of_hand(*, order: Order) -> bool:
    """Whether the goods work on after a refund unless a person takes them back."""
    if not orders.has_licences(order=order):
        return order.product.kind != "metered" and not orders.has_card_keys(order=order)
    return not (order.product.revocable and intents.connected(kind=STEP[REVOKED]))


def suspend(*, remedy: Remedy, now: datetime) -> None:
    """While people decide, the units are not used up. How that ends holds nobody up. Needs the line's lock.

    Card keys need no step: what a refund may pay for can't be looked at (`revealing.shut`).
    """
    if orders.has_licences(order=remedy.order) and _take(remedy, SUSPENDED):
        _steer_all(remedy.order, list(units.of_refund(key=remedy.key)), now)


def revoke(*, remedy: Remedy, now: datetime) -> Progress:
    """Take back exactly the units that the refund pays for, all where nothing is left of the line.

    Called again it goes on with what was refused, or held. Needs the line's lock.
    """
    if not orders.has_licences(order=remedy.order):
        return Progress.DONE if _shut_keys(remedy, now) else Progress.SHORT
    if not _take(remedy, REVOKED):
        return Progress.SHORT
    rows = list(units.of_refund(key=remedy.key))
    _steer_all(remedy.order, rows, now)
    return Progress.DONE if all(row.state == REVOKED for row in rows) else Progress.RUNNING


def let_go(*, remedy: Remedy, now: datetime) -> None:
    """The refund came to nothing: what can still work shall work. Needs the line's lock."""
    rows = list(units.of_refund(key=remedy.key))
    if rows:
        units.give_back(rows=rows)
        _steer_all(remedy.order, rows, now)
    elif remedy.order.product.kind != "metered":
        card_keys.give_back(order=remedy.order, key=remedy.key, now=now)


def _shut_keys(remedy: Remedy, now: datetime) -> bool:
    """Keys kept here that nobody has looked at are taken back by keeping them shut; what was seen needs a person."""
    order = remedy.order
    if order.product.kind == "metered":
        return True
    usage = orders.usage_of(order=order)
    used = max(usage.revealed_units, usage.used_units or 0) if usage else 0
    return card_keys.take_back(order=order, key=remedy.key, count=_count(remedy), used=used, now=now)


def left(*, key: UUID) -> bool:
    """Whether a unit of that refund may still work."""
    return units.of_refund(key=key).exclude(state=REVOKED).exists()


def steer(*, licence: Licence, now: datetime) -> None:
    """File the step that is missing, if none is in the way. Needs the line's lock."""
    _steer_all(licence.order, [licence], now)


def _take(remedy: Remedy, wanted: str) -> bool:
    """Choose the units; False, and none is taken, where more are paid back than have a licence."""
    order, count = remedy.order, _count(remedy)
    if order.product.kind == "metered":  # the rest of them is counted outside, and simply not delivered
        count = None if count is None else min(count, units.within_reach(order=order, key=remedy.key))
    elif count is None and not units.each_has_one(order=order):
        return False
    return units.take(order=order, key=remedy.key, wanted=wanted, count=count)


def _count(remedy: Remedy) -> int | None:
    """Units to take back; None: all, since a line that is paid back whole closes, and time has no units."""
    order = remedy.order
    if order.product.kind == "subscription" and not remedy.units_back:
        return None
    others = Remedy.objects.filter(order=order, kind="refund").exclude(pk=remedy.pk)
    given = others.exclude(state__in=(*NOTHING, "awaiting_approval")).values_list("amount_fen", "units_back")
    cash, back = remedy.amount_fen or 0, remedy.units_back
    for amount_fen, units_back in given:
        cash, back = cash + (amount_fen or 0), back + units_back
    return None if cash >= order.paid_fen or back >= order.quantity else remedy.units_back


def _steer_all(order: Order, rows: Iterable[Licence], now: datetime) -> None:
    ordinals: dict[str, int] = {}
    for row in rows:
        step = STEP[row.wanted]
        if not _is_free(order, row, step, now) or row.state in (row.wanted, REVOKED):
            continue
        if step not in ordinals:
            ordinals[step] = outside.filed(order_no=order.order_no, kind=step)
        ordinals[step] += 1
        _file(order, row, step, ordinals[step], now)


def _is_free(order: Order, row: Licence, step: str, now: datetime) -> bool:
    """Whether the step may be asked for: an older one is called back, and where it may have arrived it ends first."""
    key = row.step_key
    before = None if key is None else outside.intent(key=key)
    if key is None or before is None or before.state in FINAL:
        return True
    if before.kind == step:
        if before.state == State.HELD:  # whoever comes here again has looked at it
            intents.release(key=key, now=now)
        return False
    units.note_step(licence=row, key=None)
    under_way = intents.ask_void(key=key, now=now) == "asked"
    # What is revoked no late suspension changes; anything else ends first.
    if not under_way or (before.kind == STEP[SUSPENDED] and step == STEP[REVOKED]):
        return True
    units.note_step(licence=row, key=key)
    if before.state == State.HELD:
        tell_stuck(order_no=order.order_no, licence=row, key=key, now=now)
    return False


def tell_stuck(*, order_no: str, licence: Licence, key: UUID, now: datetime) -> None:
    """The buyer should be able to use it, and nobody knows whether that is so."""
    detail = phrase(
        "订单 {order_no} 的第 {n} 份授权该让买家接着用，授权服务没有说恢复了没有。",
        order_no=order_no, n=licence.unit,
    )  # fmt: skip
    breaks.open_break(kind=STUCK, reference=str(key), detail=detail, now=now)


def _file(order: Order, row: Licence, step: str, ordinal: int, now: datetime) -> None:
    key = remedy_key(order_no=order.order_no, kind=step, ordinal=ordinal)
    body = {"key": str(key), "order_no": order.order_no, "kind": step, "licence_id": row.licence_id}
    units.note_step(licence=row, key=key)
    intents.file_intent(key=key, kind=step, order_no=order.order_no, body=body, now=now)
    recording.licence(row, order_no=order.order_no, step=step, key=key, state="pending", now=now)
