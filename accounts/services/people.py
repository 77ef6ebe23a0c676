"""Buyers come with the shop's orders, users with the roles somebody gives them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from accounts.models import Buyer, User
from common import clock
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


@transaction.atomic
def ensure_user(
    *, username: str, role: str, password: str | None = None, is_demo: bool = False,
    is_staff: bool = False, is_superuser: bool = False, buyer: Buyer | None = None, now: datetime | None = None,
) -> User:  # fmt: skip
    """The user of this name, made if missing; an existing one keeps its password and rights."""
    rights: dict[str, Any] = {
        "role": role,
        "is_demo": is_demo,
        "is_staff": is_staff,
        "is_superuser": is_superuser,
        "password": lambda: make_password(password),  # hashed only where it is needed
    }
    user, created = User.objects.get_or_create(username=username, defaults=rights)
    if created:
        record_rights(user=user, by="program", now=now or clock.now())
    if buyer is not None:
        unowned = Q(user__isnull=True) | Q(user=user)
        if Buyer.objects.filter(unowned, pk=buyer.pk).exclude(user=user).update(user=user):
            buyer.user = user
            record_owner(buyer=buyer, by="program", now=now or clock.now())
    return user


def record_rights(*, user: User, by: str, now: datetime, deleted: bool = False) -> None:
    """Who may do what is in the record; inside the transaction that changed it."""
    data = {
        "deleted": deleted,
        "username": user.username, "role": user.role, "active": user.is_active, "staff": user.is_staff,
        "superuser": user.is_superuser, "by": by,
    }  # fmt: skip
    log.record(kind="rights", order_no="", data=data, now=now, internal=True)


def record_owner(*, buyer: Buyer, by: str, now: datetime) -> None:
    """Whose account opens all orders of a buyer, and who looks after them."""
    owner = buyer.user.username if buyer.user else None
    agent = buyer.agent.username if buyer.agent else None
    data = {"external_id": buyer.external_id, "username": owner, "agent": agent, "by": by}
    log.record(kind="buyer_account", order_no="", data=data, now=now, internal=True)


def record_password(*, user: User, by: str, now: datetime) -> None:
    """That somebody set a password; never which."""
    data = {"username": user.username, "by": by}
    log.record(kind="password_set", order_no="", data=data, now=now, internal=True)


@transaction.atomic
def ensure_superuser(*, username: str, password: str, now: datetime) -> None:
    """A superuser made by the program."""
    user = User.objects.create_superuser(username, password=password)
    record_rights(user=user, by="program", now=now)
