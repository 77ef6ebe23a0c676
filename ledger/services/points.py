"""Points that buyers' orders earned: booked once an order, many at a time, each buyer's balance kept with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from common.inserting import add_up, insert
from ledger.models import Account, Balance, Transfer
from ledger.rules.points import EARNED, ISSUED, UNIT, account_of
from ledger.services import books, recording


class Earned(NamedTuple):
    """What one order earned its buyer."""

    buyer_id: int
    order_no: str
    points: int


@transaction.atomic
def issue(earned: Sequence[Earned], *, now: datetime) -> None:
    """All of them or none, the number of statements the same for one and for many.

    An order earns once: IntegrityError where one of them has its points already.
    """
    if not earned:
        return
    codes = {account_of(one.buyer_id) for one in earned}
    of = books.accounts(codes=(ISSUED, *sorted(codes)), unit=UNIT)
    rows = [
        Transfer(
            debit=of[ISSUED], credit=of[account_of(one.buyer_id)], unit=UNIT, amount=one.points, reason=EARNED,
            reference=one.order_no, order_no=one.order_no, booked_at=now,
        )
        for one in earned
    ]  # fmt: skip
    insert(*rows)
    _add([(row.credit, row.amount) for row in rows])
    recording.transfers_booked(rows, now=now)


def _add(moves: Sequence[tuple[Account, int]]) -> None:
    """In one order, so that two who write wait for each other and never in a circle."""
    sums: Counter[int] = Counter()
    for account, amount in moves:
        sums[account.pk] += amount
    rows = [(pk, sums[pk], True) for pk in sorted(sums)]
    add_up(Balance, key=["account_id"], names=["amount"], rows=rows, said=["never_negative"])
