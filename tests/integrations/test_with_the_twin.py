"""The kernel and the sandbox twin together, over real HTTP and in real time."""

import time
from datetime import timedelta

import pytest

from common import clock
from integrations.services import intents, reconcile, sweep
from tests.integrations.provider_stub import key_of, read
from tests.sandbox_fixture import NEVER, REFUND_SECRET, SUPPLIER_SECRET

pytestmark = pytest.mark.django_db


def connect(settings, sandbox) -> None:
    settings.SUPPLIER_URL = settings.SHOP_REFUND_URL = f"http://127.0.0.1:{sandbox.port}"
    settings.SUPPLIER_SECRET, settings.SHOP_REFUND_SECRET = SUPPLIER_SECRET, REFUND_SECRET
    settings.RECONCILE_ONLY = False


def file(number: int, kind: str, steering: str):
    key, order_no = key_of(number), f"N-{number}"
    body = {"key": str(key), "order_no": order_no}
    if kind == "refund":
        body |= {"payment_reference": f"P-{steering}", "amount_fen": 1250, "reason": "退款"}
    else:
        body |= {"target": f"https://v.example/{steering}", "kind": kind, "quantity": 9, "grade": "standard"}
    return intents.file_intent(key=key, kind=kind, order_no=order_no, body=body, now=clock.now())


def sweep_until_final(*rows) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and not all(read(row).finished_at for row in rows):
        sweep.run_due(now=clock.now())
        time.sleep(0.05)


def test_every_plan_of_the_twin_ends_as_it_should(settings, sandbox):
    connect(settings, sandbox)
    rows = [
        file(1, "top_up", "plain"), file(2, "gift", "partial"), file(3, "top_up", "reject"),
        file(4, "refund", "plain"), file(5, "refund", "reject"),
    ]  # fmt: skip
    sweep_until_final(*rows)
    assert [(read(row).state, read(row).delivered) for row in rows] == [
        ("settled", 9), ("settled", 3), ("failed", 0), ("settled", 0), ("failed", 0),
    ]  # fmt: skip
    assert {read(row).attempts for row in rows} == {1}
    found = reconcile.run(since=clock.now() - timedelta(days=1), now=clock.now())
    assert (found.listed, found.mismatches, found.unreachable) == (5, 0, [])


def test_the_twin_is_asked_back(settings, make_sandbox):
    connect(settings, make_sandbox(pace=NEVER))
    row = file(1, "top_up", "plain")
    sweep.run_due(now=clock.now())
    assert intents.ask_void(key=row.key, now=clock.now()) == "asked"
    sweep_until_final(row)
    assert read(row).state == "voided"
