"""Orders come in, one or many; the same order again changes nothing, other content under its number is refused."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from accounts.services import guest_access, people
from common.phrases import mark, phrase
from common.refusals import Invalid, Refusal
from common.transitions import deadlocked
from evidence.rules.entries import Fact
from evidence.services import log
from orders.models import Licence, Order, Product, Rollup
from orders.rules.rows import CLOCK_SKEW, EARLIEST
from orders.services import card_keys, licences, rollups, vault

TRIES = 3
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class OrderConflict(Refusal):
    status = 409
    code = "order_conflict"
    title = mark("这个订单号已经用过")
    detail = mark("这个订单号已有另一份内容，没有改动。请核对，或换一个订单号。")


@dataclass(frozen=True, slots=True)
class Pin:
    """The policy version shown before payment, as the line will keep it."""

    code: str
    version: int
    hash: str
    window_s: int
    long_term: bool = False
    streak_months: int | None = None
    streak_needed: int | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A clean order from the shop. Fen and units are integers; instants are aware."""

    order_no: str
    sku: str
    buyer_external_id: str
    buyer_name: str
    buyer_contact: str
    quantity: int
    paid_fen: int
    list_fen: int
    paid_at: datetime
    target: str = ""
    baseline: int = 0
    query_password: str = ""
    gateway: str = "manual"
    payment_reference: str = ""
    deadline_at: datetime | None = None
    starts_at: datetime | None = None
    baseline_comments: int | None = None
    baseline_shares: int | None = None
    licence_ids: tuple[str, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)  # in no log, whoever prints an order

    def content_hash(self) -> str:
        """What makes it the same order again: all but the password, which the shop may replace later."""
        content = {name: _plain(getattr(self, name)) for name in self.__slots__ if name not in APART}
        if self.licence_ids:  # an order without any has the hash that it always had
            content["licence_ids"] = sorted(self.licence_ids)
        if self.secrets:  # as digests, which tell nobody what they say
            content["secrets"] = sorted(vault.digest(secret=secret) for secret in self.secrets)
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


APART = frozenset({"query_password", "licence_ids", "secrets"})


def _plain(value: Any) -> Any:
    """The same instant is the same content, whatever zone it is written in."""
    return str(value.astimezone(UTC)) if isinstance(value, datetime) else value


@dataclass
class Taken:
    """What became of a batch of orders."""

    accepted: int = 0
    duplicates: int = 0
    conflicts: list[NewOrder] = field(default_factory=list)


def refuse_future(name: str, at: datetime, *, now: datetime) -> None:
    """A payment of tomorrow is a clock set wrong."""
    if at > now + CLOCK_SKEW:
        raise _invalid(name, "in_future", phrase("{name} 比现在还晚，请核对时钟。", name=name))


def refuse_out_of_calendar(new: NewOrder) -> None:
    """Instants that no window or warranty can be counted from: before 1970, or centuries ahead."""
    for name in ("paid_at", "deadline_at", "starts_at"):
        at = getattr(new, name)
        if at is not None and not EARLIEST <= at < LATEST:
            raise _invalid(
                name,
                "out_of_range",
                phrase("{name} 要在 1970 到 {year} 年之间。", name=name, year=LATEST.year),
            )


def refuse_deadline_before_payment(new: NewOrder) -> None:
    """Nothing can be due before it was bought."""
    if new.deadline_at is not None and new.deadline_at < new.paid_at:
        detail = phrase("最迟交付的时刻比付款还早，请核对 {name}。", name="deadline_at")
        raise _invalid("deadline_at", "before_payment", detail)


def _invalid(name: str, code: str, detail: str) -> Invalid:
    return Invalid(errors=[{"field": name, "code": code, "detail": detail}])


@transaction.atomic
def take_order(*, new: NewOrder, product: Product, pin: Pin, now: datetime) -> tuple[Order, bool]:
    """Store one order with its pinned policy; (order, whether it is new)."""
    taken = take_orders(lines=[(new, product, pin)], now=now)
    if taken.conflicts:
        raise OrderConflict()
    if taken.accepted:
        # The newest order knows best how to reach its buyer.
        people.ensure_buyer(external_id=new.buyer_external_id, name=new.buyer_name, contact=new.buyer_contact)
    order = Order.objects.select_related("product", "buyer").get(order_no=new.order_no)
    return order, taken.accepted == 1


