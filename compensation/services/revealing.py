"""A buyer looks at one card key: under the line's lock, since what is refunded can't be looked at any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from common.phrases import mark
from common.refusals import Absent, StateMoved
from common.transitions import again_on_deadlock
from compensation.models import LineBudget
from compensation.services import deciding
from orders import queries as orders
from orders.rules.card_keys import DOUBLED
from orders.services import card_keys

if TYPE_CHECKING:
    from orders.models import Order


class NoSuchKey(Absent):
    code = "card_key_not_found"
    detail = mark("这一单没有这一份卡密，请回到订单页再看。")


class SecretInDoubt(StateMoved):
    code = "secret_in_doubt"
    title = mark("这一份正在核对")
    detail = mark("商店发来的这张卡密和别处的重了，专人正在核对。要换一张新的，请在订单页提交售后。")


class UnitsGivenBack(StateMoved):
    code = "units_given_back"
    title = mark("这几份已经退了")
    detail = mark("这一单退的已经占满没看过的几份，不能再看。要是不退了，请先撤销售后再看。")


@dataclass(frozen=True, repr=False)
class Revealed:
    """One unit's secret, for the eyes of whoever asked; it is printed nowhere."""

    unit: int
    secret: str
    revealed_at: datetime


def reveal(*, order: Order, unit: int, now: datetime) -> Revealed:
    """What the key of that unit says. Refuses: NoSuchKey, SecretInDoubt, UnitsGivenBack, SecretShut."""
    return again_on_deadlock(lambda: _reveal(order, unit, now))


@transaction.atomic
def _reveal(order: Order, unit: int, now: datetime) -> Revealed:
    deciding.lock_line(order)
    key = orders.card_key_of(order=order, unit=unit)
    if key is None:
        raise UnitsGivenBack() if orders.was_taken_back(order=order, unit=unit) else NoSuchKey()
    if key.state == DOUBLED:
        raise SecretInDoubt()
    if key.revealed_at is None and shut(order=order):
        raise UnitsGivenBack()
    secret = card_keys.reveal(key=key, now=now)
    assert key.revealed_at is not None
    return Revealed(unit, secret, key.revealed_at)


def shut(*, order: Order) -> bool:
    """Whether all that was not looked at is given back, or about to be: a unit is used or refunded, never both."""
    budget = LineBudget.objects.filter(order=order).first()
    if budget is None:
        return False
    back = order.quantity if budget.closed_by_id else budget.refunded_units
    return back > 0 and orders.revealed_units(order=order) + back >= order.quantity
