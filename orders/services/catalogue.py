"""The shop keeps its catalogue here; who may set which policy is checked one room above."""

from datetime import datetime
from typing import Any

from accounts.queries import user_named
from common.phrases import phrase
from common.refusals import Invalid
from orders.models import Product
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
    return Product.objects.update_or_create(
        sku=sku, defaults=fields | {"developer": developer, "updated_at": now}
    )


def _refuse_unkept(sku: str, fields: dict[str, Any]) -> None:
    """What PostgreSQL can't keep is refused everywhere, by name."""
    if not storable(sku) or len(sku) > LONGEST_SKU:
        detail = phrase("货号要是不超过 {n} 个字的文字。", n=LONGEST_SKU)
        raise Invalid(errors=[{"field": "sku", "code": "malformed", "detail": detail}])
    for name, value in fields.items():
        if not storable(value):
            detail = phrase("{name} 里有存不下的字符，请去掉。", name=name)
            raise Invalid(errors=[{"field": name, "code": "malformed", "detail": detail}])
