"""The shop's own days: cases opened and ended, and money that went out, counted from rows that are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from common.clock import shanghai
from ledger import queries as ledger
from tickets import queries as tickets
from watch.models import Pass
from watch.rules.health import ENDED, OPENED, PAID, SHOP
from watch.services.health_tally import Key, Tally
from watch.services.passing import reached

BATCH = 500


@transaction.atomic
def cases(*, until: datetime) -> int:
    """Each case once when it is opened and once when it ends."""
    place, tally = reached(name="cases"), Tally()
    rows = tickets.steps_after(after=place.after, until=until, most=BATCH)
    for row in rows:
        day = shanghai(row.at).date()
        if row.opens:
            tally.add(Key(SHOP, day, OPENED), 1)
        if row.ends:
            tally.add(Key(SHOP, day, ENDED), 1)
    return _reach(place, tally, [row.pk for row in rows])


@transaction.atomic
def money(*, until: datetime) -> int:
    """Fen that went out, by the day it was booked."""
    place, tally = reached(name="money"), Tally()
    rows = ledger.transfers_after(after=place.after, until=until, most=BATCH)
    for row in rows:
        if row.paid_fen:
            tally.add(Key(SHOP, shanghai(row.at).date(), PAID), row.paid_fen)
    return _reach(place, tally, [row.pk for row in rows])


def _reach(place: Pass, tally: Tally, ids: Sequence[int]) -> int:
    tally.write()
    if ids:
        place.after = ids[-1]
        place.save()
    return len(ids)
