"""DRF's permission classes: strangers get 401, readers of another role 403."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission

from accounts import permissions

if TYPE_CHECKING:  # rest_framework.views itself loads this module, named in the settings
    from rest_framework.request import Request
    from rest_framework.views import APIView


class IsReader(BasePermission):
    """Anybody we know, a guest of one order included; what is theirs is decided by `.visible_to`."""

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        return permissions.is_signed_in(request.user)


class IsShop(BasePermission):
    """The shop's service account."""

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        return permissions.is_shop(request.user)


class IsOps(BasePermission):
    """After-sales staff."""

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        return permissions.is_ops(request.user)
