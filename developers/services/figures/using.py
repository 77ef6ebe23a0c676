"""Days on which lines were used are added to the figures: what a day says now, less what of it was added before.

Usage is not in the record; `orders` marks the days that changed. Only whoever holds the follower's row comes here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from developers.models import GoodsDay
from developers.rules.counting import SOLD, Cell
from developers.services.figures import adding
from orders.queries import UsedOn
from orders.services import usage_days


def changed(*, days: Sequence[UsedOn]) -> None:
    rows = GoodsDay.objects.filter(
        product_id__in={one.product for one in days}, day__in={one.day for one in days}, reason=SOLD
    )
    known = {
        (product, day): active for product, day, active in rows.values_list("product_id", "day", "active")
    }
    cells = {
        Cell(one.product, one.day, SOLD): Counter(active=more)
        for one in days
        if (more := one.lines - known.get((one.product, one.day), 0))
    }
    adding.add(cells=cells, owed={})
    usage_days.seen(rows=days)
