"""What a restored database forgot binds its order: its cash stays reserved, and nothing else goes out by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import F, Q

from compensation.models import ForgottenRemedy, LineBudget, Remedy
from compensation.rules.keys import remedy_key

if TYPE_CHECKING:
    from compensation.rules.decision import Remedy as Wanted
    from orders.models import Order

UNDONE = ("failed", "voided")


@dataclass(frozen=True)
class Known:
    """How a decision fits what was forgotten: whether it has to wait, and whether it is the very same."""

    waits: bool
    exactly: bool


FREE = Known(waits=False, exactly=True)


def next_ordinal(*, order: Order, kind: str) -> int:
    return Remedy.objects.filter(order=order, kind=kind).count() + 1


def known(*, order: Order, wanted: Iterable[Wanted]) -> Known:
    """Under keys that a provider knows nothing can be done anew; one other remedy, and all of them wait."""
    if not renew(order_id=order.pk):
        return FREE
    rows = _unanswered(order.pk)
    pairs = [(remedy, rows.get(_next_key(order, remedy.kind))) for remedy in wanted]
    if not pairs or any(row is None for _, row in pairs):
        return Known(waits=True, exactly=False)
    return Known(waits=False, exactly=all(row is not None and _same(row, one) for one, row in pairs))


def stops(*, remedy: Remedy) -> bool:
    """Whether the order has something unanswered, and this is none of it."""
    rows = _unanswered(remedy.order_id)
    return bool(rows) and remedy.key not in rows


def make_room(*, order: Order, amount_fen: int) -> None:
    """A refund takes over what is reserved under its own key, and under others only what it can't do without."""
    rows = _unanswered(order.pk)
    own = rows.pop(_next_key(order, "refund"), None)
    if own is not None:
        _give_back(own, amount_fen)
    for row in rows.values():
        _give_back(row, amount_fen - _room(order.pk))


def answer(*, remedy: Remedy) -> None:
    """The provider has said what became of the same thing under the same key: it is in the books now."""
    ForgottenRemedy.objects.filter(
        Q(amount_fen=None) | Q(amount_fen=remedy.amount_fen),
        Q(quantity=None) | Q(quantity=remedy.quantity),
        key=remedy.key, answered_by=None,
    ).update(answered_by=remedy)  # fmt: skip


def renew(*, order_id: int) -> bool:
    """Reserve what is forgotten as far as there is room, free what is answered or looked at; whether some is left.

    Needs the line's lock.
    """
    bound = False
    for row in ForgottenRemedy.objects.filter(order_id=order_id).select_related("told_by").order_by("id"):
        if row.answered_by_id or row.told_by.closed_at:
            _give_back(row, row.reserved_fen)
            continue
        bound = True
        if row.kind == "refund":
            _take(row)
    return bound


def _unanswered(order_id: int) -> dict[UUID, ForgottenRemedy]:
    rows = ForgottenRemedy.objects.filter(order_id=order_id, answered_by=None, told_by__closed_at=None)
    return {row.key: row for row in rows.order_by("id")}


def _next_key(order: Order, kind: str) -> UUID:
    return remedy_key(order_no=order.order_no, kind=kind, ordinal=next_ordinal(order=order, kind=kind))


def _same(row: ForgottenRemedy, wanted: Wanted) -> bool:
    return row.amount_fen in (None, wanted.amount_fen) and row.quantity in (None, wanted.quantity)


def _take(row: ForgottenRemedy) -> None:
    """What its provider paid, less what is reserved or settled for it as a remedy; all, where it didn't say."""
    again = Remedy.objects.filter(key=row.key).exclude(state__in=UNDONE).first()
    if row.amount_fen is None:
        wanted = 0 if again else _room(row.order_id) + row.reserved_fen
    else:
        wanted = row.amount_fen - ((again.amount_fen or 0) if again else 0)
    _move(row, min(max(0, wanted) - row.reserved_fen, _room(row.order_id)))


def _give_back(row: ForgottenRemedy, fen: int) -> None:
    _move(row, -max(0, min(fen, row.reserved_fen)))


def _move(row: ForgottenRemedy, fen: int) -> None:
    if fen:
        LineBudget.objects.filter(order_id=row.order_id).update(reserved_fen=F("reserved_fen") + fen)
        row.reserved_fen += fen
        row.save(update_fields=["reserved_fen"])


def _room(order_id: int) -> int:
    budget = LineBudget.objects.get(order_id=order_id)
    return budget.paid_fen - budget.reserved_fen - budget.settled_fen
