"""Whose page a reader may open: developers their own, ops the one they name."""

from typing import Any

from rest_framework.permissions import BasePermission

from accounts import permissions as who
from accounts.queries import user_named
from common.phrases import mark
from common.refusals import Absent
from orders.rules.rows import storable


class DeveloperAbsent(Absent):
    code = "developer_not_found"
    detail = mark("没有这位开发者，请核对用户名。")


class IsDeveloperOrOps(BasePermission):
    def has_permission(self, request: Any, view: Any) -> bool:
        return who.role_of(request.user) == "developer" or who.is_ops(request.user)


def developer_for(*, reader: Any, named: str) -> Any:
    """The developer whose figures the reader asked for; anybody else's look absent."""
    if who.role_of(reader) == "developer" and named in ("", reader.username):
        return reader
    found = user_named(named) if who.is_ops(reader) and named and storable(named) else None
    if found is None or who.role_of(found) != "developer":
        raise DeveloperAbsent()
    return found


def may_recall(reader: Any, product: Any) -> bool:
    """Developers their own goods, ops all; to everybody else there is no such product to recall."""
    if who.is_ops(reader):
        return True
    return who.role_of(reader) == "developer" and product.developer_id == reader.pk


def side_of(reader: Any, product: Any) -> str:
    """Whose word on a product's defects this is: ops, developer of these goods, or "" for nobody who has one."""
    if who.is_ops(reader):
        return "ops"
    return "developer" if who.role_of(reader) == "developer" and product.developer_id == reader.pk else ""
