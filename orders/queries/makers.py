"""Reads of who makes the goods: what they sold, and whether it is sold under better protection."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.queries import developers
from orders.models import MakerStanding, Order, Product


def makers() -> QuerySet[Any]:
    """The developers who have goods."""
    return developers().filter(Exists(Product.objects.filter(developer=OuterRef("pk"))))


def sales_of(*, developer: Any, since: datetime, until: datetime) -> QuerySet[Order]:
    """What was bought of a developer's goods from `since` and before `until`; gifts are none. By an index."""
    return Order.objects.filter(
        product__developer=developer, paid_at__gte=since, paid_at__lt=until, origin_no=""
    )


def newest_paid(rows: QuerySet[Order], *, before: tuple[datetime, int] | None) -> QuerySet[Order]:
    """The newest first, from behind that place on."""
    if before is not None:
        at, pk = before
        rows = rows.filter(paid_at__lte=at).filter(Q(paid_at__lt=at) | Q(pk__lt=pk))
    return rows.order_by("-paid_at", "-id")


def credit_policy_of(product: Product) -> str:
    """The policy that it is sold under while its maker's credit is low; "" where there is none.

    For a product of `products` or `products_called`.
    """
    usual = product.usual_credit_policy  # type: ignore[attr-defined]  # annotated
    return (usual or "") if product.credit_policy is None else product.credit_policy


def standings_of(*, developer_ids: Iterable[int]) -> dict[int, list[tuple[datetime, bool]]]:
    """{developer: [(from when on, whether raised)], the oldest first}; a row a change, so that there are few."""
    found: dict[int, list[tuple[datetime, bool]]] = {}
    rows = MakerStanding.objects.filter(developer_id__in=list(developer_ids)).order_by("since", "id")
    for developer_id, since, raised in rows.values_list("developer_id", "since", "raised"):
        found.setdefault(developer_id, []).append((since, raised))
    return found


def raised_at(standings: Iterable[tuple[datetime, bool]], at: datetime) -> bool:
    """What held at that instant; nothing was said yet: not raised."""
    held = [raised for since, raised in standings if since <= at]
    return held[-1] if held else False


def is_raised(product: Product, at: datetime) -> bool:
    """Whether the maker's credit was low then; goods of nobody's are not."""
    maker = product.developer_id
    return maker is not None and raised_at(standings_of(developer_ids=[maker]).get(maker, ()), at)
