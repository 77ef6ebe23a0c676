"""Who bears a cost, once it is known: the posted sum moves to that account, and back if it was not so.

A developer whose share is kept here bears no more than lies on their account; the guarantee fund bears the rest as far
as it has that, and what is left stays where it was: rules §4.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from common.refusals import StateMoved
from ledger.models import Hold, Transfer
from ledger.rules.sharing import FUND, Move, borne, is_kept, plan
from ledger.services import balances

REASON, CLAIM = "bear", "claim"


class FundShort(StateMoved):
    """The guarantee fund has less than what it is to pay."""

    code = "fund_short"


class Asked(NamedTuple):
    """A posted sum, and how much of it at most."""

    key: UUID
    order_no: str
    most: int


class Taken(NamedTuple):
    """What of one posted sum an account bears now, no more than was asked for."""

    key: UUID
    order_no: str
    fen: int
    place: int  # how often it was moved before


@transaction.atomic
def bear(*, key: UUID, order_no: str, by: str, now: datetime) -> bool:
    """Let the account `by` bear what was posted under the key; whether anything had to move. Needs the line's lock."""
    posted = Hold.objects.select_related("cost").get(key=key)
    if posted.state != Hold.POSTED:
        return False
    lies, place, room = *_lies(posted, order_no), {}
    kept = {code for code in (*lies, by) if is_kept(code)}
    if kept:
        held = balances.hold(kept)
        lies, place = _lies(posted, order_no)  # as it is, now that nobody else moves it
        room = {code: row.amount for code, row in held.items() if row.never_negative}
    moves = plan(lies, goal=by, room=room)
    for n, move in enumerate(moves, start=place + 1):
        _book(move, key, order_no, n, REASON, now)
    return bool(moves)


@transaction.atomic
def give_back(*, account: str, keys: Sequence[Asked], now: datetime) -> list[Taken]:
    """The guarantee fund bears what the account still bears of these; all of it or nothing.

    It moves the cost itself, so that whoever bears it later gives it back to the fund. Refuses: FundShort.
    """
    held = balances.hold([account])
    taken = what_lies(account=account, keys=keys)
    if sum(row.fen for row in taken) > held[FUND].amount:
        raise FundShort()
    for row in taken:
        _book(Move(FUND, account, row.fen), row.key, row.order_no, row.place + 1, CLAIM, now)
    return taken


def what_lies(*, account: str, keys: Sequence[Asked]) -> list[Taken]:
    """What the account bears of each of these now, those with nothing left out."""
    rows = Hold.objects.filter(key__in=[one.key for one in keys], state=Hold.POSTED)
    holds = {row.key: row for row in rows.select_related("cost")}
    found = []
    for one in keys:
        if one.key in holds:
            lies, place = _lies(holds[one.key], one.order_no)
            found.append(Taken(one.key, one.order_no, min(one.most, lies.get(account, 0)), place))
    return [row for row in found if row.fen > 0]


def _book(move: Move, key: UUID, order_no: str, n: int, reason: str, now: datetime) -> None:
    balances.book(
        debit=move.to, credit=move.off, fen=move.fen, reason=reason, order_no=order_no, now=now,
        reference=f"{key}:{n}",  # the hold's own transfers go by its key alone, each reason once
    )  # fmt: skip


def _lies(posted: Hold, order_no: str) -> tuple[dict[str, int], int]:
    """{account: fen} of it now, and how often it was moved."""
    rows = Transfer.objects.filter(order_no=order_no, reason__in=(REASON, CLAIM)).order_by("pk")
    found = rows.values_list("reference", "debit__code", "credit__code", "amount")
    moves = [Move(to, off, fen) for ref, to, off, fen in found if ref.startswith(f"{posted.key}:")]
    return borne(posted.cost.code, posted.posted, moves), len(moves)
