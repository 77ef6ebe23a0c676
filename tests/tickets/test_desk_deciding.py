"""Ops approve, override, refuse and answer: what goes out, what is taken back, and what the buyer may still do."""

import pytest

from common import clock
from common.refusals import Absent, Invalid, StateMoved
from compensation.models import Approval, Override, Remedy
from compensation.services.approving import ApprovedBefore, OwnRequest
from compensation.services.remedies import BudgetSpent
from integrations.models import Intent
from tests.tickets.case import (
    assert_balanced,
    budget,
    claim,
    close,
    confirm,
    count,
    fallen,
    order_of,
    rows,
    state,
    work,
)
from tests.tickets.desk_case import (
    ONE,
    REASON,
    TWO,
    act,
    appealed,
    clocks,
    large,
    person,
    refused,
    story,
    unhappy,
    unmeasured,
)
from tickets.services import claims
from tickets.services.desk import ColleagueFirst
from tickets.services.history import MoveNotAllowed

pytestmark = pytest.mark.django_db
REFUND, GIFT = {"kind": "refund", "amount_fen": 3000}, {"kind": "gift", "quantity": 50}
TOP_UP = {"kind": "top_up", "quantity": 70}


def test_approved_it_goes_out_and_closes_the_line_as_if_no_person_had_been_needed(outside):
    ticket = large()
    assert (ticket.state, rows(ticket), Intent.objects.count()) == (
        "waiting_ops", [("gift", "awaiting_approval", 1000, 0), ("refund", "awaiting_approval", 50000, 0)], 0,
    )  # fmt: skip
    assert budget() == (50000, 0, 1000, False)
    act(ticket, "approve")
    assert (state(ticket), budget()) == ("fulfilling", (50000, 0, 1000, True))
    assert clocks(ticket) == {"first_reply": "met", "decision": "met", "fulfilment": "running"}
    work()
    assert (state(ticket), budget()) == ("confirming", (0, 50000, 1000, True))
    assert ("approve", "ops", REASON) in story(ticket, internal=False)
    assert claim(reason="defect").decision.clause == "closed"


def test_a_top_up_under_way_is_called_back_when_an_approval_closes_the_line(outside):
    outside.supplies = [{"state": "in_progress", "delivered": 40}, {"state": "completed"}]
    fallen(left=850, paid_fen=50_000)
    close(claim())
    work(10)
    count("A-1", 500, clock.now())
    ticket = claim()
    assert (ticket.decision.clause, state(ticket)) == ("drop.tier_c", "waiting_ops")
    act(ticket, "approve")
    work()
    top_up = Remedy.objects.get(kind="top_up")
    assert (top_up.state, top_up.delivered, state(ticket)) == ("settled", 40, "confirming")


def test_above_the_second_limit_two_different_people_approve(outside):
    ticket = large(TWO)
    act(ticket, "approve", by="qiao")
    assert (state(ticket), Intent.objects.count(), Approval.objects.count()) == ("waiting_ops", 0, 1)
    assert (
        story(ticket, internal=False) == story(ticket)[:2]
    )  # that one of two agreed is not the buyer's to read
    with pytest.raises(ApprovedBefore):
        act(ticket, "approve", by="qiao")
    act(ticket, "approve", by="an")
    assert (state(ticket), Intent.objects.count(), Approval.objects.count()) == ("fulfilling", 2, 2)
    work()
    assert (state(ticket), budget()[1]) == ("confirming", TWO)


def test_whoever_read_an_older_case_is_told_that_a_colleague_was_first(outside):
    ticket = large()
    seen = ticket.version
    act(ticket, "approve")
    for move, given in (
        ("approve", {}), ("refuse", {}), ("override", {"remedies": [REFUND]}), ("assign", {"to": None}),
        ("request_proof", {"whom": "buyer", "text": "请发一张截图"}), ("establish", {"facts": {}}),
        ("set_responsibility", {"party": "supplier"}),
    ):  # fmt: skip
        with pytest.raises(ColleagueFirst) as told:
            act(ticket, move, version=seen, **given)
        assert (told.value.status, "同事" in told.value.detail) == (409, True)
    assert (state(ticket), Intent.objects.count()) == ("fulfilling", 2)


@pytest.mark.parametrize("move", ["approve", "override", "refuse", "establish", "request_proof"])
def test_nothing_is_decided_of_a_case_that_runs_by_itself(outside, move):
    fallen()
    ticket = claim()
    given = {"override": {"remedies": [REFUND]}, "establish": {"facts": {}},
             "request_proof": {"whom": "buyer", "text": "截图"}}.get(move, {})  # fmt: skip
    with pytest.raises(MoveNotAllowed):
        act(ticket, move, **given)
    assert (state(ticket), rows(ticket)) == ("fulfilling", [("top_up", "pending", 180, 0)])


