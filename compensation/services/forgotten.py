"""What a provider did for us and a restored database has forgotten: whose it was, computed again from its key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from compensation.models import REMEDY_KINDS, Remedy
from compensation.rules.keys import key_tail, remedy_key
from integrations.rules.bodies import PROVIDER_OF
from integrations.services.reconcile import Unknown
from ledger.services import breaks
from orders import queries as orders

LABELS = dict(REMEDY_KINDS)
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
    """A break for each, saying whose it is and what a person can do; inside the caller's transaction."""
    for one in unknown:
        breaks.open_break(kind=one.KIND, reference=one.reference, detail=one.detail, now=now)
        breaks.explain(kind=one.KIND, reference=one.reference, more=_advice(names.get(one.key)))


def _names() -> Iterator[tuple[str, str, int]]:
    """(order number, kind, ordinal) of every remedy that any order has had, or may have had next."""
    given = Remedy.objects.filter(kind__in=PROVIDER_OF).order_by().values_list("order_id", "kind")
    last = {(order_id, kind): n for order_id, kind, n in given.annotate(Max("ordinal")).iterator()}
    for order_id, order_no in orders.numbers():
        for kind in PROVIDER_OF:
            for ordinal in range(1, last.get((order_id, kind), 0) + AHEAD + 1):
                yield order_no, kind, ordinal


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _advice(name: Name | None) -> str:
    if name is None:
        return "数据库退回过，现有的订单都算不出这个键：订单补进来之后再核对，或请对方说明。"
    return (
        f"数据库退回时忘了这一笔：订单 {name.order_no} 的第 {name.ordinal} 次{LABELS[name.kind]}，对方已经受理。"
        "请联系买家重新申请：键还是这一个，对方不会再做一次，做完即入账。"
    )
