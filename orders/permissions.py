"""Who may see what hangs on an order: one rule, for every room above."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts import permissions as who


def on_orders_of(reader: Any) -> Q:
    """Of rows with an `order`: all for ops; a guest's order and its gifts; a developer's goods; a buyer's own."""
    if who.is_ops(reader):
        return Q()
    if order_no := who.guest_order_of(reader):
        return Q(order__order_no=order_no) | Q(order__origin_no=order_no)
    if who.role_of(reader) == "developer":
        return Q(order__product__developer=reader)
    if buyer_id := who.buyer_id_of(reader):
        return Q(order__buyer_id=buyer_id)
    return Q(pk__in=())
