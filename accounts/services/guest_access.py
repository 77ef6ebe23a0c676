"""An order is opened with its number and query password, a limited number of wrong guesses at a time."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import AccessFailure, GuestAccess
from accounts.rules import (
    GUEST_TOKEN_TTL,
    TRIES_PER_ADDRESS,
    TRIES_PER_ORDER,
    WINDOW,
    Guest,
    locked_until,
    network_of,
    tries_left,
)
from common.phrases import mark, phrase
from common.refusals import Refusal

TOKEN_PREFIX = "g."
_signer = signing.Signer(salt="accounts.guest_token")


class TooManyTries(Refusal):
    status = 429
    code = "too_many_tries"
    title = mark("试错的次数太多了")
    detail = mark("试错的次数太多了，请过一会儿再试。")


class WrongQueryPassword(Refusal):
    status = 401
    code = "wrong_query_password"
    title = mark("订单号和查询密码对不上")
    detail = mark("订单号和查询密码对不上。请核对这两处，大小写也算。")


class BadGuestToken(Refusal):
    status = 401
    code = "unauthenticated"
    title = mark("请先验明身份")
    detail = mark("这次查询已经失效，请用订单号和查询密码重新打开订单。")


def set_query_password(*, order_no: str, password: str) -> None:
    """Replace an order's query password and end its tokens; an empty one closes the order to guests."""
    digest = _digest(order_no, password) if password else ""
    if _replace(order_no, digest) or not digest:
        return
    try:
        with transaction.atomic():
            GuestAccess.objects.create(order_no=order_no, password_hmac=digest)
    except IntegrityError:  # somebody set it between our look and our insert: the later call replaces
        _replace(order_no, digest)


def set_many(*, passwords: Mapping[str, str]) -> None:
    """Query passwords {order number: password} of freshly imported orders; those already set stay."""
    GuestAccess.objects.bulk_create(
        [
            GuestAccess(order_no=order_no, password_hmac=_digest(order_no, password))
            for order_no, password in passwords.items()
            if password
        ],
        ignore_conflicts=True,
        batch_size=500,
    )


def open_order(*, order_no: str, password: str, address: str, now: datetime) -> Guest:
    """The guest of this order, or a refusal that tells nobody whether the number exists."""
    order, peer = _scope("order", order_no), _scope("address", network_of(address))
    _refuse_if_locked(order, peer, now=now, spare=0)
    # The try is booked before it is judged: fifty guesses at once must not all read "none so far".
    booked = AccessFailure.objects.bulk_create([AccessFailure(scope=s, at=now) for s in (order, peer)])
    tries = AccessFailure.objects.filter(pk__in=[row.pk for row in booked])
    try:
        of_order, of_address = _refuse_if_locked(order, peer, now=now, spare=1)
    except TooManyTries:
        tries.delete()
        raise
    if not _matches(order_no, password):
        raise _wrong(tries_left(of_order=of_order, of_address=of_address))
    # Who knows the password ends what was mistyped before; what the address tried on other orders stays.
    (tries | AccessFailure.objects.filter(scope=order)).delete()
    return Guest(order_no=order_no)


def enter(*, order_no: str, password: str, address: str, now: datetime) -> tuple[Guest, str, datetime]:
    """Open the order and hand out its token: (guest, token, when it ends)."""
    guest = open_order(order_no=order_no, password=password, address=address, now=now)
    return guest, *guest_token(guest, now)


def guest_token(guest: Guest, now: datetime) -> tuple[str, datetime]:
    """A token for this order alone, and when it ends."""
    epoch = GuestAccess.objects.values_list("epoch", flat=True).get(order_no=guest.order_no)
    expires = int((now + GUEST_TOKEN_TTL).timestamp())
    body = {"order_no": guest.order_no, "epoch": epoch, "expires": expires}
    return TOKEN_PREFIX + _signer.sign_object(body), datetime.fromtimestamp(expires, UTC)


def read_token(token: str, now: datetime) -> Guest:
    """The guest a token stands for; refused when forged, expired, or older than the query password."""
    if not token.startswith(TOKEN_PREFIX):
        raise BadGuestToken()
    try:
        body = _signer.unsign_object(token.removeprefix(TOKEN_PREFIX))
    except signing.BadSignature:
        raise BadGuestToken() from None
    order_no = body["order_no"]
    live = GuestAccess.objects.filter(order_no=order_no, epoch=body["epoch"]).exclude(password_hmac="")
    if now.timestamp() >= body["expires"] or not live.exists():
        raise BadGuestToken()
    return Guest(order_no=order_no)


def _replace(order_no: str, digest: str) -> bool:
    access = GuestAccess.objects.filter(order_no=order_no)
    return bool(access.update(password_hmac=digest, epoch=F("epoch") + 1))


def _digest(order_no: str, password: str) -> str:
    # The number is part of it, so that two orders with one password don't show it.
    return salted_hmac("accounts.query_password", f"{order_no}\0{password}", algorithm="sha256").hexdigest()


def _scope(kind: str, value: str) -> str:
    return salted_hmac("accounts.access_failure", f"{kind}:{value}", algorithm="sha256").hexdigest()


def _matches(order_no: str, password: str) -> bool:
    """Does the same work for an unknown number, and for an order without a password."""
    number = order_no.replace("\0", "")  # PostgreSQL can't even look for one; the digest still differs
    stored = GuestAccess.objects.filter(order_no=number).values_list("password_hmac", flat=True).first()
    return constant_time_compare(_digest(order_no, password), stored or "no hexadecimal digest".ljust(64))


def _refuse_if_locked(order: str, peer: str, *, now: datetime, spare: int) -> tuple[int, int]:
    """How often order and address have failed; refused once more than `spare` beyond a limit is reached."""
    rows = AccessFailure.objects.filter(scope__in=(order, peer), at__gt=now - WINDOW)
    failures: dict[str, list[datetime]] = {order: [], peer: []}
    for scope, at in rows.values_list("scope", "at"):
        failures[scope].append(at)
    ends = [
        locked_until(failures[order], limit=TRIES_PER_ORDER + spare, now=now),
        locked_until(failures[peer], limit=TRIES_PER_ADDRESS + spare, now=now),
    ]
    if locked := [end for end in ends if end]:
        raise _too_many(math.ceil((max(locked) - now).total_seconds()))
    return len(failures[order]), len(failures[peer])


def _too_many(seconds: int) -> TooManyTries:
    minutes = math.ceil(seconds / 60)
    return TooManyTries(
        phrase("试错的次数太多了，请等 {n} 分钟再试。", n=minutes), extra={"retry_after": max(1, seconds)}
    )


def _wrong(left: int) -> WrongQueryPassword:
    then = (
        phrase("还可以再试 {n} 次，之后要等 15 分钟。", n=left)
        if left
        else phrase("现在要等 15 分钟才能再试。")
    )
    detail = phrase("{what}{then}", what=phrase(WrongQueryPassword.detail), then=then)
    return WrongQueryPassword(detail, extra={"tries_left": left})
