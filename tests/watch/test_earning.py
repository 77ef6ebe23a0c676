"""Points that orders earn: which, when, once; what waits, and what never costs any."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from common import clock
from compensation.models import ForgottenRemedy, Remedy
from compensation.services import deciding, intake
from evidence.models import Entry
from integrations.models import Standstill
from integrations.services import standstill
from ledger import queries as ledger
from ledger.models import Break, Transfer
from orders.models import Licence, Order
from orders.services.deliveries import take_deliveries
from orders.services.observations import take_observations
from orders.services.usage import take_usage
from tests.orders.conftest import PRODUCT, new_order
from tests.tickets.case import assert_balanced, claim, fallen, order_of, withdraw
from tickets.models import Ticket
from tickets.services import claims, recalling
from watch.models import OrderPoints, Stumble
from watch.services import earning, earning_facts

pytestmark = pytest.mark.django_db
LAG = earning.LAG
INSTANT = timedelta(microseconds=1)


def sold(order_no="A-1", **changes):
    """A thousand likes for 50 yuan, paid now."""
    usual = {"paid_at": clock.now(), "baseline": 20, "target": order_no}
    return intake.take_order(new=new_order(order_no, **usual | changes), now=clock.now())[0]


def complete(order_no="A-1"):
    row = {"order_no": order_no, "observed_at": clock.now().isoformat(), "count": 1020, "measurable": True}
    assert take_observations(raw_rows=[row], now=clock.now()).accepted == 1


def goods(kind, **changes):
    fields = PRODUCT | {"title": kind, "kind": kind, "policy": f"{kind.replace('_', '-')}-standard"}
    intake.put_product(sku=kind, fields=fields | changes, now=clock.now())


def handed_over(order_no="A-1", *, at=None):
    row = {
        "order_no": order_no,
        "delivered_at": (at or clock.now()).isoformat(),
        "quantity": 1,
        "final": True,
    }
    assert take_deliveries(raw_rows=[row], now=clock.now()).accepted == 1


def look():
    earning.run(now=clock.now())


def over(by_day, days=40):
    """Everything of before is over by then, and looked at."""
    by_day.shift(timedelta(days=days))
    look()


def ends():
    """(order, what it came to), the first order first."""
    return list(OrderPoints.objects.order_by("pk").values_list("order__order_no", "result"))


def booked():
    return list(Transfer.objects.filter(unit="point").order_by("pk").values_list("order_no", "amount"))


def test_an_order_whose_last_window_ended_earns_a_point_a_yuan(shop, by_day):
    order = sold(paid_fen=5099)
    by_day.shift(timedelta(hours=5))
    complete()
    done = clock.now()
    for at in (done, done + timedelta(days=30), done + timedelta(days=30) + LAG):
        by_day.move_to(at)
        look()
        assert (ends(), booked()) == ([("A-1", "")], []), at
    by_day.shift(INSTANT)
    for _ in range(2):
        look()
    row = OrderPoints.objects.get()
    assert (row.result, row.due_at, row.ended_at, booked()) == ("earned", None, clock.now(), [("A-1", 50)])
    assert ledger.points_of(buyer_id=order.buyer_id) == 50
    entry = Entry.objects.get(kind="transfer")
    assert (entry.order_no, '"points_issued"' in entry.body) == ("A-1", True)
    assert_balanced()


def test_what_was_not_paid_for_has_no_row(shop, by_day):
    sold("A-1", paid_fen=99, list_fen=99)
    sold("A-2", paid_fen=0, list_fen=0)
    gift = {"gift_key": UUID(int=1), "origin_no": "A-1", "paid_fen": 0}
    Order.objects.filter(order_no="A-2").update(**gift)
    sold("A-3", paid_fen=100, list_fen=100)
    over(by_day)
    assert (ends(), booked()) == ([("A-3", "earned")], [("A-3", 1)])


def test_history_that_is_over_when_it_comes_in_earns_too(shop, by_day):
    sold(paid_at=clock.now() - timedelta(days=400))
    by_day.shift(LAG)
    look()
    assert booked() == [("A-1", 50)]


# ---- what costs them


@pytest.mark.parametrize(("reason", "result"), [
    ("drop", "claimed"), ("refund", "claimed"), ("delay", "claimed"), ("low_interaction", "claimed"),
    ("question", "earned"), ("suggestion", "earned"), ("other", "earned"),
])  # fmt: skip
def test_a_claim_costs_them_and_a_question_does_not(shop, by_day, reason, result):
    fallen(left=1000)
    claim(reason=reason, text="请看一下")
    over(by_day)
    assert (ends(), bool(booked())) == ([("A-1", result)], result == "earned")


def test_a_claim_that_was_withdrawn_or_came_from_ops_costs_them(shop, by_day):
    for n, side in enumerate(("buyer", "ops")):
        fallen(f"A-{n}", target=f"https://v.example/{n}")
        ticket = claims.open_claim(
            order=order_of(f"A-{n}"), reason="drop", text="", quantity=None, channel="web", actor="lin", side=side,
            now=clock.now(),
        )  # fmt: skip
        withdraw(ticket)
    over(by_day)
    assert ends() == [("A-0", "claimed"), ("A-1", "claimed")]


@pytest.mark.parametrize("channel", ["warning", "effect"])
def test_a_claim_that_the_system_wrote_costs_none_nor_does_its_refund(shop, by_day, channel):
    fallen(left=600)
    claims.open_claim(
        order=order_of(), reason="drop", text="", quantity=None, channel=channel, actor="", side="system",
        now=clock.now(),
    )  # fmt: skip
    assert Remedy.objects.filter(kind="refund").exists()
    over(by_day)
    assert (ends(), booked()) == ([("A-1", "earned")], [("A-1", 50)])


def test_a_recall_costs_none(shop, by_day):
    fallen(left=1000)
    ruled = recalling.Ruled(
        remedy={"kind": "refund", "amount_fen": 1000}, units_back=0, why="这一批有问题", recall_no="RC-1",
        asked_by="qiao", agreed_by="an", party="supplier",
    )  # fmt: skip
    with transaction.atomic():
        deciding.lock_line(order_of())
        recalling.give(order=order_of(), ruled=ruled, now=clock.now())
    assert Remedy.objects.get().decision.reason == "other"
    over(by_day)
    assert booked() == [("A-1", 50)]


# ---- what waits


@pytest.mark.parametrize(
    ("then", "result"), [("settled", "refunded"), ("voided", "earned"), ("failed", "earned")]
)
def test_cash_on_its_way_is_waited_for(shop, by_day, then, result):
    fallen(left=1000)
    ticket = claim(reason="other", text="不想要了")
    Remedy.objects.create(
        order=ticket.order, decision=ticket.decision, kind="refund", ordinal=1, amount_fen=100, state="held",
        key=UUID(int=5), created_at=clock.now(),
    )  # fmt: skip
    over(by_day)
    assert (ends(), OrderPoints.objects.get().due_at) == ([("A-1", "")], clock.now() + earning.AGAIN)
    Remedy.objects.update(state=then)
    look()
    assert ends() == [("A-1", "")]
    over(by_day, days=2)
    assert ends() == [("A-1", result)]


def forgets(order, meaning="done", key=None):
    """A restored database forgot this order's refund; found out now, with nothing left of its budget to reserve."""
    told_by = Break.objects.create(kind="unknown_key", reference="x", detail="", opened_at=clock.now())
    ForgottenRemedy.objects.create(
        key=key or UUID(int=6), order=order, kind="refund", ordinal=1, amount_fen=100, meaning=meaning, told_by=told_by,
        found_at=clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("meaning", "closed"), [("done", "refunded"), ("partial", "refunded"), ("running", "earned")]
)
@pytest.mark.parametrize("found", [0, 40])
def test_a_refund_that_a_restored_database_forgot_is_waited_for(shop, by_day, found, meaning, closed):
    """Found before its last window ended or after: it was paid some time, and what it came to a person says."""
    order = fallen(left=1000)
    by_day.shift(timedelta(days=found))
    forgets(order, meaning)
    over(by_day, days=60)
    assert ends() == [("A-1", "")]
    Break.objects.update(closed_at=clock.now())
    over(by_day, days=2)
    assert ends() == [("A-1", closed)]


