"""Reads of products: which there are, and what they are sold under."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import OuterRef, Subquery

from common.phrases import mark
from common.refusals import Absent
from orders.models import (
    KINDS,
    KindTiers,
    Product,
)
from orders.queries.makers import credit_policy_of
from orders.rules.rows import storable
from orders.rules.tiers import Tier, tiers_of

# With each product, the tiers of its kind: no further question, whoever reads them.
_OF_KIND = KindTiers.objects.filter(kind=OuterRef("kind"))
USUAL = {
    "usual_tiers": Subquery(_OF_KIND.values("price_tiers")[:1]),
    "usual_credit_policy": Subquery(_OF_KIND.values("credit_policy")[:1]),
}


def products_called(skus: set[str]) -> dict[str, Product]:
    """{sku: product} of those that exist."""
    return {product.sku: product for product in Product.objects.filter(sku__in=skus).annotate(**USUAL)}


def tiers_sold_by(product: Product) -> tuple[Tier, ...]:
    """Its price tiers, or those of its kind where it names none; for a product of `products` or `products_called`."""
    usual = product.usual_tiers  # type: ignore[attr-defined]  # annotated
    return tiers_of(usual if product.price_tiers is None else product.price_tiers)


def policy_codes() -> Iterator[tuple[Product, list[str]]]:
    """Each product with the policies that an order placed now may pin, whatever the price."""
    for product in products():
        tiers = (tier.policy for tier in tiers_sold_by(product))
        stronger = filter(None, [credit_policy_of(product)])
        yield product, list(dict.fromkeys([product.policy_code, *tiers, *stronger]))


def products_sold_under(code: str) -> list[Product]:
    return [product for product, codes in policy_codes() if code in codes]


def kinds_sold_under(code: str) -> list[KindTiers]:
    """Kinds whose goods pin this policy by a tier, where they name none themselves."""
    rows = KindTiers.objects.order_by("kind")
    return [
        row
        for row in rows
        if code in {row.credit_policy, *(tier.policy for tier in tiers_of(row.price_tiers))}
    ]


def products() -> Any:
    """All products with their developers."""
    return Product.objects.select_related("developer").annotate(**USUAL).order_by("sku")


def kinds_on_sale() -> set[str]:
    return set(Product.objects.order_by().values_list("kind", flat=True).distinct())


def goods_of(developer: Any) -> Any:
    """The products that a developer makes."""
    return Product.objects.filter(developer=developer).order_by("sku")


def makers_of(*, ids: Iterable[int]) -> dict[int, int | None]:
    """{product: who makes it}"""
    return dict(Product.objects.filter(pk__in=list(ids)).order_by().values_list("pk", "developer_id"))


def tiers_of_kind(kind: str) -> tuple[Tier, ...]:
    """The price tiers of the goods of a kind that name none of their own."""
    if kind not in dict(KINDS):
        raise Absent(mark("没有这一类商品，请核对代码。"))
    row = KindTiers.objects.filter(kind=kind).first()
    return tiers_of(row.price_tiers if row else None)


def credit_policy_of_kind(kind: str) -> str:
    """Under which the goods of a kind are sold while their maker's credit is low, where they name none; "": none."""
    if kind not in dict(KINDS):
        raise Absent(mark("没有这一类商品，请核对代码。"))
    row = KindTiers.objects.filter(kind=kind).first()
    return row.credit_policy if row else ""


def find_product(*, sku: str) -> Product:
    product = products().filter(sku=sku).first() if storable(sku) else None
    if product is None:
        raise Absent(mark("没有这件商品，请核对货号。"))
    return product
