"""Reads of card keys: which a line has, how many were looked at, how many are in stock. None says what they say."""

from datetime import datetime
from typing import Any

from django.db.models import Count

from orders.models import CARD_KEY_STATES, CardKey, Order, Product
from orders.rules.card_keys import HELD, STOCK, VOID


def card_keys_of(*, order: Order, reader: Any) -> Any:
    """The keys its buyer has now, as far as the reader may see that there are any, by unit."""
    return CardKey.objects.visible_to(reader).filter(order=order, state__in=HELD).order_by("unit")


def card_key_of(*, order: Order, unit: int) -> CardKey | None:
    """The key that the unit has now."""
    return CardKey.objects.select_related("order").filter(order=order, unit=unit, state__in=HELD).first()


def revealed_units(*, order: Order) -> int:
    """Units whose key its buyer has looked at."""
    seen = CardKey.objects.filter(order=order, state__in=HELD, revealed_at__isnull=False).count()
    return min(order.quantity, seen)


def revealed_keys(*, order: Order) -> list[tuple[int, datetime]]:
    """(unit, when its buyer first looked), by unit."""
    seen = CardKey.objects.filter(order=order, state__in=HELD, revealed_at__isnull=False)
    return [(key.unit or 0, key.revealed_at) for key in seen.order_by("unit") if key.revealed_at]


def was_taken_back(*, order: Order, unit: int) -> bool:
    """Whether a refund took the key of that unit."""
    return CardKey.objects.filter(order=order, unit=unit, state=VOID, voided_for__isnull=False).exists()


def has_card_keys(*, order: Order) -> bool:
    """Whether any of its units ever had a key that is kept here."""
    return CardKey.objects.filter(order=order).exists()


def stock_of(*, product: Product) -> int:
    """Keys that nobody has been given."""
    return CardKey.objects.filter(product=product, state=STOCK).count()


def keeps_stock(*, product: Product) -> bool:
    """Whether its keys were ever kept here."""
    return CardKey.objects.filter(product=product).exists()


def stock_counts(*, product: Product) -> dict[str, int]:
    """{state: how many of its keys}."""
    rows = CardKey.objects.filter(product=product).order_by().values_list("state").annotate(Count("id"))
    return {state: 0 for state, _label in CARD_KEY_STATES} | dict(rows)
