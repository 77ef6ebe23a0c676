"""Which accounts a remedy's units came from: asked of the supplier bit by bit, after the units were booked."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from compensation.models import DeliveredUnit, Remedy, UnitList
from integrations.services import unit_lists

log = logging.getLogger(__name__)
A_ROUND = 20  # questions
LEASE = timedelta(seconds=60)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=4), timedelta(hours=1)
MOST_TRIES = 24  # most of a day


def want(*, remedy: Remedy, now: datetime) -> None:
    """More units came: their accounts are to be asked for. In the transaction that booked them."""
    if not UnitList.objects.filter(remedy=remedy).update(next_at=now, tries=0):
        UnitList.objects.create(remedy=remedy, next_at=now)


def run_due(*, now: datetime, limit: int = A_ROUND) -> int:
    """Ask about the remedies that are due; how many answered. One that doesn't ends the round."""
    answered = 0
    due = UnitList.objects.filter(next_at__lte=now).select_related("remedy").order_by("next_at")
    for row in list(due[:limit]):
        until = now + LEASE
        if not UnitList.objects.filter(pk=row.pk, next_at=row.next_at).update(next_at=until):
            continue  # another worker was first, or more came
        row.next_at = until
        if not _ask(row, now):
            break
        answered += 1
    return answered


def _ask(row: UnitList, now: datetime) -> bool:
    try:
        found = unit_lists.units(key=row.remedy.key, after=row.known, now=now)
    except unit_lists.Silent as silence:
        log.info("账号清单没有问到，稍后再问：%s（%s）", row.remedy.key, silence)
        _later(row, now)
        return False
    if found is None:
        _until(row, None)
    elif not found:
        _later(row, now)
    else:
        _keep(row, found, now)
    return True


@transaction.atomic
def _keep(row: UnitList, found: tuple[unit_lists.Unit, ...], now: datetime) -> None:
    """What was said, as far as so many units are booked; a supplier that says more than came is not believed."""
    remedy = Remedy.objects.get(pk=row.remedy_id)
    found = found[: max(0, remedy.delivered - row.known)]
    if not UnitList.objects.filter(pk=row.pk, known=row.known).update(known=F("known") + len(found), tries=0):
        return  # another worker wrote these
    DeliveredUnit.objects.bulk_create(
        DeliveredUnit(
            order_id=remedy.order_id, remedy=remedy, n=n, account_id=unit.account_id,
            delivered_at=max(remedy.created_at, min(unit.at or now, now)),
        )
        for n, unit in enumerate(found, row.known + 1)
    )  # fmt: skip
    _until(row, now if row.known + len(found) < remedy.delivered else None)


def _later(row: UnitList, now: datetime) -> None:
    tries = row.tries + 1
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries - 1, 12))
    _until(row, None if tries >= MOST_TRIES else now + pause, tries=tries)


def _until(row: UnitList, next_at: datetime | None, **fields: int) -> None:
    """Unless more units were booked meanwhile: then it is due at once, and stays so."""
    UnitList.objects.filter(pk=row.pk, next_at=row.next_at).update(next_at=next_at, **fields)
