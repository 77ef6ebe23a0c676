"""The queue read from the tables: what waits, in the order a person takes it up, a page at a time and never counted."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Case, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Least

from orders import queries as orders
from orders.rules.rows import storable
from tickets.models import Clock, Ticket
from tickets.rules import queue
from tickets.rules.lifecycle import FINAL, State

PER_PAGE, MOST_FOUND = 30, 200
TABS = ("ours", "late", "mine", "nobodys", "appeals", "all")
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
URGENCY = ("theirs", "in_time", "place", "limit", "pk")


@dataclass(frozen=True)
class Wanted:
    """What the address asks for: which tab, which words, from where on, as of when."""

    tab: str
    search: str
    now: datetime
    after: tuple[Any, ...] = ()


def wanted(*, query: Any, now: datetime) -> Wanted:
    """From the address; what can't be read of it is left out. A search looks at everything."""
    search = query.get("q", "").strip()[:100]
    tab = query.get("tab", "")
    tab = "all" if search else tab if tab in TABS else "ours"
    since, after = _read_cursor(query.get("after", ""), tab)
    return Wanted(tab, search if storable(search) else "", since or now, after)


def rows_of(*, reader: Any, want: Wanted) -> QuerySet[Ticket]:
    """All that the tab and the words ask for, in order; with what a row shows, in a fixed number of queries."""
    seen = Ticket.objects.visible_to(reader)
    seen = seen.select_related("order__product", "order__buyer", "assignee", "decision")
    rows = _found(seen, want.search)
    if want.tab == "all":
        return rows.order_by("-pk")
    if want.tab == "mine":
        mine = rows.filter(assignee=reader).exclude(state__in=FINAL)
        return in_order_of_urgency(mine, now=want.now)
    waiting = in_order_of_urgency(rows.filter(state__in=queue.OURS), now=want.now)
    if want.tab == "late":
        return waiting.filter(Q(limit__lt=want.now))
    if want.tab == "nobodys":
        return waiting.filter(assignee=None)
    return waiting.filter(state=State.APPEALED) if want.tab == "appeals" else waiting


def page_of(*, reader: Any, want: Wanted, size: int = PER_PAGE) -> tuple[list[Ticket], str]:
    """(the tickets after the cursor, the cursor of the next page or "")."""
    rows = rows_of(reader=reader, want=want).prefetch_related("clocks")
    if want.after:
        rows = rows.filter(_beyond(want))
    found = list(rows[: size + 1])
    shown = found[:size]
    return shown, _cursor(shown[-1], want) if len(found) > size else ""


def in_order_of_urgency(rows: QuerySet[Ticket], *, now: datetime) -> QuerySet[Ticket]:
    """As `rules.queue.order_key` has it: `limit` is the nearest promise that still stands, or the state's own limit."""
    promises = Clock.objects.filter(ticket=OuterRef("pk"), stopped_at=None, kind__in=queue.PROMISES)
    nearest = promises.order_by("due_at").values("due_at")[:1]
    never = Value(NEVER, output_field=DateTimeField())
    place = Case(
        When(order__long_term=True, then=Value(queue.FIRST)),
        When(severity__in=queue.URGENT, then=Value(queue.PRESSING)),
        default=Value(queue.USUAL),
    )
    marked = rows.annotate(
        limit=Least(Coalesce(F("due_at"), never), Coalesce(Subquery(nearest), never)),
        theirs=Case(When(state__in=queue.OURS, then=Value(0)), default=Value(1)),
        place=place,
    )
    in_time = Case(When(limit__lt=now, then=Value(0)), default=Value(1))
    return marked.annotate(in_time=in_time).order_by(*URGENCY)


def limit_of(ticket: Ticket) -> datetime | None:
    """The same limit from a ticket with its clocks."""
    stands = [
        clock.due_at
        for clock in ticket.clocks.all()
        if clock.stopped_at is None and clock.kind in queue.PROMISES
    ]
    return min([*stands, *([ticket.due_at] if ticket.due_at else [])], default=None)


def waiting() -> QuerySet[Ticket]:
    """What a person of ops has to do, in no order."""
    return Ticket.objects.filter(state__in=queue.OURS).order_by()


def late(*, now: datetime) -> QuerySet[Ticket]:
    return in_order_of_urgency(waiting(), now=now).filter(Q(limit__lt=now)).order_by()


def _found(rows: QuerySet[Ticket], search: str) -> QuerySet[Ticket]:
    """By ticket number, by order number from its first character on, by the buyer."""
    if not search:
        return rows
    ids = orders.ids_matching(text=search, most=MOST_FOUND)
    return rows.filter(Q(no=search.upper()) | Q(no=search) | Q(order_id__in=ids))


def _beyond(want: Wanted) -> Q:
    """Everything that stands after the cursor in this order: the first columns equal, the next one further."""
    if want.tab == "all":
        return Q(pk__lt=want.after[0])
    beyond, equal = Q(), Q()
    for name, value in zip(URGENCY, want.after, strict=True):
        beyond |= equal & Q(**{f"{name}__gt": value})
        equal &= Q(**{name: value})
    return beyond


def _cursor(last: Any, want: Wanted) -> str:
    values = list(_values(last, want))
    return base64.urlsafe_b64encode(json.dumps([want.now.isoformat(), *values]).encode()).decode().rstrip("=")


def _values(last: Any, want: Wanted) -> Iterator[Any]:
    if want.tab == "all":
        yield last.pk
        return
    for name in URGENCY:
        value = getattr(last, name)
        yield value.isoformat() if name == "limit" else value


def _read_cursor(text: str, tab: str) -> tuple[datetime | None, tuple[Any, ...]]:
    """A page is read as of the moment the first one was, or what has become late meanwhile would be passed over."""
    try:
        at, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        since = datetime.fromisoformat(at)
        if since.tzinfo is None or len(values) != (1 if tab == "all" else len(URGENCY)):
            return None, ()
        since = since.astimezone(UTC)
        if tab != "all":
            values[3] = datetime.fromisoformat(values[3]).astimezone(UTC)
        whole = all(isinstance(each, int | datetime) for each in values)
        return (since, tuple(values)) if whole else (None, ())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None, ()
