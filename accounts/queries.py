"""Reads of people, for the rooms above."""

from django.db.models import QuerySet

from accounts.models import Buyer, User


def user_named(username: str) -> User | None:
    """An active user by name."""
    return User.objects.filter(username=username, is_active=True).first()


def users_with_role(role: str) -> QuerySet[User]:
    return User.objects.filter(role=role, is_active=True).order_by("pk")


def buyer_known_as(external_id: str) -> Buyer | None:
    return Buyer.objects.filter(external_id=external_id).first()
