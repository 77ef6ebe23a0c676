"""The staged shop behind an address: a data base, a provider on loopback, and a clock that stands still."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import time_machine
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.cache import cache
from django.test import override_settings
from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.rules import Guest
from accounts.services import guest_access
from tests.integrations.provider_stub import PATIENT_S, SECRET
from tests.pages.stages import NOW, Town
from tests.tickets.case import Outside

CHINESE = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@contextmanager
def open_town(**changes: Any) -> Iterator[tuple[Town, str]]:
    """(an empty town, its address); needs an empty database. Demo orders are shown in the demo only."""
    outside = Outside()
    connected = {
        "SUPPLIER_URL": outside.url, "SHOP_REFUND_URL": outside.url, "SUPPLIER_SECRET": SECRET,
        "SHOP_REFUND_SECRET": SECRET, "SEND_TIMEOUT_S": PATIENT_S, "LEASE_S": 15.0, "RECONCILE_ONLY": False,
        "DEMO": False,
    }  # fmt: skip
    with override_settings(**connected | changes), time_machine.travel(NOW, tick=False):
        cache.clear()
        server = LiveServer("127.0.0.1")
        try:
            yield Town(outside=outside), server.url
        finally:
            server.stop()
            outside.stop()


def become(context: BrowserContext, url: str, *, order_no: str = "", username: str = "") -> None:
    """The browser of somebody who opened this order, or who signed in; of nobody without either."""
    context.clear_cookies()
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    if order_no:
        token, _ = guest_access.guest_token(Guest(order_no=order_no), NOW)
        session["opened_orders"] = {order_no: token}
    elif username:
        user = User.objects.get(username=username)
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "accounts.services.log_in.LoopbackDemoBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    else:
        return
    session.create()
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": url}])
