"""The funds' days: each transfer of a fund counted once, on the day it was booked, on from where a pass stopped."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from common.clock import shanghai
from ledger.models import Account, FundDay, FundPass, Transfer
from ledger.services.funds import FUNDS

NAME, BATCH, MOST = "funds", 2000, 20
EVERY = timedelta(minutes=1)
# What another transaction numbered before and has not committed yet is not stepped over.
LAG = timedelta(minutes=1)


class Key(NamedTuple):
    """One row of a fund's days."""

    account_id: int
    day: date
    reason: str


def run_due(*, now: datetime) -> None:
    """Once a minute, whichever worker comes first. Run by the sweep."""
    place = _place()
    if place.until is None or place.until + LAG + EVERY <= now:
        run(now=now)


def run(*, now: datetime, lag: timedelta = LAG) -> None:
    for _ in range(MOST):
        if _count(until=now - lag) < BATCH:
            break


@transaction.atomic
def _count(*, until: datetime) -> int:
    """The next transfers; how many. Whoever finds that another was there first leaves it to them."""
    place, funds = (
        _place(),
        set(Account.objects.filter(code__in=FUNDS, unit="fen").values_list("pk", flat=True)),
    )
    columns = ("pk", "booked_at", "debit_id", "credit_id", "reason", "amount")
    rows = Transfer.objects.filter(pk__gt=place.after).order_by("pk").values_list(*columns)[:BATCH]
    found = list(takewhile(lambda row: row[1] <= until, rows))
    sums: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for _, at, debit, credit, reason, amount in found:
        for side, account_id in enumerate((debit, credit)):
            if account_id in funds:
                row = sums[Key(account_id, shanghai(at).date(), reason)]
                row[side] += amount
                row[2 + side] += 1
    after = found[-1][0] if found else place.after
    here = FundPass.objects.filter(name=NAME, after=place.after, until=place.until)
    if not here.update(after=after, until=until):
        return 0
    _write(sums)
    return len(found)


def _write(sums: dict[Key, list[int]]) -> None:
    """In one order, so that two who write wait for each other and never in a circle."""
    keys = sorted(sums)
    FundDay.objects.bulk_create((FundDay(**key._asdict()) for key in keys), ignore_conflicts=True)
    for key in keys:
        taken, given, outs, ins = sums[key]
        FundDay.objects.filter(**key._asdict()).update(
            taken=F("taken") + taken, given=F("given") + given, outs=F("outs") + outs, ins=F("ins") + ins
        )


def _place() -> FundPass:
    return FundPass.objects.filter(name=NAME).first() or FundPass.objects.get_or_create(name=NAME)[0]
