"""Reads of what was counted, handed over and used on a line."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, Min, Q, Sum
from django.db.models.functions import Coalesce, Greatest

from orders.models import (
    CardKey,
    Delivery,
    Licence,
    Observation,
    Order,
    PrunedCounts,
    Usage,
)
from orders.queries.basis import COUNT_FIELDS, CountRow
from orders.rules.line import Count, read_counts


def counts_of(*, ids: Iterable[int]) -> Iterator[tuple[int, int, datetime, int | None]]:
    """(row, order, instant, count; None where its source didn't trust it) of every look at these lines."""
    rows = Observation.objects.filter(order__in=list(ids)).order_by()
    for row, order, at, count, sound in rows.values_list(
        "pk", "order_id", "observed_at", "count", "measurable"
    ):
        yield row, order, at, count if sound else None


def curve(*, order: Order, most: int = 240) -> list[tuple[datetime, int | None]]:
    """(observed_at, present or None where it can't be trusted), oldest first, the newest `most`."""
    rows = list(
        Observation.objects.filter(order=order)
        .order_by("-observed_at")
        .values_list("observed_at", "count", "measurable")[:most]
    )
    counts = [Count(at, count, measurable) for at, count, measurable in reversed(rows)]
    return [(seen.at, seen.present) for seen in read_counts(counts, baseline=order.baseline)]


def _trusted(order: Order, beside: Iterable[int]) -> Any:
    """Counts that can be believed of a line where something was delivered: a zero is a removal, not a count.

    Also those under the numbers of the lines `beside` it, which have the same counter.
    """
    rows = Observation.objects.filter(order__in=[order.pk, *beside])
    return rows.filter(measurable=True, count__gte=max(1, order.baseline))


def newest_until(*, order: Order, beside: Iterable[int], until: datetime) -> CountRow | None:
    """The newest trusted count at or before `until`."""
    rows = _trusted(order, beside).filter(observed_at__lte=until)
    return _row(rows.order_by("-observed_at", "-pk"))


def highest_after(*, order: Order, beside: Iterable[int], after: datetime) -> CountRow | None:
    """The highest trusted count after the instant; None where none was taken yet."""
    return _row(_trusted(order, beside).filter(observed_at__gt=after).order_by("-count", "-pk"))


def _row(rows: Any) -> CountRow | None:
    found = rows.values_list(*COUNT_FIELDS).first()
    return CountRow(*found) if found else None


def parcels() -> Any:
    """What was handed over, how much and when, and nothing else of it."""
    return Delivery.objects.order_by("id").only("order_id", "quantity", "delivered_at")


def handed_over(*, order: Order) -> tuple[int, datetime | None]:
    """(units that the shop said it delivered, when the first of them came); no question where the order knows.

    `parcels`: see there. A row of no units, which only says that all is there, is no delivery.
    """
    if hasattr(order, "parcels"):
        rows = [(one.quantity, one.delivered_at) for one in order.parcels]
    else:
        rows = list(Delivery.objects.filter(order=order).values_list("quantity", "delivered_at"))
    return sum(q for q, _ in rows), min((at for q, at in rows if q), default=None)


def handed_over_of_lines(*, order_ids: Iterable[int]) -> dict[int, tuple[int, datetime]]:
    """What `handed_over` says of each, of lines of which any unit came; one statement."""
    came = Delivery.objects.filter(order_id__in=list(order_ids), quantity__gt=0).order_by()
    told = came.values_list("order_id").annotate(units=Sum("quantity"), first=Min("delivered_at"))
    return {line: (units, first) for line, units, first in told}


def outages_of_lines(*, order_ids: Iterable[int]) -> dict[int, int]:
    """{line: seconds of outage}, of lines of which any usage was reported."""
    rows = Usage.objects.filter(order_id__in=list(order_ids)).order_by()
    return dict(rows.values_list("order_id", "outage_seconds"))


def with_units_to_use(*, order_ids: Iterable[int]) -> set[int]:
    """Of these lines, those that have licences or card keys: handed over, whether a delivery was reported or not."""
    ids = list(order_ids)
    licensed = Licence.objects.filter(order_id__in=ids).order_by().values_list("order_id", flat=True)
    return {
        *licensed.union(
            CardKey.objects.filter(order_id__in=ids).order_by().values_list("order_id", flat=True)
        )
    }


def pruned_of(*, order: Order) -> PrunedCounts | None:
    """How many of its counts went, up to which instant and when; None where all are there."""
    closed = order.rollup.closed_at is not None
    return PrunedCounts.objects.filter(order=order).first() if closed else None


def usage_of(*, order: Order) -> Usage | None:
    """What its reports of usage come to; None where nobody reported."""
    return Usage.objects.filter(order=order).first()


def interactions(*, order: Order) -> tuple[datetime, int] | None:
    """(observed_at, comments + shares since the baseline) by the newest look; None where it can't be counted."""
    row = Observation.objects.filter(order=order).order_by("-observed_at").first()
    if row is None or not row.measurable or row.comments is None or row.shares is None:
        return None
    before = (order.baseline_comments or 0) + (order.baseline_shares or 0)
    return row.observed_at, max(0, row.comments + row.shares - before)


def window_counts(*, order_ids: Iterable[int]) -> Iterator[tuple[int, datetime, int]]:
    """(order, instant, present) of the trusted looks in the drop window of each line, in the order of time.

    Of lines where something was delivered, as in `_trusted`: a zero is a removal, not a count.
    """
    rows = Observation.objects.filter(
        order_id__in=list(order_ids), measurable=True, count__gte=Greatest(F("order__baseline"), 1),
        observed_at__gte=F("order__rollup__completed_at"), observed_at__lte=F("order__rollup__window_ends_at"),
    )  # fmt: skip
    for line, at, count, baseline in rows.order_by("order_id", "observed_at").values_list(
        "order_id", "observed_at", "count", "order__baseline"
    ):
        yield line, at, (count or 0) - baseline


def handed_over_in_time(*, order_ids: Iterable[int]) -> dict[int, int]:
    """{line: units handed over by its deadline}, of lines of which any delivery was reported."""
    rows = Delivery.objects.filter(order_id__in=list(order_ids)).order_by().values_list("order_id")
    in_time = Sum("quantity", filter=Q(delivered_at__lte=F("order__deadline_at")))
    return dict(rows.annotate(n=Coalesce(in_time, 0)))


def interactions_of(*, order_ids: Iterable[int]) -> dict[int, tuple[datetime, int]]:
    """The same of many lines, by the newest look of each; those that can't be counted are left out."""
    newest = Observation.objects.filter(
        order_id__in=list(order_ids), observed_at=F("order__rollup__newest_seen_at"),
        measurable=True, comments__isnull=False, shares__isnull=False,
    )  # fmt: skip
    found = newest.order_by().values_list(
        "order_id", "observed_at", "comments", "shares", "order__baseline_comments", "order__baseline_shares"
    )
    return {
        line: (at, max(0, (comments or 0) + (shares or 0) - (before or 0) - (earlier or 0)))
        for line, at, comments, shares, before, earlier in found
    }
