"""Claims of lines that fell together are major: those filed while the event goes on, and those filed just before."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from common import forks
from orders import queries as orders
from tickets.services import grading
from watch import queries
from watch.models import Incident
from watch.rules.crowds import WITHIN, Subject

if TYPE_CHECKING:
    from orders.models import Order
    from tickets.services.grading import Filed

log = logging.getLogger(__name__)
REASON, BATCH = "drop", 200
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


def run_due(*, now: datetime) -> int:
    """Claims filed within the hour before an incident and still open; how many. Run with each look at the counts."""
    made = 0
    owed = Incident.objects.filter(grade_until__isnull=False).select_related("product", "supplier")
    for incident in owed.order_by("id"):
        try:
            made += _grade(incident, now)
        except (
            Exception
        ):  # it is owed until it is done; the others, and what is to be said, don't wait for it
            log.exception("给 %s 以前提交的售后单定轻重时出错，下一轮再来", incident)
            continue
        if incident.grade_until and incident.grade_until < now and not forks.gate.wanted:
            Incident.objects.filter(pk=incident.pk).update(grade_until=None)
    return made


def _grade(incident: Incident, now: datetime) -> int:
    subject, after, made = Subject(incident.product_id, incident.supplier_id), 0, 0
    since = incident.opened_at - WITHIN
    while not forks.gate.wanted:
        filed = grading.filed_and_open(reason=REASON, since=since, after=after, most=BATCH)
        if not filed:
            break
        after = filed[-1].pk
        made += grading.make_major(ids=_those_of(subject, filed), why=_words(subject, incident.pk), now=now)
    return made


def _those_of(subject: Subject, filed: Sequence[Filed]) -> list[int]:
    if subject.product_id is not None:
        return [one.pk for one in filed if one.product_id == subject.product_id]
    whose = orders.supplier_ids_of(order_ids=[one.order_id for one in filed])
    return [one.pk for one in filed if whose.get(one.order_id) == subject.supplier_id]


def _words(subject: Subject, incident: int) -> dict[str, Any]:
    """As the history of a case keeps it, for ops."""
    of = "product" if subject.product_id is not None else "supplier"
    return {"of": of, "incident": incident, "page": reverse("admin:watch_incident_change", args=[incident])}
