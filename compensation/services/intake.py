"""The shop feeds in products and orders: each order pins the policy version its buyer was shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from common.refusals import Invalid
from compensation import queries
from orders.models import Order, Product
from orders.services import catalogue
from orders.services import intake as orders
from orders.services.intake import NewOrder, Pin, Taken


def put_product(*, sku: str, fields: dict[str, Any], now: datetime) -> tuple[Product, bool]:
    """Create or replace; the policy must exist and be one for this kind of goods."""
    policy = queries.newest_policy(fields.pop("policy"))
    if policy is None:
        raise Invalid(
            errors=[{"field": "policy", "code": "unknown_policy", "detail": "没有这份售后规则，请核对代码。"}]
        )
    if policy.kind != fields["kind"]:
        detail = f"「{policy.title}」是给另一种商品的，请换一份规则或改商品种类。"
        raise Invalid(errors=[{"field": "policy", "code": "policy_of_other_kind", "detail": detail}])
    if fields["kind"] == "subscription" and not fields.get("duration_seconds"):
        detail = "订阅类商品要写明时长 duration_seconds。"
        raise Invalid(errors=[{"field": "duration_seconds", "code": "required", "detail": detail}])
    return catalogue.put_product(sku=sku, fields=fields | {"policy_code": policy.code}, now=now)


def take_order(*, new: NewOrder, now: datetime) -> tuple[Order, bool]:
    """Store one order; (order, whether it is new)."""
    product = Product.objects.filter(sku=new.sku).first()
    if product is None:
        detail = f"没有货号「{new.sku}」，请先用 PUT /products/ 建好商品。"
        raise Invalid(errors=[{"field": "sku", "code": "unknown_sku", "detail": detail}])
    return orders.take_order(new=new, product=product, pin=_pin(product), now=now)


@transaction.atomic
def take_orders(*, new: Sequence[NewOrder], now: datetime) -> tuple[Taken, list[NewOrder]]:
    """Store many; (what became of them, those whose sku nobody knows)."""
    products = {p.sku: p for p in Product.objects.filter(sku__in={row.sku for row in new})}
    pins = {sku: _pin(product) for sku, product in products.items()}
    known = [(row, products[row.sku], pins[row.sku]) for row in new if row.sku in products]
    return orders.take_orders(lines=known, now=now), [row for row in new if row.sku not in products]


def _pin(product: Product) -> Pin:
    row = queries.newest_policy(product.policy_code)
    assert row is not None, f"{product.sku}: policy {product.policy_code} is gone"
    policy = queries.policy_version(row.code, row.version)
    return Pin(row.code, row.version, row.hash, policy.window_seconds)