def test_a_forgotten_refund_that_was_made_again_is_the_one_that_counts(shop, by_day):
    fallen(left=600)
    claims.open_claim(
        order=order_of(), reason="drop", text="", quantity=None, channel="warning", actor="", side="system",
        now=clock.now(),
    )  # fmt: skip
    forgets(order_of(), key=Remedy.objects.get(kind="refund").key)
    over(by_day)
    assert ends() == [("A-1", "earned")]


def test_nothing_is_earned_while_a_restored_database_waits_for_what_it_forgot(shop, by_day):
    sold()
    standstill.begin(last_known=clock.now(), now=clock.now())
    over(by_day)
    assert (ends(), booked()) == ([], [])
    Standstill.objects.update(ended_at=clock.now())
    look()
    assert ends() == [("A-1", "earned")]


def test_what_has_licences_was_handed_over(shop, by_day):
    order = sold(sku="licence", quantity=1, baseline=0, target="")
    Licence.objects.create(order=order, unit=1, licence_id="L-1", changed_at=clock.now())
    over(by_day)
    assert ends() == [("A-1", "earned")]


def test_what_was_never_handed_over_is_looked_at_each_day_and_earns_the_day_after_its_window_ended(
    shop, by_day
):
    goods("game_item", warranty_days=0)
    sold(sku="game_item", quantity=1, baseline=0, target="")
    for days in (40, 1, 300):
        by_day.shift(timedelta(days=days) + LAG + INSTANT)
        look()
        assert (ends(), OrderPoints.objects.get().due_at) == ([("A-1", "")], clock.now() + earning.AGAIN)
    handed_over()
    by_day.shift(earning.AGAIN + LAG)
    look()
    assert ends() == [("A-1", "")]
    by_day.shift(INSTANT)
    look()
    assert ends() == [("A-1", "earned")]


