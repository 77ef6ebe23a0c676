"""Who somebody is to the other rooms, and whether a request may act for a demo account."""

from collections.abc import Callable
from functools import wraps
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse

from accounts.rules import Guest

PROXY_HEADERS = {"HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP"}


def role_of(reader: Any) -> str:
    """One of rules.ROLES, "guest", or "" for nobody in particular."""
    return getattr(reader, "role", "") or ""


def is_superuser(reader: Any) -> bool:
    return bool(getattr(reader, "is_superuser", False))


def is_ops(reader: Any) -> bool:
    return role_of(reader) == "ops" or is_superuser(reader)


def for_ops(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator: strangers are asked to log in as everywhere in the admin; to other staff there is no such page."""

    @wraps(view)
    def guarded(request: HttpRequest, **of: Any) -> HttpResponse:
        if not is_ops(request.user):
            raise Http404
        return view(request, **of)

    return wraps(view)(admin.site.admin_view(guarded))


def is_shop(reader: Any) -> bool:
    return role_of(reader) == "shop" or is_superuser(reader)


def is_signed_in(reader: Any) -> bool:
    """Somebody we know, a guest of one order included."""
    return bool(getattr(reader, "is_authenticated", False))


def buyer_id_of(reader: Any) -> int | None:
    """The buyer this user is, if any; a guest is none."""
    buyer = getattr(reader, "buyer", None)
    return buyer.pk if buyer else None


def agent_of(buyer: Any) -> Any:
    """Who looks after this buyer: one of ops who still works here."""
    agent = buyer.agent
    return agent if agent and agent.is_active and is_ops(agent) else None


def agent_name_of(buyer: Any) -> str | None:
    """By the name that the buyer may know."""
    agent = agent_of(buyer)
    return agent.get_username() if agent else None


def guest_order_of(reader: Any) -> str | None:
    """The one order number a guest reaches; None for everybody else."""
    return reader.order_no if isinstance(reader, Guest) else None


def principal_of(reader: Any) -> str:
    """A name that no other reader has: "user:7", "guest:A-1", "" for strangers."""
    if not is_signed_in(reader):
        return ""
    return reader.username if isinstance(reader, Guest) else f"user:{reader.pk}"


def address_of(request: HttpRequest) -> str:
    """The peer's address; headers that a proxy may set are not believed."""
    return request.META.get("REMOTE_ADDR", "")


def is_loopback(request: HttpRequest) -> bool:
    """Peer and Host are this machine, and nothing says that a proxy stands between."""
    meta = request.META
    if any(name in PROXY_HEADERS or name.startswith("HTTP_X_FORWARDED") for name in meta):
        return False
    return _is_this_machine(address_of(request)) and _is_this_machine(_host_name(meta.get("HTTP_HOST", "")))


def may_act_from(user: Any, request: HttpRequest) -> bool:
    """Demo accounts, whose password is public, only from this machine."""
    return not getattr(user, "is_demo", False) or is_loopback(request)


def _host_name(host: str) -> str:
    """The Host header without its port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_this_machine(name: str) -> bool:
    if name.lower() == "localhost":
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback
