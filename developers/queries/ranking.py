"""Which of a developer's goods have most trouble, are used most, are asked about most.

Every stretch begins with a month and ends with one or today, so that whole months say it, and no day is added up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from developers.models import GoodsDay, GoodsMonth
from developers.queries import statements
from developers.queries.claims import Cost
from developers.queries.days import Tally
from developers.queries.statements import quoted
from developers.rules.counting import FIGURES
from developers.rules.periods import DAY, Period
from orders import queries as orders

# Of trouble, use and questions: how many are shown, one more where it matters that more are left.
SHOWN = (11, 5, 10)
AT_ONCE = 200


@dataclass
class Goods:
    """One product with its claims and cost in the period."""

    sku: str
    title: str
    pk: int = 0
    tally: Tally = field(default_factory=Tally)

    @property
    def cost(self) -> Cost:
        return self.tally.cost


@dataclass(frozen=True)
class Asking:
    """Of one product: how many of one reason."""

    sku: str
    title: str
    reason: str
    number: int


@dataclass(frozen=True)
class Ranks:
    """Each list with its first on top: as long as the above allow, so that a reader of fewer sees if more are left."""

    trouble: list[Goods]
    used: list[Goods]
    asked: list[Goods]


def ranks(*, developer: Any, period: Period) -> Ranks:
    start, end = period.this.days()
    goods = _goods(_first_ones(developer, start, end), start, end)
    return Ranks(
        sorted(filter(_has_trouble, goods), key=lambda one: (-one.tally.real, -one.tally.claims, one.pk)),
        sorted((one for one in goods if one.tally.active), key=lambda one: (-one.tally.active, one.pk)),
        sorted((one for one in goods if one.tally.questions), key=lambda one: (-one.tally.questions, one.pk)),
    )


def asked_for(*, products: Collection[int], period: Period, most: int) -> list[Asking]:
    """What these were asked about most, by reason."""
    if not products:
        return []
    start, end = period.this.days()
    found = statements.rows(
        f"SELECT p.sku, p.title, d.reason, CAST(sum(d.questions) AS bigint) FROM {statements.table(GoodsDay)} d"
        f" JOIN {statements.related(GoodsDay, 'product')} p ON p.id = d.product_id"
        f" WHERE p.id IN ({statements.places(products)}) AND d.day >= %s AND d.day < %s AND d.questions > 0"
        f" GROUP BY p.sku, p.title, d.reason ORDER BY 4 DESC, p.title, d.reason LIMIT {most:d}",
        *products, start, end,
    )  # fmt: skip
    return [Asking(*row) for row in found]


def all_goods(*, developer: Any, period: Period) -> Iterator[Goods]:
    """Every product with what it comes to in the period, nothing where nothing happened."""
    start, end = period.this.days()
    made = list(orders.goods_of(developer).values_list("pk", "sku", "title"))
    found = {one.pk: one for one in _goods([pk for pk, *_ in made], start, end)}
    yield from (found.get(pk) or Goods(sku, title, pk) for pk, sku, title in made)


def _has_trouble(one: Goods) -> bool:
    return bool(one.tally.claims or one.cost.fen or one.cost.units)


def _first_ones(developer: Any, start: date, end: date) -> list[int]:
    """The products of each list, each once."""
    lists = (
        ("claims > 0 OR cost > 0", f"{quoted('real')} DESC, claims DESC"),
        ("active > 0", "active DESC"),
        ("questions > 0", "questions DESC"),
    )
    chosen = " UNION ".join(
        f"SELECT * FROM (SELECT pk FROM m WHERE {which} ORDER BY {order}, pk LIMIT {most:d}) l{at}"
        for at, (most, (which, order)) in enumerate(zip(SHOWN, lists, strict=True))
    )
    # As floating numbers, exact to 2⁵³: PostgreSQL adds up whole ones of 64 bits as numerics, at twice the cost.
    sums = ", ".join(
        f"sum(CAST({quoted(name)} AS double precision)) AS {quoted(name)}"
        for name in ("real", "claims", "active", "questions")
    )
    goods = f"SELECT id FROM {statements.related(GoodsMonth, 'product')} WHERE developer_id = %s"
    found = statements.rows(
        f"WITH m AS (SELECT product_id AS pk, {sums}, max(fen + units) AS cost FROM {statements.table(GoodsMonth)}"
        f" WHERE product_id IN ({goods}) AND month >= %s AND month < %s GROUP BY product_id) {chosen}",
        developer.pk, start, end,
    )  # fmt: skip
    return sorted(pk for (pk,) in found)


def _goods(products: Sequence[int], start: date, end: date) -> list[Goods]:
    """What these come to, so many products at once."""
    parts = (products[at : at + AT_ONCE] for at in range(0, len(products), AT_ONCE))
    return [one for some in parts for one in _of_months(some, start, end)]


def _of_months(products: Sequence[int], start: date, end: date) -> list[Goods]:
    months = list(_firsts(start, end))
    shown = ", ".join(f"s.{quoted(name)}" for name in FIGURES)
    found = statements.rows(
        f"SELECT p.sku, p.title, p.id, {shown} FROM (SELECT product_id, {statements.sums(FIGURES)}"
        f" FROM {statements.table(GoodsMonth)} WHERE product_id IN ({statements.places(products)})"
        f" AND month IN ({statements.places(months)}) GROUP BY product_id"
        f") s JOIN {statements.related(GoodsMonth, 'product')} p ON p.id = s.product_id",
        *products, *months,
    )  # fmt: skip
    return [Goods(sku, title, pk, Tally.of(sums)) for sku, title, pk, *sums in found]


def _firsts(first: date, end: date) -> Iterator[date]:
    """The first days of the months: named one by one, each is a look into the index."""
    while first < end:
        yield first
        first = (first + 31 * DAY).replace(day=1)
