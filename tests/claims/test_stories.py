"""A drop becomes a settled top-up, a refund, or an honest nothing; and what becomes of what goes wrong."""

import json
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

import pytest

from common import clock
from compensation.models import DecisionRecord, LineBudget, Remedy, UnitDelivery
from compensation.queries import policy_version
from compensation.rules.decide import decide
from compensation.rules.facts import Facts
from integrations.models import Intent
from integrations.services import inbound
from ledger.models import Break, Hold
from ledger.queries import trial_balance
from orders.models import Order
from orders.services import rollups
from orders.services.deliveries import take_deliveries
from tests.claims.conftest import claim, count, settle_up, told
from tickets.models import Ticket
from tickets.services import claims, conversation, waiting
from tickets.services.history import MoveNotAllowed

pytestmark = pytest.mark.django_db


def budget(order):
    row = LineBudget.objects.get(order=order)
    return row.reserved_fen, row.settled_fen, row.refunded_units, row.closed_by_id is not None


@pytest.mark.parametrize(
    ("left", "clause", "units"),
    [(940, "drop.tier_a", 60), (850, "drop.tier_b", 180), (801, "drop.tier_b", 239)],
)
def test_a_drop_is_topped_up(fell, work, left, clause, units):
    fell("A-1", left)
    ticket = claim("A-1")
    assert (ticket.state, ticket.decision.clause) == ("fulfilling", clause)
    work()
    assert told(ticket) == ("confirming", [("top_up", "settled", units, units)])
    assert trial_balance()["accounts"] == [
        {"account": "delivered.top_up", "unit": "unit", "debit": 0, "credit": units},
        {"account": "owed.top_up", "unit": "unit", "debit": units, "credit": 0},
        {"account": "reserved.top_up", "unit": "unit", "debit": units, "credit": units},
    ]


def test_a_drop_of_thirty_percent_is_refunded_with_a_gift_and_closes_the_line(fell, work):
    order = fell("A-1", 700)
    ticket = claim("A-1")
    assert budget(order) == (5000, 0, 1000, True)
    work()
    assert told(ticket) == (
        "confirming",
        [("gift", "settled", 1000, 1000), ("refund", "settled", 5000, 0)],
    )
    assert budget(order) == (0, 5000, 1000, True)
    settle_up(ticket)
    again = claim("A-1")
    assert (again.decision.clause, again.state) == ("closed", "refused")


def test_a_line_that_cost_nothing_is_given_its_gift_once(fell, work):
    order = fell("A-1", 700, paid_fen=0)
    ticket = claim("A-1")
    work()
    assert told(ticket) == ("confirming", [("gift", "settled", 1000, 1000)])
    assert budget(order) == (0, 0, 0, True)
    settle_up(ticket)
    again = claim("A-1")
    assert (again.decision.clause, list(again.decision.remedies.all())) == ("closed", [])


def test_nothing_fell(fell):
    fell("A-1", 1003)
    ticket = claim("A-1")
    assert (ticket.state, ticket.decision.clause, ticket.decision.body["measures"]) == (
        "resolved",
        "drop.none",
        {"base": 1000, "loss": 0, "rate": {"numerator": 0, "denominator": 1000}},
    )
    assert not Intent.objects.exists()
    assert told(ticket) == ("resolved", [])


def test_the_second_press_names_the_first(fell):
    fell("A-1", 850)
    first = claim("A-1")
    with pytest.raises(claims.AlreadyOpen) as refused:
        claim("A-1")
    assert refused.value.extra == {"ticket_no": first.no}
    assert Ticket.objects.count() == Remedy.objects.count() == Intent.objects.count() == 1


def test_keys_follow_the_recipe(fell):
    fell("A-1", 700)
    ticket = claim("A-1")
    assert {str(r.key) for r in ticket.decision.remedies.all()} == {
        str(uuid5(NAMESPACE_URL, f"A-1:{kind}:1")) for kind in ("gift", "refund")
    }