@pytest.mark.parametrize("move", ["approve", "override", "refuse", "set_responsibility"])
@pytest.mark.parametrize("reason", ["", "  \n", "字" * 4001])
def test_a_reason_is_required(shop, move, reason):
    ticket = large()
    given = {"override": {"remedies": [REFUND]}, "set_responsibility": {"party": "supplier"}}.get(move, {})
    with pytest.raises(Invalid) as told:
        act(ticket, move, reason=reason, **given)
    assert [error["field"] for error in told.value.errors] == ["reason"]


def test_with_nothing_to_pay_the_reason_is_the_answer(shop):
    ticket = unmeasured()
    act(ticket, "approve", reason="计数恢复了，您可以重新申请")
    assert (state(ticket), Approval.objects.count()) == ("confirming", 0)
    assert clocks(ticket) == {"first_reply": "met", "decision": "met"}
    assert story(ticket)[-1] == ("approve", "ops", "计数恢复了，您可以重新申请")


def test_an_override_is_given_instead_and_the_decision_stays(outside):
    ticket = large()
    before = (ticket.decision_id, ticket.decision.body)
    act(ticket, "override", remedies=[REFUND, GIFT])
    assert rows(ticket) == [
        ("gift", "voided", 1000, 0), ("refund", "voided", 50000, 0), ("gift", "pending", 50, 0),
        ("refund", "pending", 3000, 0),
    ]  # fmt: skip
    assert list(Remedy.objects.order_by("id").values_list("kind", "ordinal")) == [
        ("gift", 1), ("refund", 1), ("gift", 2), ("refund", 2),
    ]  # fmt: skip
    assert (state(ticket), budget()) == ("fulfilling", (3000, 0, 0, False))
    work()
    assert (state(ticket), budget()) == ("confirming", (0, 3000, 0, False))
    ticket.refresh_from_db()
    assert (ticket.decision_id, ticket.decision.body) == before
    assert_balanced()


def test_an_override_above_the_limit_waits_for_somebody_else(outside):
    ticket = large()
    act(ticket, "override", by="qiao", remedies=[{"kind": "refund", "amount_fen": 20_001}])
    assert (state(ticket), rows(ticket)[-1]) == ("waiting_ops", ("refund", "awaiting_approval", 20001, 0))
    with pytest.raises(OwnRequest):
        act(ticket, "approve", by="qiao")
    act(ticket, "approve", by="an")
    assert (state(ticket), Intent.objects.get().amount_fen) == ("fulfilling", 20001)
    work()
    assert (state(ticket), budget()) == ("confirming", (0, 20001, 0, False))


@pytest.mark.parametrize(("amount", "waits"), [(20_000, False), (20_001, True)])
def test_the_limit_counts_what_was_refunded_before(outside, amount, waits):
    ticket = large()
    act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": 15_000}])
    work()
    unhappy(ticket)
    act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": amount - 15_000}])
    assert Override.objects.order_by("id").last().needs_second is waits
    assert budget()[:2] == (amount - 15_000, 15_000)


def test_an_override_replaces_an_override(outside):
    ticket = large()
    act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": 30_000}])
    act(ticket, "override", by="an", remedies=[TOP_UP])
    assert (state(ticket), rows(ticket)[2:], budget()) == (
        "fulfilling", [("refund", "voided", 30000, 0), ("top_up", "pending", 70, 0)], (0, 0, 0, False),
    )  # fmt: skip
    work()
    assert state(ticket) == "confirming"


def test_cash_beyond_what_was_paid_is_refused_with_what_is_left(shop):
    ticket = large()
    with pytest.raises(BudgetSpent) as told:
        act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": 50_001}])
    assert "还能退 ¥500.00" in told.value.detail
    assert (state(ticket), rows(ticket)[0][1], Override.objects.count()) == (
        "waiting_ops",
        "awaiting_approval",
        0,
    )


@pytest.mark.parametrize(
    ("remedies", "faults"),
    [
        ([], [("remedies", "required")]),
        ([{"kind": "points", "quantity": 5}], [("remedies.0.kind", "unknown_kind")]),
        ([{"kind": "goodwill", "amount_fen": 5}], [("remedies.0.kind", "unknown_kind")]),
        ([TOP_UP, TOP_UP], [("remedies.1.kind", "twice")]),
        ([{"kind": "refund", "amount_fen": 0}], [("remedies.0.amount_fen", "below_one")]),
        ([{"kind": "refund", "quantity": 5}], [("remedies.0.quantity", "not_for_kind")]),
        ([{"kind": "refund"}], [("remedies.0.amount_fen", "below_one")]),
        ([{"kind": "gift", "quantity": -1}], [("remedies.0.quantity", "below_one")]),
        ([{"kind": "gift", "quantity": True}], [("remedies.0.quantity", "below_one")]),
        ([{"kind": "gift", "quantity": 2001}], [("remedies.0.quantity", "too_many")]),
        ([REFUND, {"kind": "gift", "quantity": 0}, {}], [
            ("remedies.1.quantity", "below_one"), ("remedies.2.kind", "unknown_kind"),
        ]),
    ],
)  # fmt: skip
def test_what_can_not_be_given_is_named(shop, remedies, faults):
    ticket = large()
    with pytest.raises(Invalid) as told:
        act(ticket, "override", remedies=remedies)
    assert [(error["field"], error["code"]) for error in told.value.errors] == faults
    assert (state(ticket), Override.objects.count()) == ("waiting_ops", 0)


