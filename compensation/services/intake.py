"""The shop feeds in products and orders: each order pins the policy version its buyer was shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from common.clock import month_of
from common.phrases import mark, phrase
from common.refusals import Invalid
from compensation import queries
from compensation.models import LineBudget
from compensation.rules import loyalty
from compensation.rules.policy import Policy
from compensation.services import credit_tiers, selling
from orders.queries import products_called, tiers_of_kind
from orders.services import card_keys, catalogue, licences
from orders.services import intake as orders
from orders.services.intake import NewOrder, Pin, Taken

if TYPE_CHECKING:
    from orders.models import KindTiers, Order, Product


@transaction.atomic
def put_product(*, sku: str, fields: dict[str, Any], now: datetime) -> tuple[Product, bool]:
    """Create or replace; each policy that it is sold under must be in force and one for this kind of goods."""
    code, tiers, stronger = fields.pop("policy"), fields.get("price_tiers"), fields.get("credit_policy")
    asked = {"policy": code} | selling.tier_fields(tiers)
    if stronger:
        asked[credit_tiers.FIELD] = stronger
    selling.lock(asked.values())
    selling.refuse_unsold(asked, kind=fields["kind"])
    selling.refuse_unordered(tiers)
    if stronger:
        bases = credit_tiers.bases_of(policy=code, tiers=tiers, kind=fields["kind"])
        credit_tiers.refuse_weaker(code=stronger, instead_of=bases)
    if fields["kind"] == "subscription" and not fields.get("duration_seconds"):
        needed = mark("订阅类商品要写明时长 duration_seconds。")
        raise Invalid(errors=[{"field": "duration_seconds", "code": "required", "detail": needed}])
    return catalogue.put_product(sku=sku, fields=fields | {"policy_code": code}, now=now)


@transaction.atomic
def put_kind_tiers(*, kind: str, tiers: list[dict[str, Any]], now: datetime) -> KindTiers:
    """The price tiers of the goods of a kind that name none of their own."""
    tiers_of_kind(kind)  # absent where there is no such kind
    asked = selling.tier_fields(tiers)
    selling.lock(asked.values())
    selling.refuse_unsold(asked, kind=kind)
    selling.refuse_unordered(tiers)
    return catalogue.put_kind_tiers(kind=kind, price_tiers=tiers, now=now)


def take_order(*, new: NewOrder, now: datetime) -> tuple[Order, bool]:
    """Store one order; (order, whether it is new)."""
    product = products_called({new.sku}).get(new.sku)
    if product is None:
        detail = phrase("没有货号「{sku}」，请先用 PUT /products/ 建好商品。", sku=new.sku)
        raise Invalid(errors=[{"field": "sku", "code": "unknown_sku", "detail": detail}])
    orders.refuse_out_of_calendar(new)
    orders.refuse_deadline_before_payment(new)
    licences.check(ids=new.licence_ids, quantity=new.quantity)
    card_keys.check(secrets=new.secrets, quantity=new.quantity)
    months = _paid_months([new])
    order, fresh = orders.take_order(
        new=new,
        product=product,
        pin=_pin(selling.Shown().policy_for(new, product), new, months),
        now=now,
    )
    if fresh:  # else its first claim would have to
        LineBudget.objects.bulk_create(
            [LineBudget(order=order, paid_fen=order.paid_fen)], ignore_conflicts=True
        )
    return order, fresh


@transaction.atomic
def take_orders(*, new: Sequence[NewOrder], now: datetime) -> tuple[Taken, list[NewOrder]]:
    """Store many; (what became of them, those whose sku nobody knows)."""
    products = products_called({row.sku for row in new})
    known = [row for row in new if row.sku in products]
    months = _paid_months(known)
    shown = selling.Shown()
    lines = [
        (row, products[row.sku], _pin(shown.policy_for(row, products[row.sku]), row, months)) for row in known
    ]
    return orders.take_orders(lines=lines, now=now), [row for row in new if row.sku not in products]


def _paid_months(new: Iterable[NewOrder]) -> dict[str, set[loyalty.Month]]:
    """{buyer: months with an order paid and kept}, the orders that come in now among them."""
    months = queries.paid_months({row.buyer_external_id for row in new})
    for row in new:
        if row.paid_fen:
            months.setdefault(row.buyer_external_id, set()).add(month_of(row.paid_at))
    return months


def _pin(policy: Policy, new: NewOrder, months: dict[str, set[loyalty.Month]]) -> Pin:
    run = loyalty.streak(months.get(new.buyer_external_id, set()), ending=month_of(new.paid_at))
    needed = policy.long_term_months
    return Pin(policy.code, policy.version, policy.hash, policy.window_seconds, run >= needed, run, needed)
