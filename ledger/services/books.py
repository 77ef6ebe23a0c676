"""Setting aside, posting and giving back: the only writers of transfers."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from common.inserting import insert
from ledger.models import Account, Hold, Transfer
from ledger.services import recording


class AlreadyEnded(Exception):
    """The hold was posted or voided before; the caller asked twice."""


# Accounts never change and never go (GUARDS), so a process asks for each once; kept only when it is committed.
_known: dict[tuple[str, str], Account] = {}


def account(*, code: str, unit: str) -> Account:
    found = _known.get((code, unit))
    if found is None:
        found = Account.objects.get_or_create(code=code, unit=unit)[0]
        transaction.on_commit(lambda: _known.setdefault((code, unit), found))
    return found


def forget_accounts() -> None:
    """For tests, which empty the table."""
    _known.clear()


@transaction.atomic
def open_hold(
    *, key: UUID, order_no: str, unit: str, amount: int, cost: str, reserve: str, goal: str, now: datetime
) -> Hold:
    """Set `amount` aside: cost → reserve."""
    hold = insert(
        Hold(
            key=key, amount=amount, opened_at=now, cost=account(code=cost, unit=unit),
            reserve=account(code=reserve, unit=unit), goal=account(code=goal, unit=unit),
        )
    )  # fmt: skip
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
