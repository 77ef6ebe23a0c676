"""Cases over the real kernel and a provider on loopback: what happens between two claims on one line."""

from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

import pytest

from common import clock
from compensation.models import Remedy
from tests.tickets import case
from tests.tickets.case import RUNNING, budget, claim, close, confirm, count, fallen, rows, withdraw, work

pytestmark = pytest.mark.django_db
PARTIAL = {"state": "partial", "delivered": 60}
API = "/api/v1/tickets/"


def test_the_second_claim_of_the_window_is_cumulative(outside):
    """rules_examples: 60 lost and given, then 70 more: L = 130, tier B, 156 − 60."""
    fallen(left=940)
    first = claim()
    work()
    now = clock.now() + timedelta(hours=1)
    count("A-1", 930, now)
    confirm(first)
    second = claim(at=now + timedelta(minutes=1))
    assert (second.decision.clause, second.decision.facts["restored"]) == ("drop.tier_b", 60)
    assert rows(second) == [("top_up", "pending", 96, 0)]
    work(start=now + timedelta(minutes=1))
    assert (case.state(second), rows(second)) == ("confirming", [("top_up", "settled", 96, 96)])


def test_a_claim_while_the_top_up_is_on_its_way_gives_nothing_more(outside):
    outside.supplies = [RUNNING]
    fallen()
    first = claim()
    work(10)
    close(first)
    second = claim()
    assert (second.decision.facts["pending"], second.state, rows(second)) == (180, "resolved", [])


def test_a_partial_end_is_settled_and_the_rest_ordered_again(outside):
    outside.supplies = [PARTIAL, {"state": "completed"}]
    fallen()
    ticket = claim()
    work()
    assert (case.state(ticket), rows(ticket)) == (
        "confirming", [("top_up", "settled", 180, 60), ("top_up", "settled", 120, 120)],
    )  # fmt: skip
    keys = list(ticket.decision.remedies.order_by("id").values_list("key", flat=True))
    assert keys == [uuid5(NAMESPACE_URL, f"A-1:top_up:{n}") for n in (1, 2)]


def test_withdrawing_what_is_on_its_way_calls_it_back(outside):
    outside.supplies = [{"state": "in_progress", "delivered": 70}]
    fallen()
    ticket = claim()
    work(10)
    withdraw(ticket)
    work()
    assert (case.state(ticket), rows(ticket)) == ("withdrawn", [("top_up", "settled", 180, 70)])
    assert outside.methods().count("DELETE") == 1
    # What did not come counts no more: 80 of the 150 are still missing, 70 came.
    count("A-1", 920, clock.now() + timedelta(minutes=30))
    again = claim(at=clock.now() + timedelta(hours=1))
    assert (again.decision.facts["restored"], again.decision.facts["granted"]) == (70, 70)


@pytest.mark.parametrize(("sent", "ended"), [(False, ("voided", 0)), (True, ("settled", 40))])
def test_tier_c_calls_back_the_top_up_and_nothing_is_ordered_again(outside, sent, ended):
    fallen()
    first = claim()
    if sent:
        outside.supplies = [{"state": "in_progress", "delivered": 40}, {"state": "completed"}]
        work(10)
    close(first)
    count("A-1", 500, clock.now())
    second = claim()
    assert second.decision.clause == "drop.tier_c"
    work()
    top_up = Remedy.objects.get(kind="top_up")
    assert (top_up.state, top_up.delivered) == ended
    assert (case.state(second), budget()) == ("confirming", (0, 5000, 1000, True))


def test_a_refusal_is_appealed_with_words(outside, buyer):
    fallen(sku="licence", paid_at=clock.now() - timedelta(hours=30))
    told = buyer.post(API, {"order_no": "A-1", "reason": "refund"}, format="json").json()
    assert (told["state"], told["decision"]["outcome"]) == ("refused", "refuse")
    url = f"{API}{told['no']}/appeal/"
    assert buyer.post(url, {}, format="json").status_code == 422
    assert buyer.post(url, {"text": "  "}, format="json").status_code == 422
    appealed = buyer.post(url, {"text": "激活码从没用过"}, format="json").json()
    assert (appealed["state"], appealed["turn"]) == ("appealed", "ops")
    assert buyer.post(url, {"text": "再说一次"}, format="json").status_code == 409
    events = buyer.get(f"{API}{told['no']}/events/").json()["results"]
    assert [e["kind"] for e in events] == ["opened", "decided", "appeal"]


def test_a_line_keeps_its_cash_over_all_its_claims(outside):
    """400 of 1400 never came: refunded in two parts; then 40 % of the rest fell, and tier C pays what is left."""
    now = clock.now()
    fallen(left=600, quantity=1400, paid_fen=6999, deadline_at=now - timedelta(hours=17))
    first = claim(reason="refund", quantity=133)
    work()
    confirm(first)
    second = claim(reason="refund")
    third = claim()
    work()
    paid = [r.amount_fen for r in Remedy.objects.filter(kind="refund").order_by("id")]
    assert (first.decision.clause, second.decision.clause) == ("refund.pro_rata", "refund.pro_rata")
    assert (third.decision.clause, sum(paid), budget()) == ("drop.tier_c", 6999, (0, 6999, 1400, True))
    assert case.state(third) == "confirming"
    assert claim(reason="defect").decision.clause == "closed"


def test_the_history_tells_from_the_start_what_a_person_has_to_pay(outside):
    fallen(left=700, gateway="manual")
    ticket = claim()
    work()
    told = [(e.kind, e.data.get("remedy"), e.data.get("state")) for e in ticket.events.order_by("id")]
    assert [row for row in told if row[0] != "units" and row[2] != "processing"] == [
        ("opened", None, None), ("decided", None, "waiting_ops"), ("remedy", "refund", "held"),
        ("remedy", "gift", "settled"),
    ]  # fmt: skip
