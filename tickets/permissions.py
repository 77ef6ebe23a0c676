"""Who may do what to a ticket; what a reader may see is `.visible_to`."""

from typing import Any

from rest_framework.permissions import BasePermission

from accounts import permissions as who
from common.refusals import Absent


def may_claim(reader: Any) -> bool:
    """A buyer, a guest of the order, or ops on a buyer's behalf."""
    return who.role_of(reader) in ("buyer", "guest") or who.is_ops(reader)


class MayClaim(BasePermission):
    def has_permission(self, request: Any, view: Any) -> bool:
        return may_claim(request.user)


def side_of(reader: Any) -> str:
    """Whose words these are: buyer, ops or developer; a guest speaks for the buyer."""
    if who.is_ops(reader):
        return "ops"
    return "developer" if who.role_of(reader) == "developer" else "buyer"


class MaySpeak(BasePermission):
    """Whoever may claim, and the developer of the goods, who is asked."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return may_claim(request.user) or who.role_of(request.user) == "developer"


class IsBuyerSide(BasePermission):
    """The buyer's own moves: confirm, withdraw, appeal."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return who.role_of(request.user) in ("buyer", "guest")


class IsDesk(BasePermission):
    """Ops' own moves; for anybody else they look absent."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if who.is_signed_in(request.user) and not who.is_ops(request.user):
            raise Absent()
        return who.is_ops(request.user)
