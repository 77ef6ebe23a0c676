"""Reads of people, for the rooms above."""

from accounts.models import User


def user_named(username: str) -> User | None:
    """An active user by name."""
    return User.objects.filter(username=username, is_active=True).first()


def ops() -> list[User]:
    """The people a case can be handed to."""
    return list(User.objects.filter(role="ops", is_active=True).order_by("username"))
