"""Reads of tickets that pages and the API use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import (
    Count,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    prefetch_related_objects,
)
from django.db.models.functions import TruncDate

from accounts import permissions as who
from common.clock import SHANGHAI
from common.counting import counted
from common.phrases import mark
from common.refusals import Absent
from compensation import queries as compensation
from evidence import queries as evidence
from evidence.rules.bundle import FORMAT
from orders.rules.rows import storable
from tickets.models import CLOCK_KINDS, REASONS, Attachment, Clock, Event, Rating, Ticket
from tickets.rules.lifecycle import FINAL, State

if TYPE_CHECKING:
    from orders.models import Order

CAP = 1000  # of what is shown as a figure; beyond it "1000+"


# Written by the system, not by the buyer.
UNASKED = ("recall", "effect")
# The same, and what a warning's link filed: it never costs its buyer anything.
WRITTEN_FOR_THEM = (*UNASKED, "warning")
# Waits for somebody's word, as what it is about does not.
WITH_A_PERSON = (State.WAITING_OPS, State.WAITING_BUYER, State.WAITING_DEVELOPER)
# Whether a tutorial was given in it, for a line that reads no history.
GUIDED = Exists(Event.objects.filter(ticket=OuterRef("pk"), kind="guided"))


class TicketAbsent(Absent):
    code = "ticket_not_found"
    detail = mark("没有找到这张售后单，请核对单号。")


def tickets_of(reader: Any) -> QuerySet[Ticket]:
    """The reader's tickets with all that a row shows, in a fixed number of queries."""
    remedies = Prefetch("decision__remedies", compensation.remedies())
    return (
        Ticket.objects.visible_to(reader)
        .select_related("order__product", "order__buyer__agent", "decision", "assignee")
        .prefetch_related("clocks", remedies)
        .order_by("-id")
    )


def reason_names() -> dict[str, Any]:
    """{reason: what it is called}"""
    return dict(REASONS)


def shown(ticket: Ticket) -> Ticket:
    """One that was opened this instant, with the rest of what a row shows; read again it would cost twice that."""
    prefetch_related_objects([ticket], "clocks", Prefetch("decision__remedies", compensation.remedies()))
    return ticket


def find_ticket(*, reader: Any, no: str) -> Ticket:
    """The reader's ticket; another's looks absent."""
    ticket = tickets_of(reader).filter(no=no).first() if storable(no) else None
    if ticket is None:
        raise TicketAbsent()
    return ticket


def events_of(*, ticket: Ticket, internal: bool) -> QuerySet[Event]:
    """The history, oldest first; notes between colleagues only for ops."""
    rows = Event.objects.filter(ticket=ticket).order_by("id")
    return rows if internal else rows.filter(internal=False)


def opened_within(buyers: Iterable[int], *, since: datetime, until: datetime) -> QuerySet[Ticket]:
    """What these buyers themselves claimed or asked from `since` and before `until`, the oldest first."""
    rows = Ticket.objects.filter(order__buyer_id__in=list(buyers), opened_at__gte=since, opened_at__lt=until)
    rows = rows.exclude(channel__in=UNASKED)
    return rows.select_related("order").order_by("pk")


def newest_ticket_no(*, order: Order) -> str:
    """Of an order whose reader may see it; "" where there is none."""
    return Ticket.objects.filter(order=order).order_by("-id").values_list("no", flat=True).first() or ""


def newest_claim(*, order: Order, reason: str, since: datetime) -> Ticket | None:
    """The line's newest claim for this that is open or was made since then; one that was withdrawn never was."""
    rows = Ticket.objects.filter(order=order, reason=reason).exclude(state=State.WITHDRAWN)
    return rows.filter(~Q(state__in=FINAL) | Q(opened_at__gte=since)).order_by("-id").first()


