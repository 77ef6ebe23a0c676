"""Which of a developer's goods have most trouble, are used most, are asked about most.

Months tell which could be among them; days only what these come to where a stretch does not begin with a month.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

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
# How many of each are looked at day by day: first so many, and more where one that was left out could be shown.
WIDTHS = ((20, 8, 16), (200, 80, 160))
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
    # Days to come have nothing, so that a stretch from the first of a month to today is these months.
    widths = [SHOWN] if start.day == 1 else [*WIDTHS, None]
    for width in widths:
        near = _near(developer, start.replace(day=1), end, width)
        found = _ranked(_goods(sorted({one.pk for some in near for one in some}), start, end))
        if len(widths) == 1 or width is None or _nobody_left_out(found, near, width):
            break
    return found


def _ranked(goods: Sequence[Goods]) -> Ranks:
    lists = (
        sorted((one for one in goods if counts(one)), key=lambda one: (*(-n for n in size(one)), one.title))
        for counts, size in zip((_has_trouble, _used, _asked), _SIZES, strict=True)
    )
    return Ranks(*lists)


def _nobody_left_out(found: Ranks, near: list[list[Near]], width: tuple[int, int, int]) -> bool:
    """Whether the last that is shown has more than whoever was left out can have: at most the last one's months."""
    for (at, size), shown in zip(enumerate(_SIZES), SHOWN, strict=True):
        exact: list[Goods] = (found.trouble, found.used, found.asked)[at]
        cut = len(near[at]) == width[at]
        if cut and (len(exact) < shown or size(exact[shown - 1]) <= min(one.months for one in near[at])):
            return False
    return True


def asked_for(*, products: Collection[int], period: Period, most: int) -> list[Asking]:
    """What these were asked about most, by reason."""
    if not products:
        return []
    start, end = period.this.days()
    found = statements.rows(
        f"SELECT p.sku, p.title, d.reason, CAST(sum(d.questions) AS bigint) FROM {statements.table(GoodsDay)} d"
        f" JOIN {statements.related(GoodsDay, 'product')} p ON p.id = d.product_id"
        f" WHERE d.product_id IN ({statements.places(products)}) AND d.day >= %s AND d.day < %s AND d.questions > 0"
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


class Near(NamedTuple):
    """A product that could be in a list, and what its months come to there: at least what its days do."""

    pk: int
    months: tuple[float, float]


def _has_trouble(one: Goods) -> bool:
    return bool(one.tally.claims or one.cost.fen or one.cost.units)


def _used(one: Goods) -> bool:
    return bool(one.tally.active)


def _asked(one: Goods) -> bool:
    return bool(one.tally.questions)


# What each list goes by.
_SIZES: tuple[Callable[[Goods], tuple[float, float]], ...] = (
    lambda one: (one.tally.real, one.tally.claims),
    lambda one: (one.tally.active, 0),
    lambda one: (one.tally.questions, 0),
)


def _near(developer: Any, first: date, end: date, width: tuple[int, int, int] | None) -> list[list[Near]]:
    """Of each list those with most in these months, so many or all."""
    lists = (
        ("claims > 0 OR cost > 0", quoted("real"), "claims"),
        ("active > 0", "active", "0"),
        ("questions > 0", "questions", "0"),
    )
    limits = [f" LIMIT {n:d}" for n in width] if width else [""] * len(lists)
    chosen = " UNION ALL ".join(
        f"SELECT * FROM (SELECT {at}, pk, {size} AS most, {then} AS beside FROM m WHERE {which}"
        f" ORDER BY most DESC, beside DESC, pk{limits[at]}) l{at}"
        for at, (which, size, then) in enumerate(lists)
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
        developer.pk, first, end,
    )  # fmt: skip
    near: list[list[Near]] = [[] for _ in lists]
    for at, pk, *months in found:
        near[at].append(Near(pk, (months[0], months[1])))
    return near


def _goods(products: Sequence[int], start: date, end: date) -> list[Goods]:
    """What these come to in the days, so many products at once."""
    parts = (products[at : at + AT_ONCE] for at in range(0, len(products), AT_ONCE))
    return [one for some in parts for one in _of_days(some, start, end)]


def _of_days(products: Sequence[int], start: date, end: date) -> list[Goods]:
    """Whole months without the days outside; of the first month the days inside where these are fewer."""
    first, after = start.replace(day=1), _next(end - DAY)
    less = start - first <= _next(first) - start
    months = list(_firsts(first if less else _next(first), after))
    names, minus = ", ".join(map(quoted, FIGURES)), ", ".join(f"-{quoted(name)}" for name in FIGURES)
    edge = (first, start) if less else (start, _next(first))
    these = f"product_id IN ({statements.places(products)})"
    days = f"FROM {statements.table(GoodsDay)} WHERE {these} AND day >= %s AND day < %s"
    shown = ", ".join(f"s.{quoted(name)}" for name in FIGURES)
    whole = f"WHERE {these} AND month IN ({statements.places(months)})" if months else "WHERE 1 = 0"
    found = statements.rows(
        f"SELECT p.sku, p.title, p.id, {shown} FROM (SELECT d.product_id,"
        f" {statements.sums(FIGURES, of='d.')} FROM (SELECT product_id, {names}"
        f" FROM {statements.table(GoodsMonth)} {whole}"
        f" UNION ALL SELECT product_id, {minus if less else names} {days}"
        f" UNION ALL SELECT product_id, {minus} {days}) d GROUP BY d.product_id"
        f") s JOIN {statements.related(GoodsMonth, 'product')} p ON p.id = s.product_id",
        *(products if months else ()), *months, *products, *edge, *products, end, after,
    )  # fmt: skip
    return [Goods(sku, title, pk, Tally.of(sums)) for sku, title, pk, *sums in found]


def _firsts(first: date, after: date) -> Iterator[date]:
    """The first days of the months from one to before another: named one by one, each is a look into the index."""
    while first < after:
        yield first
        first = _next(first)


def _next(day: date) -> date:
    """The first of the next month."""
    return (day.replace(day=1) + 31 * DAY).replace(day=1)
