"""What a provider did for us and a restored database has forgotten: named by its key, told, and kept in mind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from common.phrases import joined, phrase
from common.transitions import again_on_deadlock
from compensation.models import ForgottenRemedy, Remedy
from compensation.rules.fate import KINDS
from compensation.rules.keys import key_tail, remedy_key
from compensation.services import binding, deciding
from evidence.services import log as record
from integrations.rules.answers import Meaning
from integrations.rules.bodies import LICENCE, OWING, PROVIDER_OF
from integrations.services import intents
from integrations.services.reconcile import Unknown
from ledger.services import breaks
from orders import queries as orders

if TYPE_CHECKING:
    from integrations.rules.answers import Report
    from orders.models import Order

# What binds an order when it is forgotten; a step on a licence doesn't, it is looked at before it is done.
OWED = tuple(kind for kind, provider in PROVIDER_OF.items() if provider in OWING and provider != LICENCE)
AHEAD = 5  # more than so many of one kind on one line were hardly lost with one backup


@dataclass(frozen=True)
class Name:
    """What a key is computed from."""

    order_no: str
    kind: str
    ordinal: int


def named(*, unknown: Sequence[Unknown]) -> dict[str, Name]:
    """{key: whose it is}. One walk over all orders for all keys, outside of a transaction: it may take seconds."""
    wanted = {key: one.key for one in unknown if (key := _uuid(one.key))}
    tails = {key.bytes[10:] for key in wanted}
    found: dict[str, Name] = {}
    for order_no, kind, ordinal in _names() if wanted else ():
        if key_tail(order_no=order_no, kind=kind, ordinal=ordinal) not in tails:
            continue
        said = wanted.get(remedy_key(order_no=order_no, kind=kind, ordinal=ordinal))
        if said is not None:
            found[said] = Name(order_no, kind, ordinal)
            if len(found) == len(wanted):
                break
    return found


def tell(*, unknown: Sequence[Unknown], names: Mapping[str, Name], now: datetime) -> None:
    """A break for each, saying whose it is and what a person can do; its order is bound. A transaction each."""
    for one in unknown:
        again_on_deadlock(partial(_tell_one, one, names.get(one.key), now))


@transaction.atomic
def _tell_one(one: Unknown, name: Name | None, now: datetime) -> None:
    report = one.report if name is not None else None
    binds = report is not None and report.meaning != Meaning.REFUSED
    if name is not None and binds:
        order = orders.order_called(name.order_no)
        deciding.lock_line(order)
    breaks.open_break(kind=one.KIND, reference=one.reference, detail=one.detail, now=now)
    row = breaks.explain(kind=one.KIND, reference=one.reference, more=_advice(one, name, binds))
    if name is not None and report is not None and binds and row is not None:
        _bind(order, name, report, row.pk, now)


def _bind(order: Order, name: Name, report: Report, told_by: int, now: datetime) -> None:
    """Under the line's lock. Once per key; not where the claim was filed again since the list was read."""
    if Remedy.objects.filter(order=order, kind=name.kind, ordinal=name.ordinal).exists():
        return
    key = remedy_key(order_no=name.order_no, kind=name.kind, ordinal=name.ordinal)
    _, fresh = ForgottenRemedy.objects.get_or_create(
        key=key,
        defaults={
            "order": order, "kind": name.kind, "ordinal": name.ordinal, "amount_fen": report.amount_fen,
            "quantity": report.quantity, "meaning": report.meaning.value, "told_by_id": told_by, "found_at": now,
        },
    )  # fmt: skip
    if fresh:
        said = {"key": key, "kind": name.kind, "ordinal": name.ordinal, "amount_fen": report.amount_fen,
                "quantity": report.quantity, "meaning": report.meaning.value}  # fmt: skip
        record.record(kind="forgotten", order_no=name.order_no, data=said, now=now, internal=True)
        binding.renew(order_id=order.pk)
        intents.hold_unsent(order_no=name.order_no, now=now)


def looked_at(*, told_by: int) -> None:
    """Its break is closed: what it kept reserved is free, in the transaction that closed it."""
    for row in ForgottenRemedy.objects.filter(told_by_id=told_by).select_related("order").order_by("id"):
        deciding.lock_line(row.order)
        binding.renew(order_id=row.order_id)


def _names() -> Iterator[tuple[str, str, int]]:
    """(order number, kind, ordinal) of every remedy that any order has had, or may have had next."""
    given = Remedy.objects.filter(kind__in=OWED).order_by().values_list("order_id", "kind")
    last = {(order_id, kind): n for order_id, kind, n in given.annotate(Max("ordinal")).iterator()}
    for order_id, order_no in orders.numbers():
        for kind in OWED:
            for ordinal in range(1, last.get((order_id, kind), 0) + AHEAD + 1):
                yield order_no, kind, ordinal


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _advice(one: Unknown, name: Name | None, binds: bool) -> str:
    if one.provider == LICENCE:
        return phrase(
            "数据库退回时忘了对订单 {order_no} 的一份授权做过的一步。再退款时先看授权现在怎样，不会办错；"
            "不退的，请到授权服务核对买家还能不能用。",
            order_no=(one.report.order_no if one.report else None) or "—",
        )  # fmt: skip
    if name is None:
        return phrase("数据库退回过，现有的订单都算不出这个键：订单补进来之后再核对，或请对方说明。")
    whose = phrase(
        "数据库退回时忘了这一笔：订单 {order_no} 的第 {n} 次{kind}，",
        order_no=name.order_no, n=name.ordinal, kind=phrase(KINDS[name.kind]),
    )  # fmt: skip
    if not binds:
        return joined([whose, phrase("对方没有办成，不影响这一单。买家再申请时仍是这个键。")])
    then = phrase(
        "对方已经受理。请联系买家重新申请：键还是这一个，对方不会再做一次，做完即入账。"
        "在那以前，或这条结案以前，这一单别的补偿照算不发、等人核对，忘掉的退款仍占着额度。"
    )
    return joined([whose, then])
