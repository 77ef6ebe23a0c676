"""The staged shop behind an address: a data base, a provider on loopback, and a clock that stands still."""

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib import import_module
from typing import Any
from unittest import mock

import time_machine
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.cache import cache
from django.test import Client, override_settings
from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.rules import TRIES_PER_ORDER, Guest
from accounts.services import guest_access
from common import ids
from developers.services.figures import following
from evidence.services import sealing
from tests.integrations.provider_stub import PATIENT_S, SECRET
from tests.pages import cases, drafting, stages
from tests.pages.cases import Supplier
from tests.pages.stages import NOW, Town


@contextmanager
def open_town(**changes: Any) -> Iterator[tuple[Town, str]]:
    """(an empty town, its address); needs an empty database. Demo orders are shown in the demo only."""
    outside = Supplier()
    connected = {
        "SUPPLIER_URL": outside.url, "SHOP_REFUND_URL": outside.url, "SUPPLIER_SECRET": SECRET,
        "SHOP_REFUND_SECRET": SECRET, "SEND_TIMEOUT_S": PATIENT_S, "LEASE_S": 15.0, "RECONCILE_ONLY": False,
        "DEMO": False,
    }  # fmt: skip
    numbers = mock.patch.object(ids, "secrets", random.Random(7))  # the same ones every time
    with override_settings(**connected | changes), time_machine.travel(NOW, tick=False), numbers:
        cache.clear()
        server = LiveServer("127.0.0.1")
        try:
            yield Town(outside=outside), server.url
        finally:
            server.stop()
            outside.stop()


def build(town: Town, *, now: datetime = NOW) -> Town:
    """Everything there is to see; the same every time."""
    stages.open_shop(now=now)
    stages.sell_all(town, now=now)
    cases.claim_all(town, now=now)
    stages.publish_more(now=now)
    drafting.write_drafts(town, now=now)
    _lock(town, now)
    sealing.seal_due(now=now - stages.HOUR)
    while following.step(now=now):
        pass
    return town


def _lock(town: Town, now: datetime) -> None:
    """One order and one name whose tries are used up."""
    stages.sell(town, "locked", now=now)
    for _ in range(TRIES_PER_ORDER):
        with suppress(guest_access.WrongQueryPassword):
            guest_access.enter(order_no=town.orders["locked"], password="wrong", address="127.0.0.1", now=now)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        Client().post("/login/", {"username": stages.LOCKED_NAME, "password": "wrong"})


def become(context: BrowserContext, url: str, *, order_no: str = "", username: str = "") -> None:
    """The browser of somebody who opened this order, or who signed in; of nobody without either."""
    context.clear_cookies()
    if order_no or username:
        name, _, value = cookie_of(order_no=order_no, username=username).partition("=")
        context.add_cookies([{"name": name, "value": value, "url": url}])


def cookie_of(*, order_no: str = "", username: str = "") -> str:
    """The session cookie of a guest who opened this order, or of somebody who signed in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    if order_no:
        token, _ = guest_access.guest_token(Guest(order_no=order_no), NOW)
        session["opened_orders"] = {order_no: token}
    else:
        user = User.objects.get(username=username)
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "accounts.services.log_in.LoopbackDemoBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
