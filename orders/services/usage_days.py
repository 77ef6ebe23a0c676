"""How many lines were used on which day, by product: counted as the reports come in, so that no page counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db.models import Q

from common.clock import shanghai
from common.inserting import MOST_VALUES, add_up
from orders.models import UsageDay
from orders.queries.usage_days import UsedOn

Reported = Mapping[int, Collection[datetime]]  # by line


def count(*, fresh: Reported, known: Reported, products: Mapping[int, int]) -> None:
    """A line that had no report of that day before is one more. In the transaction that stored the fresh ones."""
    more: Counter[tuple[int, date]] = Counter()
    for line, instants in fresh.items():
        before = _days(set(known.get(line, ())) - set(instants))
        more.update((products[line], day) for day in _days(instants) - before)
    rows = [(*place, number, True) for place, number in sorted(more.items())]
    add_up(UsageDay, key=("product_id", "day"), names=("lines",), said=("touched",), rows=rows)


def _days(instants: Iterable[datetime]) -> set[date]:
    return {shanghai(at).date() for at in instants}


def seen(*, rows: Sequence[UsedOn]) -> None:
    """These were added up; what came in since they were read stays to be seen.

    Many in a statement: on SQLite nobody else writes meanwhile.
    """
    at_once = MOST_VALUES // 2
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once]
        as_read = Q(*(Q(pk=row.pk, lines=row.lines) for row in some), _connector=Q.OR)
        UsageDay.objects.filter(as_read).update(touched=False)


def again() -> None:
    """Whoever adds them up begins anew."""
    UsageDay.objects.filter(touched=False).update(touched=True)
