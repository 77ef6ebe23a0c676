"""How many requests a minute one reader, or one address, may make."""

import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

from accounts import permissions
from accounts.rules import network_of
from common import clock

if TYPE_CHECKING:  # rest_framework.views itself loads this module, named in the settings
    from rest_framework.request import Request
    from rest_framework.views import APIView

log = logging.getLogger(__name__)
PER_MINUTE = 600
MINUTE = 60


class ReaderThrottle(BaseThrottle):
    """A counter per reader and minute: one small number in the cache, shared by all processes."""

    def allow_request(self, request: "Request", view: "APIView") -> bool:
        if settings.THROTTLE_OFF and permissions.is_loopback(request._request):
            return True
        second = int(clock.now().timestamp())
        self.seconds_left = MINUTE - second % MINUTE
        who = permissions.principal_of(request.user) or network_of(permissions.address_of(request._request))
        try:
            return _count(f"throttle:{who}:{second // MINUTE}") <= PER_MINUTE
        except Exception as error:  # a broken cache must not close the shop
            log.warning("限流计数不可用，放行：%s", error)
            return True

    def wait(self) -> float:
        return self.seconds_left - 1  # the problem handler adds the last second


def _count(key: str) -> int:
    """One more in this minute."""
    if cache.add(key, 1, timeout=2 * MINUTE):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # dropped between the two calls
        return 1
