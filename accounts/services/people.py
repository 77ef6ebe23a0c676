"""Buyers come with the shop's orders, users with the roles somebody gives them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Q

from accounts.models import Buyer, User
from evidence.services import log


@dataclass(frozen=True)
class BuyerData:
    """A buyer in the shop's words."""

    external_id: str
    name: str = ""
    contact: str = ""


def ensure_buyer(*, external_id: str, name: str = "", contact: str = "") -> Buyer:
    """The buyer of this number, made or brought up to date; what comes empty stays as it was."""
    buyer, created = Buyer.objects.get_or_create(
        external_id=external_id, defaults={"name": name, "contact": contact}
    )
    news = {field: value for field, value in (("name", name), ("contact", contact)) if value}
    if not created and any(getattr(buyer, field) != value for field, value in news.items()):
        Buyer.objects.filter(pk=buyer.pk).update(**news)
        buyer.refresh_from_db()
    return buyer


def ensure_buyers(*, buyers: Iterable[BuyerData]) -> dict[str, int]:
    """{external_id: primary key} after making those that are new; known ones stay as they are."""
    wanted = {buyer.external_id: buyer for buyer in buyers}
    Buyer.objects.bulk_create(
        [Buyer(external_id=b.external_id, name=b.name, contact=b.contact) for b in wanted.values()],
        ignore_conflicts=True,
        batch_size=500,
    )
    numbers, keys = list(wanted), {}
    for start in range(0, len(numbers), 500):
        some = Buyer.objects.filter(external_id__in=numbers[start : start + 500])
        keys.update(dict(some.values_list("external_id", "pk")))
    return keys


def ensure_user(
    *, username: str, role: str, password: str | None = None, is_demo: bool = False,
    is_staff: bool = False, is_superuser: bool = False, buyer: Buyer | None = None,
) -> User:  # fmt: skip
    """The user of this name, made if missing; an existing one keeps its password and rights."""
    rights: dict[str, Any] = {
        "role": role,
        "is_demo": is_demo,
        "is_staff": is_staff,
        "is_superuser": is_superuser,
        "password": lambda: make_password(password),  # hashed only where it is needed
    }
    user, _ = User.objects.get_or_create(username=username, defaults=rights)
    if buyer is not None:
        unowned = Q(user__isnull=True) | Q(user=user)
        Buyer.objects.filter(unowned, pk=buyer.pk).update(user=user)
    return user


def record_rights(*, user: User, by: str, now: datetime) -> None:
    """Who may do what is in the record; inside the transaction that changed it."""
    data = {
        "username": user.username, "role": user.role, "active": user.is_active, "staff": user.is_staff,
        "superuser": user.is_superuser, "by": by,
    }  # fmt: skip
    log.record(kind="rights", order_no="", data=data, now=now, internal=True)
