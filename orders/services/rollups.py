"""Rollups follow their facts in the same transaction; late rows count by their own time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Min, Q

from orders.models import Delivery, Observation, Order, Rollup
from orders.rules.line import Count, Rolled, Seen, Terms, contradicts, roll_on, roll_up
from orders.services import bulk
from orders.services.batches import UNKNOWN

AT_ONCE = 1000
# A count that is older when it comes tells of history: nobody is written to about it. Exactly a day is news.
NEWS = timedelta(days=1)
ROLLED = (
    "completed_at", "completed_by", "window_ends_at", "delivered", "delivered_seen_at", "window_seen_at",
    "window_present", "newest_seen_at", "newest_present",
)  # fmt: skip
COMPLETION = 5  # so many of them say when how many were there; after that they move no more
FIELDS = (*ROLLED, "final_at", "contradicted_at")
AGREED = ("quantity", "baseline", "deadline_at", "window_seconds", "gift_key", "product_id", "target")
HELD = (
    "pk", "frozen_at", "final_at", "completed_at", "completed_by", "delivered", "delivered_seen_at", "window_seen_at",
    "window_present", "newest_seen_at", "newest_present", "closed_at",
)  # fmt: skip


Target = tuple[int, str]  # the product and the address


class Line(NamedTuple):
    """A held line: what is agreed, and what its counts came to so far."""

    pk: int
    gift_key: UUID | None
    is_frozen: bool
    terms: Terms
    rolled: Rolled
    closed_at: datetime | None


@dataclass(frozen=True)
class Held:
    """Lines that nobody else brings up to date until the transaction ends."""

    lines: dict[str, Line]  # by order number
    beside: dict[int, Target]  # all lines whose targets these share with others, held too

    def pk(self, order_no: str) -> int:
        line = self.lines.get(order_no)
        return UNKNOWN if line is None else line.pk


def hold(numbers: Collection[str]) -> Held:
    """Hold the lines called so and those beside them; what doesn't exist is left out.

    All are taken at once and in one order, so that two batches never wait for each other; the rollups, not the orders:
    decisions, which only point at an order, don't wait at all. On SQLite there is one writer anyway.
    """
    called = Order.objects.filter(order_no__in=numbers).order_by()
    agreed = {pk: terms for pk, *terms in called.values_list("pk", "order_no", *AGREED)}
    beside = _beside({(product, target) for *_, product, target in agreed.values() if target})
    held = _locked(Q(pk__in={*beside, *agreed})).values_list(*HELD)
    return Held({agreed[pk][0]: _line(pk, agreed[pk], *row) for pk, *row in held if pk in agreed}, beside)


def _beside(targets: set[Target]) -> dict[int, Target]:
    """The lines on those of these (product, target) that have several.

    Not in one statement with the lines: whatever is joined, the database may read all orders there are for it.
    """
    lines: dict[Target, list[int]] = defaultdict(list)
    if targets:
        there = Order.objects.filter(target__in={target for _, target in targets}).order_by()
        for pk, product, target in there.values_list("pk", "product_id", "target"):
            lines[product, target].append(pk)
    return {pk: on for on, pks in lines.items() if len(pks) > 1 and on in targets for pk in pks}


def _locked(which: Q) -> Any:
    return Rollup.objects.filter(which).order_by("pk").select_for_update(of=("self",), no_key=True)


def _line(
    pk: int, agreed: Sequence[Any], frozen_at: datetime | None, final_at: datetime | None, completed_at: datetime,
    completed_by: str, delivered: int | None, delivered_at: datetime | None, window_at: datetime | None,
    window: int | None, newest_at: datetime | None, newest: int | None, closed_at: datetime | None,
) -> Line:  # fmt: skip
    _, quantity, baseline, deadline_at, window_s, gift_key, *_ = agreed
    rolled = Rolled(
        completed_at, completed_by, delivered, delivered_at,
        Seen(window_at, window) if window_at else None, Seen(newest_at, newest) if newest_at else None,
    )  # fmt: skip
    terms = Terms(quantity, baseline, deadline_at, final_at, window_s)
    return Line(pk, gift_key, frozen_at is not None, terms, rolled, closed_at)


def carry_on(*, held: Held, counted: Mapping[str, list[Count]], now: datetime) -> None:
    """New counts of held lines, in the transaction that stores them: from the rollup itself where that is enough."""
    moved: list[tuple[Any, ...]] = []
    steady: list[tuple[Any, ...]] = []
    again: list[int] = []
    for order_no, later in counted.items():
        later.sort(key=attrgetter("at"))
        line = held.lines[order_no]
        # Of a gift, what its supplier said stands in for a count until somebody counts.
        rolled = None if line.gift_key else roll_on(line.terms, line.rolled, later, frozen=line.is_frozen)
        if rolled is None:
            again.append(line.pk)
        else:
            changed = _is_news(line.pk, line.rolled, rolled, held, now)
            values = columns(rolled, line.terms.window_s)
            if values[:COMPLETION] == columns(line.rolled, line.terms.window_s)[:COMPLETION]:
                steady.append((*values[COMPLETION:], changed, line.pk))
            else:
                moved.append((*values, changed, line.pk))
    bulk.write_rollups(moved, ROLLED)
    bulk.write_rollups(steady, ROLLED[COMPLETION:])
    _from_facts(again, held, now)
    lately = [held.pk(order_no) for order_no, later in counted.items() if later[-1].at >= now - NEWS]
    _tell_beside(held, {held.pk(order_no) for order_no in counted}, lately)


def refresh(*, held: Held, order_ids: Collection[int], now: datetime) -> None:
    """Recompute the rollups of these held lines from all their facts; what is closed stays as it is."""
    _from_facts(order_ids, held, now)
    if held.beside:
        lately = Rollup.objects.filter(pk__in=held.beside, newest_seen_at__gte=now - NEWS)
        _tell_beside(held, set(order_ids), lately.values_list("pk", flat=True))


def _from_facts(order_ids: Iterable[int], held: Held, now: datetime) -> None:
    ids = sorted(order_ids)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        history, finals, news = _history(some), _finals(some), []
        for one in Rollup.objects.filter(pk__in=some, closed_at=None).select_related("order"):
            before = one.rolled()
            _bring_up_to_date(one, history[one.pk], finals.get(one.pk), now)
            changed = _is_news(one.pk, before, one.rolled(), held, now)
            news.append((*(getattr(one, name) for name in FIELDS), changed, one.pk))
        bulk.write_rollups(news, FIELDS)


def _is_news(pk: int, before: Rolled, after: Rolled, held: Held, now: datetime) -> int:
    """1 where the watch would see anything new, however late it comes to it; old files are history."""
    fresh = after.newest is not None and after.newest.at >= now - NEWS
    return int(fresh and looked_at(before) != looked_at(after) and (is_short(after) or pk in held.beside))


def _history(ids: Collection[int]) -> dict[int, list[Count]]:
    """All counts of these lines, the oldest first."""
    counts: dict[int, list[Count]] = {pk: [] for pk in ids}
    rows = Observation.objects.filter(order_id__in=ids).order_by("order_id", "observed_at")
    for pk, at, count, measurable in rows.values_list(
        "order_id", "observed_at", "count", "measurable"
    ).iterator():
        counts[pk].append(Count(at, count, measurable))
    return counts


def _finals(ids: Collection[int]) -> dict[int, datetime]:
    """When each was said to be complete; the first time counts."""
    rows = Delivery.objects.filter(order_id__in=ids, final=True).values("order_id")
    return dict(rows.annotate(at=Min("delivered_at")).values_list("order_id", "at"))


def _tell_beside(held: Held, own: Collection[int], lately: Iterable[int]) -> None:
    """One counter for all on a target: what is counted of one says something of each, unless it is history of all."""
    news = {held.beside[pk] for pk in lately if pk in held.beside}
    if own and (others := {pk for pk, on in held.beside.items() if on in news and pk not in own}):
        Rollup.objects.filter(pk__in=others).update(changes=F("changes") + 1)


def _bring_up_to_date(rollup: Rollup, counts: list[Count], final_at: datetime | None, now: datetime) -> None:
    """From all its counts (not saved)."""
    terms = rollup.order.terms(final_at=final_at)
    frozen = rollup.frozen()
    rollup.final_at = final_at
    write(rollup, roll_up(terms, counts, frozen=frozen), window_s=terms.window_s)
    counted = frozen and not rollup.order.is_gift  # of a gift as many came as its supplier says
    if frozen and counted and rollup.contradicted_at is None and contradicts(frozen, terms, counts):
        # Stored, flagged for ops, and no decision changes: rules.md §1.
        rollup.contradicted_at = now


def looked_at(rolled: Rolled) -> tuple[Any, ...]:
    """What a look at the line rests on."""
    return rolled.completed_at, rolled.delivered, rolled.window, rolled.newest


def is_short(rolled: Rolled) -> bool:
    """Whether one of its counts shows less than was delivered."""
    units = rolled.delivered or 0
    return any(
        seen is not None and seen.present is not None and seen.present < units
        for seen in (rolled.window, rolled.newest)
    )


def seen(rollups: Iterable[Rollup]) -> None:
    """Their counts were looked at, as they are here; what a later count changed meanwhile stays to be looked at."""
    alike: dict[int, list[int]] = defaultdict(list)
    for rollup in rollups:
        alike[rollup.changes].append(rollup.pk)
    list(_locked(Q(pk__in=[pk for ids in alike.values() for pk in ids])).values_list("pk"))
    for changes, ids in alike.items():
        Rollup.objects.filter(pk__in=ids, looked__lt=changes).update(looked=changes)


def columns(rolled: Rolled, window_s: int) -> tuple[Any, ...]:
    """The pure result as ROLLED has it."""
    window, newest = rolled.window, rolled.newest
    return (
        rolled.completed_at, rolled.completed_by, rolled.completed_at + timedelta(seconds=window_s),
        rolled.delivered, rolled.delivered_seen_at, window and window.at, window and window.present,
        newest and newest.at, newest and newest.present,
    )  # fmt: skip


def write(rollup: Rollup, rolled: Rolled, *, window_s: int) -> None:
    """Copy the pure result into the row (not saved)."""
    for name, value in zip(ROLLED, columns(rolled, window_s), strict=True):
        setattr(rollup, name, value)


def first(order: Order) -> Rollup:
    """The rollup of a line nothing was counted for yet (not saved)."""
    rollup = Rollup(order=order)
    write(rollup, roll_up(order.terms(), []), window_s=order.window_seconds)
    return rollup


def freeze(*, order: Order, now: datetime) -> None:
    """Completion and delivered units stay what the line's first decision used, as `order.rollup` has it; once."""
    used = order.rollup
    # An unknown count is nothing to hold on to: a question asked before the first look must not spoil the line.
    if used.frozen_at or used.completed_at > now or used.delivered is None:
        return
    moving = Rollup.objects.filter(order=order, frozen_at=None)
    decisive = {"completed_at": used.completed_at, "delivered": used.delivered}
    if moving.filter(**decisive).update(frozen_at=now):
        return
    # A row that arrived while the decision was made moved them: the decision's stand, and the row is flagged.
    held = hold([order.order_no])
    beside = {"completed_by": used.completed_by, "delivered_seen_at": used.delivered_seen_at}
    if moving.update(frozen_at=now, **decisive, **beside):
        refresh(held=held, order_ids=[order.pk], now=now)
