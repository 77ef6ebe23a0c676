"""Accounts whose balance is known at any moment: held while it is decided what they bear, kept with each move."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q

from common.inserting import insert
from common.refusals import StateMoved
from ledger.models import Balance, Transfer
from ledger.rules.sharing import FUND, is_kept
from ledger.services import recording
from ledger.services.books import account


class Short(StateMoved):
    """An account that may not go below nothing has less than what was to be taken; the caller says what to do."""

    code = "account_short"


def hold(codes: Iterable[str]) -> dict[str, Balance]:
    """What lies on these accounts; nobody else books on them until the transaction ends.

    An UPDATE, since it takes the row's lock on PostgreSQL and the one writer's place on SQLite. The fund always first:
    whoever has it waits for nobody who waits for it.
    """
    found: dict[str, Balance] = {}
    for code in sorted({FUND, *codes}, key=lambda code: (code != FUND, code)):
        of = account(code=code, unit="fen")
        rows = Balance.objects.filter(account=of)
        if not rows.update(amount=F("amount")):
            Balance.objects.bulk_create(
                [Balance(account=of, never_negative=code == FUND)], ignore_conflicts=True
            )
            rows.update(amount=F("amount"))
        found[code] = rows.get()
    return found


def mark(*, code: str) -> None:
    """From now on the account never goes below nothing; it holds no less now. Needs `hold`."""
    Balance.objects.filter(account=account(code=code, unit="fen"), amount__gte=0).update(never_negative=True)


def book(
    *, debit: str, credit: str, fen: int, reason: str, reference: str, order_no: str, now: datetime
) -> Transfer:
    """One transfer, the balances of its accounts with it. Refuses: Short. Needs `hold` of those that are kept."""
    taken, given = account(code=debit, unit="fen"), account(code=credit, unit="fen")
    if is_kept(debit):
        able = Q(never_negative=False) | Q(amount__gte=fen)
        if not Balance.objects.filter(able, account=taken).update(amount=F("amount") - fen):
            raise Short()
    if is_kept(credit):
        Balance.objects.filter(account=given).update(amount=F("amount") + fen)
    row = insert(
        Transfer(
            debit=taken, credit=given, unit="fen", amount=fen, reason=reason, reference=reference,
            order_no=order_no, booked_at=now,
        )
    )  # fmt: skip
    recording.transfer(row, now=now)
    return row
