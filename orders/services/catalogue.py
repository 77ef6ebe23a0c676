"""The shop keeps its catalogue here; who may set which policy is checked one room above."""

from datetime import datetime
from typing import Any

from accounts.queries import user_named
from common.phrases import phrase
from common.refusals import Invalid
from orders.models import KindTiers, Product
from orders.rules.rows import storable

LONGEST_SKU = 64


def put_product(*, sku: str, fields: dict[str, Any], now: datetime) -> tuple[Product, bool]:
    """Create or replace the product; `fields["developer"]` is a developer's user name or empty."""
    _refuse_unkept(sku, fields)
    name = fields.pop("developer", "") or ""
    developer = user_named(name) if name else None
    if name and (developer is None or developer.role != "developer"):
        detail = phrase("没有开发者「{name}」。", name=name)
        raise Invalid(errors=[{"field": "developer", "code": "unknown_developer", "detail": detail}])
    product, made = Product.objects.update_or_create(
        sku=sku, defaults=fields | {"developer": developer, "updated_at": now}
    )
    _list(product, now)
    return product, made


def _list(product: Product, now: datetime) -> None:
    """What is listed from now on, where it says something else than before."""
    newest = product.listed.order_by("-listed_at", "-id").first()
    if newest is None or newest.content != product.specification:
        product.listed.create(content=product.specification, listed_at=now)


def put_kind_tiers(*, kind: str, price_tiers: list[dict[str, Any]], now: datetime) -> KindTiers:
    """The tiers of the goods of a kind that name none of their own; an empty list takes them away."""
    fields = {"price_tiers": price_tiers, "updated_at": now}
    return KindTiers.objects.update_or_create(kind=kind, defaults=fields)[0]


def put_kind_credit_policy(*, kind: str, code: str, now: datetime) -> KindTiers:
    """Under which the goods of a kind are sold while their maker's credit is low; "": none."""
    fields = {"credit_policy": code, "updated_at": now}
    return KindTiers.objects.update_or_create(kind=kind, defaults=fields)[0]


def _refuse_unkept(sku: str, fields: dict[str, Any]) -> None:
    """What PostgreSQL can't keep is refused everywhere, by name."""
    if not storable(sku) or len(sku) > LONGEST_SKU:
        detail = phrase("货号要是不超过 {n} 个字的文字。", n=LONGEST_SKU)
        raise Invalid(errors=[{"field": "sku", "code": "malformed", "detail": detail}])
    for name, value in fields.items():
        if not storable(value):
            detail = phrase("{name} 里有存不下的字符，请去掉。", name=name)
            raise Invalid(errors=[{"field": name, "code": "malformed", "detail": detail}])
