"""Many lines of one product or supplier that lack interactions at once: the rest waits for one person's word."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from watch import queries
from watch.models import EffectCheck, Incident
from watch.rules.crowds import WITHIN, Crowds, Subject
from watch.services import mass


class Crowd:
    """How many of each product and supplier were given something within the last hour; counted on from there."""

    def __init__(self, *, now: datetime) -> None:
        given, waiting = queries.granted_since(now - WITHIN), mass.waiting(about="effect")
        self._crowds = Crowds(made=given, waiting=waiting, most=mass.MOST)

    def beyond(self, row: EffectCheck) -> Subject | None:
        """In whose incident this one waits; what a person let go waits in none."""
        if _let_go(row):
            return None
        return self._crowds.beyond(product=row.order.product_id, supplier=row.supplier_id)

    def take_back(self, row: EffectCheck) -> None:
        """It was within the limit, and then given nothing."""
        if not _let_go(row):
            self._crowds.take_back(product=row.order.product_id, supplier=row.supplier_id)


def _let_go(row: EffectCheck) -> bool:
    return row.incident is not None and row.incident.state == "released"


@transaction.atomic
def hold(*, row: EffectCheck, subject: Subject, now: datetime) -> None:
    incident = mass.held_open(subject=subject, about="effect", now=now)
    waiting = EffectCheck.objects.filter(pk=row.pk, due_at=row.due_at, ended_at=None)
    if waiting.update(due_at=None, incident=incident, supplier_id=row.supplier_id):
        Incident.objects.filter(pk=incident.pk).update(lines=F("lines") + 1)
