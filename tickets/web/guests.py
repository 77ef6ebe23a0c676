"""Who is reading a buyer's page: a signed-in user, or the guest of an order opened in this browser."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpRequest

from accounts import permissions as who
from accounts.services import guest_access
from common.refusals import Absent

_KEY = "opened_orders"
_MOST = 10
Found = TypeVar("Found")


def open_order(request: HttpRequest, *, order_no: str, password: str, now: datetime) -> None:
    """Remember the order in this browser, newest first; refused like any wrong guess."""
    guest, token, _ = guest_access.enter(
        order_no=order_no, password=password, address=who.address_of(request), now=now
    )
    kept = {no: old for no, old in request.session.get(_KEY, {}).items() if no != guest.order_no}
    newest = [(guest.order_no, token), *kept.items()][:_MOST]
    # Always: a session that somebody else planted must not come to know this order.
    request.session.cycle_key()
    request.session[_KEY] = dict(newest)


def find(
    request: HttpRequest, look_up: Callable[[Any], Found], *, order_no: str = "", now: datetime
) -> tuple[Found, Any]:
    """(what the first reader who may see it finds, that reader); Absent where none may."""
    absent: Absent | None = None
    for reader in _readers(request, order_no=order_no, now=now):
        try:
            return look_up(reader), reader
        except Absent as refusal:
            absent = refusal
    raise absent or Absent()


def _readers(request: HttpRequest, *, order_no: str, now: datetime) -> Iterator[Any]:
    if request.user.is_authenticated:
        yield request.user
    opened = request.session.get(_KEY, {})
    # Its own first; then the others, since a gift is reached by the guest of the order it was given for.
    for no in sorted(opened, key=lambda no: no != order_no):
        try:
            yield guest_access.read_token(opened[no], now)
        except guest_access.BadGuestToken:
            continue


def is_buyer_side(reader: Any) -> bool:
    """Whoever may speak and act as the buyer; ops only look at these pages."""
    return who.role_of(reader) in ("buyer", "guest")
