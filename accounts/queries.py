"""Reads of people, for the rooms above."""

from accounts.models import User


def user_named(username: str) -> User | None:
    """An active user by name."""
    return User.objects.filter(username=username, is_active=True).first()