def test_claiming_while_the_top_up_is_on_its_way_gives_nothing_more(fell, work):
    fell("A-1", 850)
    first = claim("A-1")
    conversation_free = claim("A-1", reason="question")
    assert conversation_free.decision.outcome == "guide"
    work()
    settle_up(first)
    # The newest count was taken before the top-up came: its units are pending.
    second = claim("A-1")
    assert (second.decision.clause, second.state, told(second)[1]) == ("drop.tier_b", "resolved", [])


def test_fell_again_after_the_top_up(fell, work):
    """rules_examples: 150 lost and 180 given, then 10 more fell: 12 more."""
    fell("A-1", 850)
    first = claim("A-1")
    work()
    settle_up(first)
    count("A-1", 990)
    second = claim("A-1")
    assert (second.decision.facts["restored"], second.decision.facts["granted"]) == (150, 180)
    work()
    assert told(second) == ("confirming", [("top_up", "settled", 12, 12)])


def test_a_partial_end_is_ordered_again_once_then_held(fell, work):
    fell("A-1", 850, target="https://v.example/partial")
    ticket = claim("A-1")
    work()
    state, rows = told(ticket)
    assert (state, rows) == (
        "waiting_ops",
        [("top_up", "settled", 180, 60), ("top_up", "settled", 120, 40), ("top_up", "held", 80, 0)],
    )
    assert [str(r.key) for r in ticket.decision.remedies.order_by("id")] == [
        str(uuid5(NAMESPACE_URL, f"A-1:top_up:{n}")) for n in (1, 2, 3)
    ]
    assert Intent.objects.count() == 2
    assert [(b.kind, b.closed_at) for b in Break.objects.all()] == [("rest_again", None)]
    # r and g of what came: 150 owed of the loss, 100 came.
    shares = [(r.loss_share, r.delivered) for r in ticket.decision.remedies.order_by("id")]
    assert shares == [(150, 60), (90, 40), (50, 0)]


def test_rejected_is_ordered_again_once_then_held(fell, work):
    fell("A-1", 850, target="https://v.example/reject")
    ticket = claim("A-1")
    work()
    assert told(ticket) == (
        "waiting_ops",
        [("top_up", "failed", 180, 0), ("top_up", "failed", 180, 0), ("top_up", "held", 180, 0)],
    )
    assert list(Hold.objects.order_by("id").values_list("state", "posted")) == [
        ("voided", 0), ("voided", 0), ("pending", 0),
    ]  # fmt: skip


def test_a_failed_refund_goes_to_a_person_and_frees_the_budget(fell, work):
    order = fell("A-1", 700, payment_reference="PAY-reject")
    ticket = claim("A-1")
    work()
    assert told(ticket) == ("waiting_ops", [("gift", "settled", 1000, 1000), ("refund", "failed", 5000, 0)])
    assert budget(order) == (0, 0, 0, True)
    assert [b.kind for b in Break.objects.filter(closed_at=None)] == ["refund_failed"]
    with pytest.raises(MoveNotAllowed):
        conversation.withdraw(ticket=ticket, name="lin", now=clock.now())
    # Nothing was paid, and the line does not say that it was.
    said = claim("A-1", reason="refund").decision
    assert (said.clause, "还没有办成" in said.body["explanation"][0]["text"]) == ("closed", True)


def test_a_gateway_nobody_serves_yet_is_held_for_a_person(fell, work):
    order = fell("A-1", 700, gateway="manual")
    ticket = claim("A-1")
    assert ticket.state == "waiting_ops"
    work()
    assert told(ticket) == ("waiting_ops", [("gift", "settled", 1000, 1000), ("refund", "held", 5000, 0)])
    assert budget(order) == (5000, 0, 1000, True)


def test_goods_nobody_revokes_yet_are_not_refunded_by_themselves(fell):
    fell("A-1", sku="licence", quantity=5, paid_fen=5000, paid_at=clock.now() - timedelta(hours=1))
    ticket = claim("A-1", reason="refund")
    remedy = ticket.decision.remedies.get()
    assert (ticket.decision.clause, ticket.state) == ("refund.cooling_off", "waiting_ops")
    assert (remedy.state, remedy.held_reason) == ("held", "revocation")
    assert not Intent.objects.exists()


