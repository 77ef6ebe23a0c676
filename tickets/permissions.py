"""Who may do what to a ticket; what a reader may see is `.visible_to`."""

from typing import Any

from rest_framework.permissions import BasePermission

from accounts import permissions as who


def may_claim(reader: Any) -> bool:
    """A buyer, a guest of the order, or ops on a buyer's behalf."""
    return who.role_of(reader) in ("buyer", "guest") or who.is_ops(reader)


class MayClaim(BasePermission):
    def has_permission(self, request: Any, view: Any) -> bool:
        return may_claim(request.user)


class IsBuyerSide(BasePermission):
    """The buyer's own moves: confirm, withdraw, appeal."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return who.role_of(request.user) in ("buyer", "guest")
