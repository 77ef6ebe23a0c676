"""The shop keeps its catalogue here; who may set which policy is checked one room above."""

from datetime import datetime
from typing import Any

from accounts.queries import user_named
from common.refusals import Invalid
from orders.models import Product


def put_product(*, sku: str, fields: dict[str, Any], now: datetime) -> tuple[Product, bool]:
    """Create or replace the product; `fields["developer"]` is a developer's user name or empty."""
    name = fields.pop("developer", "") or ""
    developer = user_named(name) if name else None
    if name and (developer is None or developer.role != "developer"):
        raise Invalid(
            errors=[{"field": "developer", "code": "unknown_developer", "detail": f"没有开发者「{name}」。"}]
        )
    return Product.objects.update_or_create(
        sku=sku, defaults=fields | {"developer": developer, "updated_at": now}
    )
