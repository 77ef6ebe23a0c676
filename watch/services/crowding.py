"""Many lines of one product that lack interactions at once: the rest waits for one person's word."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.db.models import F

from watch import queries
from watch.models import EffectCheck, Incident
from watch.services import mass


class Crowd:
    """How many of each product were given something within the last hour; counted on from there."""

    def __init__(self, *, now: datetime) -> None:
        self._given = Counter(queries.granted_since(now - mass.WITHIN))
        self._waiting = mass.products_waiting(about="effect")

    def is_reached(self, row: EffectCheck) -> bool:
        """Whether this one is beyond the limit; what a person let go is not."""
        product = row.order.product_id
        if row.incident and row.incident.state == "released":
            return False
        self._given[product] += 1
        return self._given[product] > mass.MOST or product in self._waiting


@transaction.atomic
def hold(*, row: EffectCheck, now: datetime) -> None:
    incident = mass.held_open(product=row.order.product, about="effect", now=now)
    waiting = EffectCheck.objects.filter(pk=row.pk, due_at=row.due_at, ended_at=None)
    if waiting.update(due_at=None, incident=incident):
        Incident.objects.filter(pk=incident.pk).update(lines=F("lines") + 1)
