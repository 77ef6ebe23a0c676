"""Setting aside, posting and giving back: the only writers of transfers."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from common.inserting import insert
from ledger.models import Account, Hold, Transfer
from ledger.services import recording


class AlreadyEnded(Exception):
    """The hold was posted or voided before; the caller asked twice."""


def account(*, code: str, unit: str) -> Account:
    return accounts(codes=(code,), unit=unit)[code]


def accounts(*, codes: Collection[str], unit: str) -> dict[str, Account]:
    """{code: its account}, opened where it isn't yet; one question, three where some are to be opened.

    Asked for each time: a process that kept their ids would book on other accounts once a backup is restored
    under it.
    """
    known = Account.objects.filter(code__in=codes, unit=unit)
    found = {row.code: row for row in known}
    if missing := [code for code in codes if code not in found]:
        Account.objects.bulk_create(
            [Account(code=code, unit=unit) for code in missing], ignore_conflicts=True
        )
        found |= {row.code: row for row in known.filter(code__in=missing)}
    return found


@transaction.atomic
def open_hold(
    *, key: UUID, order_no: str, unit: str, amount: int, cost: str, reserve: str, goal: str, now: datetime
) -> Hold:
    """Set `amount` aside: cost → reserve."""
    of = accounts(codes=(cost, reserve, goal), unit=unit)
    hold = insert(
        Hold(key=key, amount=amount, opened_at=now, cost=of[cost], reserve=of[reserve], goal=of[goal])
    )
    _book(hold, order_no, hold.cost, hold.reserve, amount, "hold", now)
    return hold


@transaction.atomic
def end_hold(*, key: UUID, order_no: str, posted: int, now: datetime) -> None:
    """Post what came (reserve → goal) and give back the rest (reserve → cost). Once: AlreadyEnded after that."""
    hold = Hold.objects.select_related("cost", "reserve", "goal").get(key=key)
    # The one that ends it holds its row from here: the database lets it end only after its transfers.
    pending = Hold.objects.filter(pk=hold.pk, state=Hold.PENDING)
    if not pending.update(state=Hold.PENDING):
        raise AlreadyEnded(str(key))
    if posted:
        _book(hold, order_no, hold.reserve, hold.goal, posted, "post", now)
    if posted < hold.amount:
        _book(hold, order_no, hold.reserve, hold.cost, hold.amount - posted, "void", now)
    pending.update(state=Hold.POSTED if posted else Hold.VOIDED, posted=posted, ended_at=now)


def _book(
    hold: Hold, order_no: str, debit: Account, credit: Account, amount: int, reason: str, now: datetime
) -> None:
    row = insert(
        Transfer(
            debit=debit, credit=credit, unit=debit.unit, amount=amount, reason=reason,
            reference=str(hold.key), order_no=order_no, booked_at=now,
        )
    )  # fmt: skip
    recording.transfer(row, now=now)