def take_orders(*, lines: Sequence[tuple[NewOrder, Product, Pin]], now: datetime) -> Taken:
    """Store many; a second row under a number already seen is a duplicate or a conflict by its content."""
    for _ in range(TRIES - 1):
        try:
            return _take(lines, now)
        except IntegrityError:  # somebody stored one of the numbers meanwhile: now it is known
            continue
        except OperationalError as error:  # another batch has the same rows in another order
            if not deadlocked(error):
                raise
    return _take(lines, now)


@transaction.atomic
def _take(lines: Sequence[tuple[NewOrder, Product, Pin]], now: datetime) -> Taken:
    taken = Taken()
    known = dict(
        Order.objects.filter(order_no__in={new.order_no for new, _, _ in lines}).values_list(
            "order_no", "content_hash"
        )
    )
    fresh: list[tuple[NewOrder, Product, Pin]] = []
    for line in lines:
        new, digest = line[0], line[0].content_hash()
        if new.order_no not in known:
            known[new.order_no] = digest
            fresh.append(line)
        elif known[new.order_no] == digest:
            taken.duplicates += 1
        else:
            taken.conflicts.append(new)
    licences.refuse_taken(ids=[licence_id for new, _, _ in fresh for licence_id in new.licence_ids])
    buyers = people.ensure_buyers(
        buyers=[
            people.BuyerData(new.buyer_external_id, new.buyer_name, new.buyer_contact) for new, _, _ in fresh
        ]
    )
    stored = [_row(new, product, pin, buyers[new.buyer_external_id], now) for new, product, pin in fresh]
    Order.objects.bulk_create(stored, batch_size=500)
    Rollup.objects.bulk_create([rollups.first(order) for order in stored], batch_size=500)
    Licence.objects.bulk_create(
        row
        for order, (new, _, _) in zip(stored, fresh, strict=True)
        for row in licences.rows_of(order=order, ids=new.licence_ids, now=now)
    )
    guest_access.set_many(
        passwords={new.order_no: new.query_password for new, _, _ in fresh if new.query_password}
    )
    facts = [_pinned(order) for order in stored]
    for order, (new, _, _) in zip(stored, fresh, strict=True):
        if new.secrets:
            facts += card_keys.hand_over(order=order, secrets=new.secrets, now=now)
    log.record_many(facts=facts, now=now)
    taken.accepted = len(stored)
    return taken


def _pinned(order: Order) -> Fact:
    """What was bought, and by which rules it will be judged for ever."""
    policy = {"code": order.policy_code, "version": order.policy_version, "hash": order.policy_hash}
    data = {
        "quantity": order.quantity, "paid_fen": order.paid_fen, "paid_at": order.paid_at, "policy": policy,
        "long_term": order.long_term, "streak_months": order.streak_months, "streak_needed": order.streak_needed,
    }  # fmt: skip
    return Fact("order", order.order_no, data)


def _row(new: NewOrder, product: Product, pin: Pin, buyer_id: int, now: datetime) -> Order:
    return Order(
        order_no=new.order_no, product=product, buyer_id=buyer_id, quantity=new.quantity,
        paid_fen=new.paid_fen, list_fen=new.list_fen, paid_at=new.paid_at, target=new.target,
        baseline=new.baseline, baseline_comments=new.baseline_comments, baseline_shares=new.baseline_shares,
        gateway=new.gateway, payment_reference=new.payment_reference,
        deadline_at=new.deadline_at or new.paid_at + timedelta(seconds=product.delivery_seconds),
        starts_at=new.starts_at, policy_code=pin.code, policy_version=pin.version, policy_hash=pin.hash,
        window_seconds=pin.window_s, long_term=pin.long_term, streak_months=pin.streak_months,
        streak_needed=pin.streak_needed, warranty_days=product.warranty_days,
        content_hash=new.content_hash(), created_at=now,
    )  # fmt: skip


@transaction.atomic
def replace_query_password(*, order: Order, password: str, by: str, now: datetime) -> None:
    """The shop sets another query password; tokens opened with the old one end."""
    facts = [
        Fact("query_password", order.order_no, {"open": bool(password)}),
        Fact("query_password_by", order.order_no, {"by": by}, internal=True),
    ]
    log.record_many(facts=facts, now=now)
    guest_access.set_query_password(order_no=order.order_no, password=password)