def orders_with_open(*, order_ids: Iterable[int], reason: str = "") -> set[int]:
    """Of these orders, those with a case (for this reason) that has not ended."""
    rows = Ticket.objects.filter(order_id__in=list(order_ids)).exclude(state__in=FINAL)
    if reason:
        rows = rows.filter(reason=reason)
    return set(rows.order_by().values_list("order_id", flat=True))


def orders_in_review(*, order_ids: Iterable[int], reasons: Iterable[str]) -> set[int]:
    """Of these orders, those with a claim for one of these reasons that a person has still to answer."""
    waiting = (
        State.WAITING_OPS,
        State.WAITING_BUYER,
        State.WAITING_DEVELOPER,
        State.APPEALED,
        State.ARBITRATING,
    )
    rows = Ticket.objects.filter(order_id__in=list(order_ids), reason__in=sorted(reasons), state__in=waiting)
    return set(rows.exclude(channel="recall").order_by().values_list("order_id", flat=True))


class Stand(NamedTuple):
    """How a case stands, without anybody's words."""

    pk: int
    order_id: int
    reason: str
    outcome: str
    channel: str
    state: str
    decision_id: int
    opened_at: datetime


def cases_of(*, order_ids: Iterable[int]) -> list[Stand]:
    """Every case of these orders, the first one first."""
    rows = Ticket.objects.filter(order_id__in=list(order_ids)).order_by("pk")
    told = rows.values_list(
        "pk", "order_id", "reason", "decision__outcome", "channel", "state", "decision_id", "opened_at"
    )
    return [Stand(*row) for row in told]


def proofs_of(*, ticket: Ticket) -> QuerySet[Attachment]:
    """What the buyer handed in, oldest first; its file is at the page `ticket-attachment`, for ops too."""
    return Attachment.objects.filter(ticket=ticket, contest=None).order_by("id")


def files_of_contests(*, ticket: Ticket) -> QuerySet[Attachment]:
    """What the developer handed in with a contest, oldest first; for ops and the developer, at the same page."""
    return Attachment.objects.filter(ticket=ticket).exclude(contest=None).order_by("id")


def find_attachment(*, reader: Any, no: str, token: str) -> Attachment:
    """The goods' developer sees the case, not what a buyer shows of themselves; nor the buyer what a developer does."""
    ticket = find_ticket(reader=reader, no=no)
    files = (
        Attachment.objects.visible_to(reader).filter(ticket=ticket, token=token) if storable(token) else None
    )
    found = files.first() if files is not None else None
    if found is None:
        raise Absent()
    return found


def rating_of(*, ticket: Ticket) -> Rating | None:
    """What the buyer thinks of how it went; None before it is said."""
    return Rating.objects.filter(ticket=ticket).first()


def bundle_of(*, ticket: Ticket, reader: Any) -> dict[str, Any]:
    """What the record says of the ticket's order, with its proofs and rules: checkable without a server.

    The buyer and ops get all of the order; whoever sees only this ticket gets this ticket.
    """
    own = who.is_ops(reader) or who.guest_order_of(reader) or who.buyer_id_of(reader)
    head, entries, waiting = evidence.entries_of(
        order_no=ticket.order.order_no, internal=who.is_ops(reader), only=None if own else _rows_of(ticket)
    )
    return {
        "format": FORMAT, "ticket_no": ticket.no, "order_no": ticket.order.order_no, "head": head,
        "entries": entries, "waiting": waiting, "policies": compensation.policies_of(order=ticket.order),
    }  # fmt: skip


def _rows_of(ticket: Ticket) -> list[tuple[str, int]]:
    """(kind, id) of what a ticket alone consists of: what happened to it, its decision, its remedies.

    With the decision go the findings that its facts rest on.
    """
    events = Event.objects.filter(ticket=ticket, internal=False).values_list("pk", flat=True)
    remedies = ticket.decision.remedies.values_list("pk", flat=True)
    found = [row["id"] for row in (ticket.decision.sources or {}).get("findings", ())]
    return [
        ("decision", ticket.decision_id), *(("finding", pk) for pk in found), *(("ticket", pk) for pk in events),
        *(("remedy", pk) for pk in remedies),
    ]  # fmt: skip


