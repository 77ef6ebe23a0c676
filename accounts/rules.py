"""Who may act, and how many wrong guesses an order's query password bears."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import ClassVar

from common.phrases import mark

ROLES = [
    ("buyer", mark("买家")),
    ("ops", mark("运营")),
    ("panel", mark("仲裁员")),
    ("developer", mark("开发者")),
    ("shop", mark("商店接口")),
]

WINDOW = timedelta(minutes=15)
TRIES_PER_ORDER = 5
TRIES_PER_ADDRESS = 20
GUEST_TOKEN_TTL = timedelta(hours=24)


@dataclass(frozen=True)
class Guest:
    """Somebody without an account who knows one order's query password; reaches that order alone."""

    order_no: str

    pk: ClassVar[None] = None
    id: ClassVar[None] = None
    role: ClassVar[str] = "guest"
    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False
    is_active: ClassVar[bool] = True
    is_staff: ClassVar[bool] = False
    is_superuser: ClassVar[bool] = False

    @property
    def username(self) -> str:
        return f"guest:{self.order_no}"

    def get_username(self) -> str:
        return self.username

    def __str__(self) -> str:
        return self.username


def network_of(address: str) -> str:
    """What wrong guesses are counted against: the address, or the /64 that one IPv6 customer owns."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
    return str(parsed)


def locked_until(failures: Sequence[datetime], *, limit: int, now: datetime) -> datetime | None:
    """When the next try is allowed, or None if it is allowed already."""
    counted = sorted((at for at in failures if at > now - WINDOW), reverse=True)
    return counted[limit - 1] + WINDOW if len(counted) >= limit else None


def tries_left(*, of_order: int, of_address: int) -> int:
    """How many more guesses somebody has who has failed this often, never below zero."""
    return max(0, min(TRIES_PER_ORDER - of_order, TRIES_PER_ADDRESS - of_address))
