"""The judge of `make chaos` objects to what it should: a judge that never did is not to be believed."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import transaction

from common import clock
from compensation.models import Remedy
from compensation.services import by_hand, intake
from orders.services import gifts
from orders.services.gifts import Gift
from tests.chaos.judging import Judge, asleep
from tests.chaos.sandbox_log import difference, out_of_order
from tests.orders.conftest import LATER, new_order, shop
from tests.tickets.case import claim, fallen

__all__ = ["shop"]


def ours(state, *, delivered=0, quantity=90, amount_fen=None):
    return SimpleNamespace(state=state, delivered=delivered, quantity=quantity, amount_fen=amount_fen)


def job(state, *, delivered=0, amount=90):
    return {"state": state, "delivered": delivered, "amount": amount}


@pytest.mark.parametrize(
    ("row", "there"),
    [
        (ours("settled", delivered=90), job("completed", delivered=90)),
        (ours("settled", delivered=30), job("partial", delivered=30)),
        (ours("failed"), job("rejected")),
        (ours("voided"), job("rejected")),
        (ours("voided"), None),
        (ours("held"), None),
        (ours("settled", quantity=None, amount_fen=90), job("succeeded")),
        (ours("failed", quantity=None, amount_fen=90), job("failed")),
    ],
)
def test_what_agrees(row, there):
    assert difference(row, there) == ""


@pytest.mark.parametrize(
    ("row", "there"),
    [
        (ours("settled", delivered=90), None),
        (ours("failed"), None),
        (ours("failed"), job("completed", delivered=90)),
        (ours("failed"), job("partial", delivered=30)),
        (ours("settled", delivered=90), job("rejected")),
        (ours("settled", delivered=90), job("partial", delivered=30)),
        (ours("settled", delivered=90), job("completed", delivered=90, amount=91)),
        (ours("voided"), job("partial", delivered=30)),
        (ours("failed", quantity=None, amount_fen=90), job("succeeded")),
        (ours("settled", quantity=None, amount_fen=90), job("failed")),
    ],
)
def test_what_differs(row, there):
    assert difference(row, there)


def request(effect="created", *, key="k", body="b", status=201, method="POST"):
    return {
        "at": 0.0, "channel": "supplier", "key": key, "method": method, "body_sha256": body, "status": status,
        "effect": effect, "fault": "",
    }  # fmt: skip


AT = ("supplier", "k")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("log", "doubled"),
    [
        ([request(), request("repeated", status=200)], []),
        ([request("refused", body="none", status=401), request()], []),  # killed between head and body
        ([request("none", method="GET", body="none"), request()], []),
        ([request(), request()], [f"{AT}: done 2 times"]),
        ([request(), request("repeated", body="other", status=200)], [f"{AT}: 2 bodies"]),
        ([request(), request("conflict", status=409)], [f"{AT}: sent with another body"]),
        ([request("none", key="batch-1", status=500)], []),  # a batch of messages that came to nothing
        ([request(key="strange")], ["strange: asked for, and no such remedy is owed"]),
    ],
)
def test_what_is_done_twice(log, doubled):
    judge = Judge(answered=[], last_trouble=0.0, sandbox={"log": log, "jobs": []})
    judge.remedies = {"k": ours("settled")}
    judge.steps = set()
    judge.nothing_is_done_twice()
    assert judge.doubled == doubled


@pytest.mark.parametrize(
    ("units_back", "taken", "done", "paid_at", "fault"),
    [
        (2, ["a", "b"], {"a": 1, "b": 2}, 3, ""),
        (0, ["a"], {"a": 1}, 3, ""),  # time that is paid back has no units
        (2, [], {}, 3, ""),
        (2, ["a", "b"], {"a": 1}, None, ""),  # nothing was paid yet
        (2, ["a", "b"], {"a": 1}, 3, "paid before ['b'] were revoked"),
        (2, ["a", "b"], {"a": 1, "b": 4}, 3, "paid before ['b'] were revoked"),
        (2, ["a"], {"a": 1}, 3, "2 units are paid back, 1 were taken"),
    ],
)
def test_what_is_refunded_while_it_works(units_back, taken, done, paid_at, fault):
    assert out_of_order(SimpleNamespace(units_back=units_back), taken, done, paid_at) == fault


NIGHT = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)  # eleven in Shanghai
MORNING = NIGHT + timedelta(hours=9)


@pytest.mark.parametrize(
    ("changes", "now", "sleeps"),
    [
        ({}, NIGHT, True), ({"by_day": False}, NIGHT, False), ({"attempts": 1}, NIGHT, False),
        ({"state": "unknown"}, NIGHT, False), ({"next_at": NIGHT}, NIGHT, False), ({"next_at": None}, NIGHT, False),
        ({}, MORNING, False), ({}, NIGHT - timedelta(hours=2), False),
    ],
)  # fmt: skip
def test_what_can_wait_sleeps_by_night_only(changes, now, sleeps):
    usual = {"by_day": True, "state": "pending", "attempts": 0, "next_at": MORNING}
    assert asleep(SimpleNamespace(**usual | changes), now=now) is sleeps


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([], 1),  # a line of nothing
        ([("gift", 1000, True)], 0),
        ([("gift", 999, True)], 1),
        ([("gift", 0, True)], 1),
        ([("gift", 1000, False)], 1),
        ([("top_up", 1000, True)], 1),
    ],
)
def test_what_came_of_a_gift_is_a_line(shop, rows, faults):
    order = intake.take_order(new=new_order("A-1"), now=LATER)[0]
    key = uuid4()
    with transaction.atomic():
        gifts.add_line(origin=order, gift=Gift(key, 1, 1000, LATER, LATER), now=LATER)
    judge = Judge(answered=[], last_trouble=0.0, sandbox={"log": [], "jobs": []})
    judge.remedies = {
        str(key): SimpleNamespace(key=key, kind=kind, delivered=delivered, ended=ended)
        for kind, delivered, ended in rows
    }
    judge._gifts()
    assert len(judge.misbooked) == faults


@pytest.mark.django_db
def test_how_slow_it_was_is_said_of_what_was_claimed_and_not_of_the_demo():
    def intent(order_no, took):
        return SimpleNamespace(
            order_no=order_no,
            provider="supplier",
            state="settled",
            created_at=LATER - took,
            finished_at=LATER,
        )

    answered = [{"no": "T", "order_no": "A-1", "keys": []}]
    judge = Judge(answered=answered, last_trouble=0.0, sandbox={"log": [], "jobs": []})
    judge.intents = {"k": intent("A-1", timedelta(seconds=3)), "demo": intent("PAST-05", timedelta(hours=20))}
    assert judge.figures()["slowest_s"] == 3.0


@pytest.mark.django_db
@pytest.mark.parametrize(("word", "faults"), [(True, 0), (False, 2)])
def test_what_a_person_paid_no_sandbox_has_to_know(shop, word, faults):
    fallen(left=700, gateway="manual")
    claim()
    refund = Remedy.objects.get(kind="refund")
    by_hand.done_by_hand(remedy=refund, by="qiao", reference="H-1", reason="在后台退了", now=clock.now())
    Remedy.objects.exclude(pk=refund.pk).update(state="held")
    judge = Judge(answered=[], last_trouble=0.0, sandbox={"log": [], "jobs": [], "licences": {}})
    if not word:
        judge.by_hand.clear()
    judge.everything_is_booked_as_it_happened()
    assert len(judge.misbooked) == faults, judge.misbooked