class Words(NamedTuple):
    """What a case says of itself."""

    text: str
    opened_at: datetime
    major: bool


def words_of(*, ids: Iterable[int]) -> dict[int, Words]:
    """{case: its words}"""
    rows = Ticket.objects.filter(pk__in=list(ids)).order_by()
    told = rows.values_list("pk", "text", "opened_at", "severity")
    return {pk: Words(text, at, severity == "major") for pk, text, at, severity in told}


class Step(NamedTuple):
    """Something in the history of a case, as far as it opens or ends one."""

    pk: int
    at: datetime
    opens: bool
    ends: bool


def steps_after(*, after: int, until: datetime, most: int) -> list[Step]:
    """What happened to cases after that row, the oldest first, up to the first after `until`."""
    rows = Event.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "at", "kind", "data")[:most]
    return [
        Step(pk, at, kind == "opened", _ends(kind, data))
        for pk, at, kind, data in takewhile(lambda row: row[1] <= until, rows)
    ]


def _ends(kind: str, data: dict[str, Any]) -> bool:
    """A move into an end, or a decision that was one at once."""
    to = data.get("to") or (data.get("state") if kind == "decided" else None)
    return to in FINAL and data.get("from") not in FINAL


def open_by_state() -> list[tuple[str, int]]:
    """(state, cases in it) of every state that is no end, in one query; none is counted beyond CAP + 1."""
    states = [state.value for state in State if state not in FINAL]
    return list(counted({state: Ticket.objects.filter(state=state) for state in states}, cap=CAP).items())


def breaches_since(*, at: datetime) -> list[tuple[date, str, int]]:
    """(day of Shanghai, clock, how often) that a promise was broken which ended then or later."""
    rows = Clock.objects.filter(state="breached", due_at__gte=at).order_by()
    days = rows.values_list(TruncDate("due_at", tzinfo=SHANGHAI), "kind")
    return [(day, kind, n) for day, kind, n in days.annotate(n=Count("id"))]


def asked_of_developer(*, developer: Any, since: datetime, until: datetime) -> QuerySet[Clock]:
    """The clocks of what a developer was asked, kept or broken, whose time ended within; by an index of such clocks."""
    rows = Clock.objects.filter(kind="developer_answer", due_at__gte=since, due_at__lt=until)
    return rows.filter(state__in=("met", "breached"), ticket__order__product__developer=developer).order_by(
        "id"
    )


def certain_of(
    *, developer: Any, since: datetime, until: datetime, outcomes: Iterable[str]
) -> QuerySet[Ticket]:
    """Cases of orders that were paid within, whose decision has one of these outcomes and stands; not a recall's.

    What was refused or taken back doesn't stand, nor what a person has still to agree to.
    """
    agreed = Q(state__in=(State.FULFILLING, State.CONFIRMING, State.RESOLVED))
    handed_over = Q(state__in=WITH_A_PERSON, decision__requires_review=False)
    rows = Ticket.objects.filter(
        agreed | handed_over, order__product__developer=developer, order__paid_at__gte=since,
        order__paid_at__lt=until, order__origin_no="", decision__outcome__in=list(outcomes),
    )  # fmt: skip
    return rows.exclude(channel="recall").order_by("id")


def happened_to(*, tickets: Iterable[int]) -> dict[int, list[Event]]:
    """{case: all that happened to it, the oldest first}"""
    found: dict[int, list[Event]] = {}
    for event in Event.objects.filter(ticket_id__in=list(tickets)).order_by("id"):
        found.setdefault(event.ticket_id, []).append(event)
    return found


def ids_called(*, nos: Iterable[str]) -> dict[str, int]:
    """{number: id} of those that there are."""
    return dict(Ticket.objects.filter(no__in=set(nos)).order_by().values_list("no", "pk"))


def clock_names() -> dict[str, Any]:
    """{clock: what it is called}"""
    return dict(CLOCK_KINDS)