def test_over_the_limit_waits_for_approval_and_sends_nothing(fell):
    order = fell("A-1", 700, paid_fen=20_001, list_fen=20_001)
    ticket = claim("A-1")
    assert told(ticket) == (
        "waiting_ops",
        [("gift", "awaiting_approval", 1000, 0), ("refund", "awaiting_approval", 20_001, 0)],
    )
    assert (ticket.decision.review_reasons, budget(order)) == (["amount"], (20_001, 0, 1000, False))
    assert not Intent.objects.exists()
    conversation.withdraw(ticket=ticket, name="lin", now=clock.now())
    assert told(ticket)[0] == "withdrawn"
    assert {r.state for r in ticket.decision.remedies.all()} == {"voided"}
    assert budget(order) == (0, 0, 0, False)


def test_tier_c_calls_back_what_is_on_its_way(fell, work, sandbox):
    fell("A-1", 850, target="https://v.example/stall")
    first = claim("A-1")
    stalled = first.decision.remedies.get().key
    work(until=lambda: Intent.objects.get(key=stalled).delivered == 60)
    # The buyer has been told; somebody closes the first case, and then the line falls below 80 %.
    Ticket.objects.filter(pk=first.pk).update(state="withdrawn")
    Order.objects.filter(order_no="A-1").update(target="https://v.example/A-1")
    count("A-1", 600)
    second = claim("A-1")
    assert second.decision.clause == "drop.tier_c"
    work()
    called_back = Remedy.objects.get(key=stalled)
    assert (called_back.calling_back, called_back.state, called_back.delivered) == (True, "settled", 60)
    assert Hold.objects.get(key=stalled).posted == 60
    # What did not come is not ordered again: the line is closed.
    assert Remedy.objects.filter(kind="top_up").count() == 1
    assert told(second)[0] == "confirming"


def test_withdrawing_calls_back_and_keeps_what_came(fell, work):
    fell("A-1", 850)
    ticket = claim("A-1")
    conversation.withdraw(ticket=ticket, name="lin", now=clock.now())
    assert told(ticket) == ("withdrawn", [("top_up", "voided", 180, 0)])
    work()
    assert list(Intent.objects.values_list("state", "attempts")) == [("voided", 0)]


def test_a_refund_under_way_can_not_be_withdrawn(fell):
    fell("A-1", 700)
    ticket = claim("A-1")
    with pytest.raises(MoveNotAllowed):
        conversation.withdraw(ticket=ticket, name="lin", now=clock.now())
    assert told(ticket)[0] == "fulfilling"


def test_a_refund_of_what_was_not_delivered_in_parts_adds_up(fell, work):
    order = fell("A-1", 640, quantity=1500, paid_fen=9990, deadline_at=clock.now() - timedelta(hours=17))
    # 1000 of 1500 were there at the deadline: 500 were never delivered.
    first = claim("A-1", reason="refund", quantity=333)
    work()
    settle_up(first)
    second = claim("A-1", reason="refund")
    work()
    paid = [r.amount_fen for r in Remedy.objects.filter(kind="refund").order_by("id")]
    assert paid == [2218, 1112]
    assert budget(order) == (0, 3330, 500, False)
    assert told(second)[0] == "confirming"


def test_an_unmeasurable_counter_is_a_persons_and_major(fell):
    fell("A-1", None)
    ticket = claim("A-1")
    assert (ticket.decision.clause, ticket.state, ticket.severity) == (
        "drop.unmeasurable",
        "waiting_ops",
        "major",
    )
    assert list(ticket.clocks.values_list("kind", "state")) == [
        ("first_reply", "running"),
        ("decision", "running"),
    ]


