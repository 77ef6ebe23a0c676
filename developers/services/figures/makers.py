"""Under whose figures a product's days are counted: its developer's; where the shop names another they go along."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import F, Q, Sum

from developers.models import GoodsDay, GoodsNow, MakerDay
from developers.rules import counting as rules
from developers.services.figures.growing import grow
from orders import queries as orders

MOST = 20  # products that change hands in one transaction


def known(*, products: Collection[int]) -> dict[int, int | None]:
    """{product: under whom it is counted}; one that was never counted begins under its developer."""
    rows = GoodsNow.objects.filter(product_id__in=products)
    found: dict[int, int | None] = dict(rows.values_list("product_id", "developer_id"))
    if missing := set(products) - found.keys():
        fresh = orders.makers_of(ids=missing)
        GoodsNow.objects.bulk_create(GoodsNow(product_id=pk, developer_id=to) for pk, to in fresh.items())
        found |= fresh
    return found


class Moved(NamedTuple):
    """Under whom a product is counted, and whose it is now."""

    product: int
    before: int | None
    now: int | None


def moved() -> list[Moved]:
    """Those that changed hands since they were counted."""
    same = Q(developer=F("product__developer")) | Q(developer=None, product__developer=None)
    rows = GoodsNow.objects.exclude(same).order_by("product_id")
    found = rows.values_list("product_id", "developer_id", "product__developer_id")[:MOST]
    return [Moved(*row) for row in found]


def move(*, moved: Moved) -> None:
    """Its days are taken from the one and given to the other. Held by the follower's row."""
    days = GoodsDay.objects.filter(product_id=moved.product).values("day", "reason")
    rows: Any = days.annotate(**{name: Sum(name) for name in rules.FIGURES})
    sums: rules.Sums = defaultdict(Counter)
    for row in rows:
        sum_ = Counter({name: row[name] for name in rules.FIGURES})
        if moved.before is not None:
            sums[rules.Cell(moved.before, row["day"], row["reason"])].subtract(sum_)
        if moved.now is not None:
            sums[rules.Cell(moved.now, row["day"], row["reason"])].update(sum_)
    grow(MakerDay, sums)
    GoodsNow.objects.filter(product_id=moved.product).update(developer_id=moved.now)
