"""What changed of a product's days is added there, to its months, to its developer's days and to what is owed on it."""

from __future__ import annotations

from developers.models import GoodsDay, GoodsMonth, GoodsNow, MakerDay
from developers.rules import counting as rules
from developers.services.figures import makers
from developers.services.figures.growing import grow


def add(*, cells: rules.Sums, owed: rules.Sums) -> None:
    """`cells`: differences by product, day and reason; `owed`: by product."""
    whose = makers.known(products={cell.whose for cell in cells} | set(owed))
    grow(GoodsDay, cells)
    grow(GoodsMonth, {cell[:2]: sum_ for cell, sum_ in rules.by_month(cells).items()})
    grow(MakerDay, rules.by_maker(cells, whose))
    grow(GoodsNow, {(product,): sum_ for product, sum_ in owed.items()})
