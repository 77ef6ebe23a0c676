"""Reads of people, for the rooms above."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import Buyer, User


def user_named(username: str) -> User | None:
    """An active user by name."""
    return User.objects.filter(username=username, is_active=True).first()


def ops() -> list[User]:
    """The people a case can be handed to."""
    return list(User.objects.filter(role="ops", is_active=True).order_by("username"))


def developers() -> QuerySet[User]:
    """Whoever makes goods, or may."""
    return User.objects.filter(role="developer", is_active=True).order_by("pk")


def buyers_after(pk: int, *, most: int) -> list[Buyer]:
    """The next buyers by their key, each with the user who looks after them."""
    return list(Buyer.objects.filter(pk__gt=pk).select_related("agent").order_by("pk")[:most])


def newest_buyer() -> int:
    """The highest key of a buyer; 0 where there are none."""
    return Buyer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def buyer_names(ids: Iterable[int]) -> dict[int, str]:
    """{buyer: what they are called}, of those there are; one question."""
    return {row.pk: str(row) for row in Buyer.objects.filter(pk__in=list(ids))}


def user_names(ids: Iterable[int]) -> dict[int, str]:
    """{user: what they are called}, of those there are; one question."""
    rows = User.objects.filter(pk__in=list(ids))
    return {row.pk: row.get_full_name() or row.get_username() for row in rows}