def test_a_window_that_proves_to_end_later_is_looked_at_again_then(shop, by_day):
    goods("subscription", duration_seconds=90 * 86_400, warranty_days=0)
    sold(sku="subscription", quantity=1, baseline=0, target="")
    paid = clock.now()
    report = {"order_no": "A-1", "observed_at": clock.now().isoformat(), "outage_seconds": 3600}
    assert take_usage(raw_rows=[report], now=clock.now()).accepted == 1
    over(by_day)
    assert OrderPoints.objects.get().due_at == paid + timedelta(days=90, hours=1)
    by_day.move_to(paid + timedelta(days=90, hours=1) + LAG)
    look()
    assert ends() == [("A-1", "")]
    by_day.shift(INSTANT)
    look()
    assert ends() == [("A-1", "earned")]


def test_while_it_is_delivered_it_is_looked_at_each_day_as_its_completion_may_prove_to_be_earlier(
    shop, by_day
):
    goods("metered", warranty_days=0)
    sold(sku="metered", deadline_at=clock.now() + timedelta(days=60))
    over(by_day, days=31)
    assert OrderPoints.objects.get().due_at == clock.now() + earning.AGAIN
    complete()
    done = clock.now()
    over(by_day, days=2)
    assert OrderPoints.objects.get().due_at == done + timedelta(days=7)  # the effect guarantee's time
    over(by_day, days=6)
    assert ends() == [("A-1", "earned")]


# ---- many, and what breaks


def test_a_line_that_breaks_our_code_keeps_none_of_the_others(shop, by_day, monkeypatch):
    for n in range(3):
        sold(f"A-{n}")
    real = earning_facts.read

    def broken(lines):
        if any(order.order_no == "A-1" for order in lines):
            raise RuntimeError("broken on purpose")
        return real(lines)

    monkeypatch.setattr(earning_facts, "read", broken)
    over(by_day)
    assert (ends(), Stumble.objects.get().work) == (
        [("A-0", "earned"), ("A-1", ""), ("A-2", "earned")],
        "earn",
    )
    monkeypatch.undo()
    over(by_day, days=2)
    assert (ends()[1], Stumble.objects.count()) == (("A-1", "earned"), 0)


def test_batches_go_through_all(shop, by_day, monkeypatch):
    monkeypatch.setattr(earning, "BATCH", 2)
    for n in range(5):
        sold(f"A-{n}")
    over(by_day)
    assert ([result for _, result in ends()], len(booked())) == (["earned"] * 5, 5)


def test_as_many_statements_for_three_as_for_one(shop, by_day):
    goods("course")
    asked = []
    for n, many in enumerate((1, 1, 3, 1, 3)):
        for k in range(many):
            sold(f"L-{n}-{k}")
            sold(
                f"C-{n}-{k}", sku="course", quantity=10, baseline=0, target="", buyer_external_id=f"b-{n}-{k}"
            )
            handed_over(f"C-{n}-{k}")
            fallen(f"F-{n}-{k}", target=f"https://v.example/{n}-{k}")
            claim(f"F-{n}-{k}")
        by_day.shift(timedelta(days=1))
        look()  # enrolled
        by_day.shift(timedelta(days=40))
        look()  # due as if they had come at once, and put off to when they did
        by_day.shift(timedelta(days=40))
        with CaptureQueriesContext(connection) as seen:
            look()
        asked.append(len(seen))
    assert asked[1:] == [asked[1]] * 4
    assert {result for _, result in ends()} == {"earned", "claimed"}
    assert Ticket.objects.count() == 9