def test_every_stored_decision_recomputes_to_the_same_bytes(fell, work):
    for number, left in (("A-1", 940), ("A-2", 850), ("A-3", 700), ("A-4", 1003), ("A-5", None)):
        fell(number, left)
        claim(number)
        claim(number, reason="refund")
    records = DecisionRecord.objects.select_related("policy")
    assert len(records) == 10
    for record in records:
        policy = policy_version(record.policy.code, record.policy.version)
        assert policy.hash == record.policy.hash
        assert decide(Facts(**record.facts), policy).as_data() == record.body


def test_waiting_ends_by_itself_or_escalates(fell, work):
    fell("A-1", 850)
    fell("A-2", None)
    fell("A-3", sku="licence", paid_at=clock.now() - timedelta(hours=30))
    confirming, waiting_ops = claim("A-1"), claim("A-2")
    refused = claim("A-3", reason="refund")
    work()
    assert (told(confirming)[0], refused.state) == ("confirming", "refused")
    now = clock.now()
    assert waiting.run_due(now=now + timedelta(hours=1)) == 0
    assert waiting.run_due(now=now + timedelta(hours=2, minutes=1)) == 1  # a major one escalates after 2 h
    assert (told(waiting_ops)[0], waiting_ops.events.last().kind) == ("waiting_ops", "escalate")
    assert waiting_ops.due_at > now + timedelta(hours=4)
    waiting.run_due(now=now + timedelta(hours=49))
    assert told(confirming)[0] == "resolved"
    assert told(refused)[0] == "refused"
    waiting.run_due(now=now + timedelta(days=7, minutes=1))
    assert told(refused)[0] == "closed"


def test_a_refund_asked_for_too_early_says_to_ask_again_and_then_pays(fell, work):
    now = clock.now()
    fell("A-1", paid_at=now - timedelta(hours=40))
    Order.objects.filter(order_no="A-1").update(quantity=2000)  # a thousand are still to come
    held = rollups.hold(["A-1"])
    rollups.refresh(held=held, order_ids=[held.pk("A-1")], now=now)
    early = claim("A-1", "refund")
    assert early.decision.clause == "refund.stopping"
    assert "再来申请一次" in early.decision.body["explanation"][-1]["text"]
    settle_up(early)
    row = {"order_no": "A-1", "delivered_at": now.isoformat(), "quantity": 1000, "final": True}
    take_deliveries(raw_rows=[row], now=now)
    again = claim("A-1", "refund")
    work()
    assert told(again) == ("confirming", [("refund", "settled", 2500, 0)])


def test_units_count_from_when_they_came_not_from_when_we_heard(fell, work):
    """A count taken between the two shows them already: nothing is pending, and what it misses is owed."""
    fell("A-1", 850)
    first = claim("A-1", now=clock.now() - timedelta(minutes=15))
    work(until=lambda: Intent.objects.get().state == "processing")
    came = clock.now() - timedelta(minutes=10)
    body = {
        "event_id": "e-1", "key": str(Intent.objects.get().key), "reference": Intent.objects.get().reference,
        "state": "completed", "delivered": 180, "occurred_at": came.isoformat(),
    }  # fmt: skip
    inbound.take_callback(channel="supplier", body=json.dumps(body).encode(), now=clock.now())
    assert [(unit.quantity, unit.delivered_at) for unit in UnitDelivery.objects.all()] == [(180, came)]
    settle_up(first)
    count("A-1", 990, ago=0.05)
    second = claim("A-1")
    assert (second.decision.facts["pending"], told(second)[1]) == (0, [("top_up", "pending", 12, 0)])


def test_units_never_came_before_they_were_asked_for(fell, work):
    """A supplier that writes Shanghai time as UTC, or whose clock is off."""
    fell("A-1", 850)
    claim("A-1")
    work(until=lambda: Intent.objects.get().state == "processing")
    body = {
        "event_id": "e-1", "key": str(Intent.objects.get().key), "reference": Intent.objects.get().reference,
        "state": "completed", "delivered": 180, "occurred_at": (clock.now() - timedelta(hours=8)).isoformat(),
    }  # fmt: skip
    inbound.take_callback(channel="supplier", body=json.dumps(body).encode(), now=clock.now())
    assert UnitDelivery.objects.get().delivered_at == Remedy.objects.get().created_at
