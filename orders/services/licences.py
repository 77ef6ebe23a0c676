"""Licences come in with their order, are taken for refunds, and follow what their service confirms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet

from common.phrases import mark
from common.refusals import Invalid, StateMoved
from orders.models import Licence
from orders.rules import licences as rules
from orders.rules.licences import ACTIVE, REVOKED

if TYPE_CHECKING:
    from orders.models import Order


class LicenceTaken(StateMoved):
    code = "licence_taken"
    title = mark("授权号已经用在另一单上")
    detail = mark("这一单没有收下：有授权号是另一单的，请核对后再推。")


def check(*, ids: Sequence[str], quantity: int) -> None:
    """Refuse ids that can't be kept."""
    if faults := rules.faults_of(ids, quantity=quantity):
        raise Invalid(errors=faults)


def refuse_taken(*, ids: Sequence[str]) -> None:
    """A licence lets one order's buyer in, as long as it works."""
    live = Licence.objects.filter(licence_id__in=list(ids)).exclude(state=REVOKED)
    if found := sorted(live.values_list("licence_id", flat=True)):
        raise LicenceTaken(errors=[rules.taken(licence_id) for licence_id in found])


def rows_of(*, order: Order, ids: Sequence[str], now: datetime) -> list[Licence]:
    """One row per unit that has a licence, in the order in which they were given."""
    return [
        Licence(order=order, unit=n, licence_id=licence_id, changed_at=now)
        for n, licence_id in enumerate(ids, 1)
    ]


def of_refund(*, key: UUID) -> QuerySet[Licence]:
    """What that refund takes back, by unit."""
    return Licence.objects.filter(taken_by=key).order_by("unit")


def within_reach(*, order: Order, key: UUID) -> int:
    """How many units the refund has, or could have."""
    return Licence.objects.filter(Q(taken_by=None) | Q(taken_by=key), order=order).count()


def each_has_one(*, order: Order) -> bool:
    """Whether no unit of the order works without a licence that is known here."""
    return Licence.objects.filter(order=order).count() >= order.quantity


def take(*, order: Order, key: UUID, wanted: str, count: int | None) -> bool:
    """Let the refund have `count` units, all that are left with None; False where there are fewer, and none is taken.

    Needs the line's lock. What it has already counts, and gets the new aim; what it has too much is given back.
    """
    own = list(of_refund(key=key))
    free = Licence.objects.filter(order=order, taken_by=None)
    units = [rules.Unit(row.pk, row.unit, row.state == REVOKED, row.used_at is not None) for row in free]
    missing = len(units) if count is None else count - len(own)
    if missing > len(units):
        return False
    fresh = [one.pk for one in rules.choose(units, count=max(0, missing))]
    kept = own if count is None else own[:count]
    Licence.objects.filter(pk__in=[*fresh, *(row.pk for row in kept)]).update(taken_by=key, wanted=wanted)
    give_back(rows=[] if count is None else own[count:])
    return True


def give_back(*, rows: Sequence[Licence]) -> None:
    """The refund wants them no more: what is suspended shall work again, what is revoked can't."""
    Licence.objects.filter(pk__in=[row.pk for row in rows]).update(taken_by=None, wanted=ACTIVE)
    for row in rows:
        row.taken_by, row.wanted = None, ACTIVE


def note_step(*, licence: Licence, key: UUID | None) -> None:
    """Which step is the newest; None: none is under way that anything waits for."""
    Licence.objects.filter(pk=licence.pk).update(step_key=key)
    licence.step_key = key


def confirmed(*, licence: Licence, state: str, now: datetime) -> None:
    """Its service says so. What is revoked stays revoked."""
    Licence.objects.filter(pk=licence.pk).exclude(state=REVOKED).update(state=state, changed_at=now)
    licence.refresh_from_db()


def found_used(*, licence: Licence, now: datetime) -> None:
    """Its service says that it was used up: the next refund rather takes another."""
    Licence.objects.filter(pk=licence.pk, used_at=None).update(used_at=now)
