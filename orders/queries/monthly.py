"""Reads of many buyers' orders of some months at once, a fixed number of statements whoever they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from orders.models import Observation, Order
from orders.rules.line import Count, Seen, read_counts


@dataclass(frozen=True)
class Paid:
    """Orders of these buyers that were paid from `since` and before `until`; gifts are left out."""

    buyers: tuple[int, ...]
    since: datetime
    until: datetime

    def where(self, prefix: str = "") -> dict[str, Any]:
        """As keywords of a filter; `prefix` leads to the order."""
        return {
            f"{prefix}buyer_id__in": self.buyers, f"{prefix}paid_at__gte": self.since,
            f"{prefix}paid_at__lt": self.until, f"{prefix}origin_no": "",
        }  # fmt: skip


def paid_within(paid: Paid) -> Iterator[tuple[int, list[Order]]]:
    """(buyer, their orders with product and rollup, the oldest first), by buyer. One statement."""
    rows = Order.objects.filter(**paid.where()).select_related("product", "rollup")
    found = rows.order_by("buyer_id", "paid_at", "pk")
    return ((buyer, list(orders)) for buyer, orders in groupby(found, lambda order: order.buyer_id))


def readings(paid: Paid, *, before: datetime) -> Iterator[tuple[int, list[Seen], int | None]]:
    """(order, what may be believed of its counts, interactions by the newest that has them) of metered orders.

    Counts before that instant, by order. One statement, read as it comes.
    """
    rows = Observation.objects.filter(
        **paid.where("order__"), order__product__kind="metered", observed_at__lt=before
    ).order_by("order_id", "observed_at")
    columns = (
        "order_id", "observed_at", "count", "measurable", "comments", "shares", "order__baseline",
        "order__baseline_comments", "order__baseline_shares",
    )  # fmt: skip
    for order_id, some in groupby(rows.values_list(*columns).iterator(chunk_size=2000), itemgetter(0)):
        counted = list(some)
        counts = [Count(at, count, measurable) for _, at, count, measurable, *_ in counted]
        yield order_id, read_counts(counts, baseline=counted[0][6]), _interactions(counted)


def _interactions(counted: Iterable[tuple[Any, ...]]) -> int | None:
    """Comments and shares since the baseline, as the newest count that has both says."""
    found = None
    for _, _, _, measurable, comments, shares, _, comments_before, shares_before in counted:
        if measurable and comments is not None and shares is not None:
            found = max(0, comments + shares - (comments_before or 0) - (shares_before or 0))
    return found
