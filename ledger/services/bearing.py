"""Who bears a cost, once it is known: the posted sum moves from one account to another, and back if it was not so."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.models import Hold, Transfer
from ledger.services import recording
from ledger.services.books import account

REASON = "bear"


@transaction.atomic
def bear(*, key: UUID, order_no: str, by: str, now: datetime) -> bool:
    """Let the account `by` bear what was posted under the key; whether anything had to move. Needs the line's lock."""
    hold = Hold.objects.select_related("cost").get(key=key)
    moves = list(_moves(key, order_no))
    bearer = moves[-1].debit if moves else hold.cost
    goal = account(code=by, unit=hold.cost.unit)
    if hold.state != Hold.POSTED or goal == bearer:
        return False
    row = Transfer.objects.create(
        debit=goal, credit=bearer, unit=goal.unit, amount=hold.posted, reason=REASON,
        # The hold's own transfers go by its key alone, each reason once.
        reference=f"{key}:{len(moves) + 1}", order_no=order_no, booked_at=now,
    )  # fmt: skip
    recording.transfer(row, now=now)
    return True


def _moves(key: UUID, order_no: str) -> list[Transfer]:
    rows = Transfer.objects.filter(order_no=order_no, reason=REASON).select_related("debit").order_by("pk")
    return [row for row in rows if row.reference.startswith(f"{key}:")]
