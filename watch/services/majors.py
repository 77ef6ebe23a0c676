"""Claims of lines that fell together are major: those filed while the event goes on, and those filed just before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from common import forks
from integrations.services import moments
from orders import queries as orders
from tickets.services import grading
from watch import queries
from watch.models import Incident
from watch.rules.crowds import WITHIN, Subject
from watch.services import stumbling
from watch.services.stumbling import GRADE

if TYPE_CHECKING:
    from orders.models import Order
    from tickets.services.grading import Filed

REASON, BATCH, LONGEST_PASS = "drop", 200, timedelta(seconds=8)
# A claim whose transaction began before the incident was there to be read may be seen only after it: they are looked
# for until then.
LAG = timedelta(minutes=1)


def why(*, order: Order, reason: str, now: datetime) -> dict[str, Any] | None:
    """What makes a claim filed now major: the event that goes on, the product's before the supplier's."""
    if reason != REASON:
        return None
    going_on = queries.going_on(since=now - WITHIN, product_id=order.product_id)
    of_supplier = any(subject.supplier_id for subject in going_on)
    whose = orders.supplier_ids_of(order_ids=[order.pk]).get(order.pk) if of_supplier else None
    for subject in (Subject(product_id=order.product_id), Subject(supplier_id=whose)):
        if subject in going_on:
            return _words(subject, going_on[subject])
    return None


@dataclass
class _Pass:
    """What one pass knows: which incidents are owed, and what of them it had to leave for later."""

    now: datetime
    owed: Sequence[Incident]
    unfinished: set[int] = field(default_factory=set)  # incidents
    put_off: set[int] = field(default_factory=set)  # lines
    made: int = 0


def run_due(*, now: datetime) -> int:
    """Claims filed within the hour before an incident and still open; how many. Run with each look at the counts."""
    going = _Pass(now, list(Incident.objects.filter(grade_until__isnull=False).order_by("id")))
    if not going.owed or not _through(going):
        return going.made
    over = [one.pk for one in going.owed if one.pk not in going.unfinished and _until(one) < now]
    if over:
        _finish(over, going)
    return going.made


@transaction.atomic
def _finish(over: Sequence[int], going: _Pass) -> None:
    """These are done; a line that broke and whose claim has ended since is tried no more."""
    stumbling.only(work=GRADE, lines=going.put_off)
    Incident.objects.filter(pk__in=over).update(grade_until=None)


def _through(going: _Pass) -> bool:
    """Every claim is read once, for whichever incident; whether there was time for all of them.

    What was graded is not read again, so that the next pass gets further.
    """
    clock = moments.running_from(going.now)
    since, until = min(_since(one) for one in going.owed), max(_until(one) for one in going.owed)
    after = 0
    while clock() - going.now <= LONGEST_PASS and not forks.gate.wanted:
        filed = grading.filed_and_open(reason=REASON, since=since, until=until, after=after, most=BATCH)
        for incident, claims in _by_incident(filed, going.owed):
            _grade(incident, claims, going)
        if len(filed) < BATCH:
            return True
        since, after = filed[-1].opened_at, filed[-1].pk
    return False


def _grade(incident: Incident, claims: Sequence[Filed], going: _Pass) -> None:
    """All at once; one that breaks our own code waits alone, and its incident is owed until it is got through."""
    broke_before = stumbling.known(work=GRADE, lines=[one.order_id for one in claims])
    due = [one for one in claims if broke_before.get(one.order_id, going.now) <= going.now]
    later = {one.order_id for one in claims if one not in due}
    why = _words(Subject(incident.product_id, incident.supplier_id), incident.pk)

    def make(some: Sequence[Filed]) -> None:
        going.made += grading.make_major(ids=[one.pk for one in some], why=why, now=going.now)

    def broke(one: Filed) -> None:
        stumbling.put_off(work=GRADE, line=one.order_id, now=going.now)
        later.add(one.order_id)

    stumbling.in_parts(due, make, broke)
    if later:
        going.put_off |= later
        going.unfinished.add(incident.pk)


def _by_incident(filed: Sequence[Filed], owed: Sequence[Incident]) -> list[tuple[Incident, list[Filed]]]:
    """Each claim with the incident that makes it major: the product's before the supplier's, then the first."""
    ids = [one.order_id for one in filed] if any(incident.supplier_id for incident in owed) else []
    whose = orders.supplier_ids_of(order_ids=ids) if ids else {}
    found: dict[int, list[Filed]] = defaultdict(list)
    for one in filed:
        near = [incident for incident in owed if _since(incident) <= one.opened_at <= _until(incident)]
        of_goods = [incident for incident in near if incident.product_id == one.product_id]
        source = whose.get(one.order_id)
        of_source = [incident for incident in near if source is not None and incident.supplier_id == source]
        for incident in (of_goods + of_source)[:1]:
            found[incident.pk].append(one)
    return [(incident, found[incident.pk]) for incident in owed if incident.pk in found]


def _since(incident: Incident) -> datetime:
    return incident.opened_at - WITHIN


def _until(incident: Incident) -> datetime:
    """Filed later than that, a claim was graded as it was filed, or the event was over."""
    assert incident.grade_until is not None
    return (
        min(incident.grade_until, incident.ended_at + WITHIN) if incident.ended_at else incident.grade_until
    )


def _words(subject: Subject, incident: int) -> dict[str, Any]:
    """As the history of a case keeps it, for ops."""
    of = "product" if subject.product_id is not None else "supplier"
    return {"of": of, "incident": incident, "page": reverse("admin:watch_incident_change", args=[incident])}
