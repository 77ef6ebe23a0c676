"""Whether many at once are the trouble of their goods or of whoever delivered them, counted on line by line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from datetime import timedelta
from typing import NamedTuple

# What falls within it falls together; for as long after a person's word an event is still going on.
WITHIN = timedelta(hours=1)


class Subject(NamedTuple):
    """What an incident is of: goods or a supplier, never both."""

    product_id: int | None = None
    supplier_id: int | None = None


# {(product, its line's supplier where that is known): (lines that count for the product, for the supplier)}
Made = Mapping[tuple[int, int | None], tuple[int, int]]


class Crowds:
    """How many lines of each product and of each supplier there were within the hour; more than `most` wait.

    A line waits in one incident: the one that is open already, its product's before its supplier's; where none is,
    that of its product if those are too many, else of its supplier. Where both come to be too many with the same line
    the supplier's lines are those of this product, and nothing says that it is more than the product. What waits for
    its product, and all else of that product, is not counted for the supplier too, nor the other way round.
    """

    def __init__(self, *, made: Made, waiting: Iterable[Subject], most: int) -> None:
        self._most, self._waiting = most, set[Subject]()
        self._products: Counter[int] = Counter()
        self._suppliers: dict[int, Counter[int]] = defaultdict(Counter)
        self.add(made=made, waiting=waiting)

    def add(self, *, made: Made, waiting: Iterable[Subject]) -> None:
        """What others made since, and where they found that it waits."""
        self._waiting |= set(waiting)
        for (product, supplier), (of_product, of_supplier) in made.items():
            self._count(product, supplier, of_product, of_supplier)

    def all_wait(self, still: Set[Subject]) -> bool:
        """Whether nothing that waits here has been ruled on: all of it still waits."""
        return self._waiting <= still

    def beyond(self, *, product: int, supplier: int | None) -> Subject | None:
        """In which incident one more of these waits; None: in none, and it is counted."""
        goods, source = Subject(product_id=product), Subject(supplier_id=supplier)
        for subject in (goods, source):
            if subject in self._waiting:
                return subject
        for subject, before in ((goods, self._products[product]), (source, self._of(supplier))):
            if before >= self._most and subject != Subject():
                self._waiting.add(subject)
                return subject
        self._count(product, supplier, 1, 1)
        return None

    def take_back(self, *, product: int, supplier: int | None) -> None:
        """One that was counted came to nothing."""
        self._count(product, supplier, -1, -1)

    def _count(self, product: int, supplier: int | None, of_product: int, of_supplier: int) -> None:
        self._products[product] += of_product
        if supplier is not None:
            self._suppliers[supplier][product] += of_supplier

    def _of(self, supplier: int | None) -> int:
        """The supplier's lines, but for those of goods that have an incident of their own."""
        if supplier is None:
            return 0
        lines = self._suppliers[supplier].items()
        return sum(n for product, n in lines if Subject(product_id=product) not in self._waiting)