def test_twice_the_order_may_be_given(shop):
    ticket = large()
    act(ticket, "override", remedies=[{"kind": "gift", "quantity": 2000}])
    assert rows(ticket)[-1] == ("gift", "pending", 2000, 0)


def test_an_emptying_override_closes_the_line_and_takes_its_units(outside):
    fallen(left=None, paid_fen=5000)
    ticket = claim()
    act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": 5000}])
    assert budget() == (5000, 0, 1000, True)
    work()
    assert (state(ticket), claim(reason="refund").decision.clause) == ("confirming", "closed")


def test_refused_the_buyer_reads_why_and_may_appeal_once(outside):
    ticket = large()
    act(ticket, "refuse", reason="计数是您自己清空的")
    assert (state(ticket), [row[1] for row in rows(ticket)], budget()) == (
        "refused", ["voided", "voided"], (0, 0, 0, False),
    )  # fmt: skip
    assert ("refuse", "ops", "计数是您自己清空的") in story(ticket, internal=False)
    appealed(ticket)
    act(ticket, "refuse", reason="复核过了，还是这样")
    assert (state(ticket), ticket.due_at, ticket.resolved_at is not None) == ("closed", None, True)
    with pytest.raises(StateMoved):
        appealed(ticket)


def test_after_an_appeal_a_second_refusal_ends_it_wherever_it_stands(outside):
    ticket = appealed(refused())
    act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": 100}])
    assert (state(ticket), rows(ticket)) == (
        "waiting_ops",
        [("refund", "held", 100, 0)],
    )  # no licence is revoked yet
    act(ticket, "refuse")
    assert (state(ticket), rows(ticket)) == ("closed", [("refund", "voided", 100, 0)])


def test_an_appeal_granted_gives_what_was_computed(outside):
    ticket = large()
    act(ticket, "refuse")
    appealed(ticket)
    act(ticket, "approve", by="an")
    assert (state(ticket), rows(ticket)[2:], budget()) == (
        "fulfilling", [("gift", "pending", 1000, 0), ("refund", "pending", 50000, 0)], (50000, 0, 1000, True),
    )  # fmt: skip
    work()
    assert (state(ticket), budget()) == ("confirming", (0, 50000, 1000, True))


def test_an_appeal_of_a_refusal_by_the_rules_is_answered_in_words(outside):
    ticket = appealed(refused())
    act(ticket, "approve", reason="您说得对，请联系店家换码")
    assert state(ticket) == "confirming"


def test_what_was_given_can_not_be_refused_any_more(outside):
    fallen(left=700, gateway="manual")
    ticket = claim()
    work()
    assert (ticket.state, [row[1] for row in rows(ticket)]) == ("waiting_ops", ["settled", "held"])
    with pytest.raises(MoveNotAllowed):
        act(ticket, "refuse")
    with pytest.raises(MoveNotAllowed):
        act(ticket, "approve")
    assert (state(ticket), budget()) == ("waiting_ops", (5000, 0, 1000, True))


def test_a_line_closed_by_what_was_taken_back_is_open_again(shop):
    fallen(left=700, gateway="manual")
    ticket = claim()
    Intent.objects.update(next_at=None)  # no worker has been there yet
    assert budget() == (5000, 0, 1000, True)
    act(ticket, "refuse")
    assert (state(ticket), budget()) == ("refused", (0, 0, 0, False))
    assert claim(reason="refund").decision.clause != "closed"


def test_a_failed_refund_is_given_again_by_an_override(outside):
    outside.refunds = [{"state": "failed"}, {"state": "succeeded"}]
    fallen(left=700)
    ticket = claim()
    work()
    assert (state(ticket), [row[:2] for row in rows(ticket)]) == (
        "waiting_ops", [("gift", "settled"), ("refund", "failed")],
    )  # fmt: skip
    act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": 5000}])
    work()
    assert (state(ticket), budget()) == ("confirming", (0, 5000, 1000, True))
    confirm(ticket)
    assert_balanced()


@pytest.mark.parametrize("role", ["buyer", "developer", "shop", "panel", ""])
def test_only_ops_decide(shop, role):
    ticket = large()
    person("who", role)
    with pytest.raises(Absent):
        act(ticket, "approve", by="who", role=role)
    assert (state(ticket), Approval.objects.count()) == ("waiting_ops", 0)


def test_who_filed_it_for_the_buyer_does_not_approve_the_large_sum(outside):
    fallen(left=700, paid_fen=ONE)
    ticket = claims.open_claim(
        order=order_of(), reason="drop", text="", quantity=None, channel="api", actor="qiao", side="ops",
        now=clock.now(),
    )  # fmt: skip
    with pytest.raises(OwnRequest) as told:
        act(ticket, "approve", by="qiao")
    assert told.value.status == 422
    act(ticket, "approve", by="an")
    assert state(ticket) == "fulfilling"
