"""A replacement out of the stock: nothing leaves the building, so it is done and booked at once, or held."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from compensation.models import Remedy, UnitDelivery
from compensation.services import binding, recording
from compensation.signals import remedy_moved
from integrations.services import standstill
from ledger.services import books
from orders import queries as orders
from orders.services import card_keys

if TYPE_CHECKING:
    from orders.models import Order

GONE, STALE, BY_HAND = "stock_gone", "stock_stale", "no_adapter"


def out_of_hand(*, order: Order) -> bool:
    """Whether a person has to replace it: no keys of these goods are kept here, or a licence stands behind each."""
    return not orders.keeps_stock(product=order.product) or orders.has_licences(order=order)


def replace(*, remedy: Remedy, now: datetime) -> str:
    """Give the buyer keys out of the stock and book them; else why a person is needed. Needs the line's lock."""
    order, count = remedy.order, remedy.quantity or 0
    if count > order.quantity:  # people may give more than was bought, but a line has no more units
        return BY_HAND
    if not standstill.sends():  # a restored database may have in stock what a buyer was given
        return STALE
    if not card_keys.exchange(order=order, key=remedy.key, count=count, now=now):
        return GONE
    UnitDelivery.objects.create(remedy=remedy, quantity=count, delivered_at=now)
    books.end_hold(key=remedy.key, order_no=order.order_no, posted=count, now=now)
    remedy.state, remedy.held_reason, remedy.delivered = "settled", "", count
    remedy.settled_at = remedy.ended_at = now
    remedy.save(update_fields=["state", "held_reason", "delivered", "settled_at", "ended_at"])
    recording.remedy(remedy, now=now)
    binding.renew(order_id=remedy.order_id)
    remedy_moved.send(sender=Remedy, remedy=remedy)
    return ""
