"""Reads of people, for the rooms above."""

from collections.abc import Iterable

from accounts.models import Buyer, User


def user_named(username: str) -> User | None:
    """An active user by name."""
    return User.objects.filter(username=username, is_active=True).first()


def ops() -> list[User]:
    """The people a case can be handed to."""
    return list(User.objects.filter(role="ops", is_active=True).order_by("username"))


def buyer_names(ids: Iterable[int]) -> dict[int, str]:
    """{buyer: what they are called}, of those there are; one question."""
    return {row.pk: str(row) for row in Buyer.objects.filter(pk__in=list(ids))}


def user_names(ids: Iterable[int]) -> dict[int, str]:
    """{user: what they are called}, of those there are; one question."""
    rows = User.objects.filter(pk__in=list(ids))
    return {row.pk: row.get_full_name() or row.get_username() for row in rows}
