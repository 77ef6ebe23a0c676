"""The guarantee fund pays what was agreed to, in the order it was filed, and never more than it has."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from common import transitions
from common.refusals import StateMoved
from developers.models import FundClaim, FundClaimCase
from developers.queries import fund as queries
from developers.queries import statement
from developers.rules.fund_life import MOVES, State
from developers.services.fund import recording
from ledger.services import balances
from ledger.services import bearing as books


def run_due(*, now: datetime) -> None:
    """What waits for money is paid as soon as there is some. Run by the sweep."""
    for claim in queries.unpaid()[:20]:
        try:
            if not pay(claim=claim, now=now):
                return  # the younger ones wait behind it
        except StateMoved:  # another worker was there first
            continue


@transaction.atomic
def pay(*, claim: FundClaim, now: datetime) -> bool:
    """Whether the fund had enough: what the developer still bears moves to the fund, once. Refuses: StateMoved."""
    balances.hold(())
    if queries.unpaid().filter(pk__lt=claim.pk).exists():
        return False
    try:
        with transaction.atomic():
            taken = books.give_back(account=statement.account(claim.developer), keys=parts_of(claim), now=now)
    except books.FundShort:
        return False
    fen = sum(row.fen for row in taken)
    transitions.move(claim, to=MOVES[State.APPROVED]["pay"].to, paid_fen=fen, paid_at=now)
    recording.claim(claim, what="paid", now=now)
    return True


def still_borne(*, claim: FundClaim) -> int:
    """Fen that would be paid now: what was given back since is nobody's loss any more."""
    lies = books.what_lies(account=statement.account(claim.developer), keys=parts_of(claim))
    return sum(row.fen for row in lies)


def parts_of(claim: FundClaim) -> list[books.Asked]:
    rows = FundClaimCase.objects.filter(claim=claim).order_by("id")
    return [books.Asked(UUID(key), order_no, fen) for row in rows for key, order_no, fen in row.parts]
