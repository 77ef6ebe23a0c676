"""A claim decided on a line: what is read, what is frozen, what is granted, and the limits that hold without us."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from common import clock
from compensation.models import LineBudget, PolicyVersion, Remedy
from compensation.queries import quote
from compensation.rules.keys import remedy_key
from compensation.services import deciding, policies, remedies
from compensation.services.remedies import BudgetSpent
from integrations.models import Intent
from integrations.rules.lifecycle import Held
from ledger.models import Hold
from tests.tickets.case import assert_balanced, budget, count, fallen, order_of

pytestmark = pytest.mark.django_db


def decide(order_no="A-1", reason="drop", quantity=None, at=None):
    with transaction.atomic():
        order = order_of(order_no)
        deciding.lock_line(order)
        return deciding.decide_claim(order=order, reason=reason, quantity=quantity, now=at or clock.now())


def test_a_claim_gives_what_the_quote_said(shop):
    fallen(left=700)
    now = clock.now()
    quoted = quote(order=order_of(), reason="drop", now=now)
    budget = LineBudget.objects.get()
    assert (budget.reserved_fen, budget.version) == (0, 0)
    record, _ = decide(at=now)
    assert record.body == quoted.decision.as_data()
    assert record.facts == quoted.facts.as_data()
    assert (record.clause, record.outcome, record.policy.hash) == (
        "drop.tier_c",
        "refund",
        order_of().policy_hash,
    )


def test_a_decision_names_the_measurement_it_rests_on(shop):
    order = fallen()
    record, _ = decide()
    seen = order.rollup.newest_seen_at.isoformat().replace("+00:00", "Z")
    done = order.rollup.completed_at.isoformat().replace("+00:00", "Z")
    kept = {name: record.sources[name] for name in ("completed_at", "observed_at")}
    assert kept == {"completed_at": done, "observed_at": seen}


def test_what_is_owed_is_set_aside_once_and_sent_under_its_key(shop):
    fallen(left=700)
    record, _ = decide()
    rows = {r.kind: r for r in record.remedies.all()}
    assert {kind: (r.key, r.ordinal) for kind, r in rows.items()} == {
        kind: (remedy_key(order_no="A-1", kind=kind, ordinal=1), 1) for kind in ("gift", "refund")
    }
    assert set(Intent.objects.values_list("key", "amount_fen", "quantity")) == {
        (rows["gift"].key, None, 1000), (rows["refund"].key, 5000, None),
    }  # fmt: skip
    assert set(Hold.objects.values_list("key", "amount", "cost__code", "goal__code")) == {
        (rows["gift"].key, 1000, "owed.gift", "delivered.gift"),
        (rows["refund"].key, 5000, "dispute_fund", "paid.shop"),
    }
    assert_balanced()


def test_the_ordinal_counts_per_order_and_kind(shop):
    fallen(left=990)
    decide()
    for number, left in enumerate((970, 940), start=1):
        now = clock.now() + timedelta(minutes=number)
        count("A-1", left, now)
        decide(at=now)
    rows = Remedy.objects.order_by("id").values_list("ordinal", "quantity", "key")
    assert [(o, q) for o, q, _ in rows] == [(1, 10), (2, 20), (3, 30)]
    assert [key for *_, key in rows] == [
        remedy_key(order_no="A-1", kind="top_up", ordinal=n) for n in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"reserved_fen": F("paid_fen") + 1}, {"settled_fen": F("paid_fen") + 1}, {"reserved_fen": -1},
        {"settled_fen": -1}, {"reserved_fen": F("paid_fen"), "settled_fen": 1}, {"refunded_units": -1},
    ],
)  # fmt: skip
def test_the_database_itself_holds_cash_within_what_was_paid(shop, change):
    fallen(left=940)
    decide()
    with pytest.raises(IntegrityError), transaction.atomic():
        LineBudget.objects.update(**change)
    assert budget() == (0, 0, 0, False)


def test_a_decision_carried_out_twice_is_refused_whole(shop):
    """Whoever gets past the line's lock with an old decision in hand finds the cash gone."""
    fallen(left=700)
    record, found = decide()
    with pytest.raises(BudgetSpent) as refused, transaction.atomic():
        remedies.grant(record=record, decision=found.decision, now=clock.now())
    assert refused.value.status == 409
    assert (budget(), Remedy.objects.count(), Hold.objects.count()) == ((5000, 0, 1000, True), 2, 2)


def test_a_closed_line_gives_nothing_more_and_answers_questions(shop):
    fallen(left=700)
    closing, _ = decide()
    assert LineBudget.objects.get().closed_by_id == closing.pk
    clauses = {
        reason: decide(reason=reason)[0].clause
        for reason in ("drop", "refund", "defect", "question", "other")
    }
    assert clauses == {
        "drop": "closed", "refund": "closed", "defect": "closed", "question": "guidance", "other": "message",
    }  # fmt: skip
    assert Remedy.objects.count() == 2


UNDER_WAY = {
    "pack": ("interaction_pack", "pending", "voided"), "top-up": ("top_up", "pending", "voided"),
    "waiting": ("top_up", "awaiting_approval", "voided"), "by hand": ("top_up", "held", "voided"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNDER_WAY)
def test_what_is_under_way_is_voided_before_the_line_closes(shop, name):
    kind, state, ended = UNDER_WAY[name]
    fallen(left=700)
    earlier, _ = decide(reason="question")
    with transaction.atomic():
        row = remedies.add(record=earlier, kind=kind, state=state, now=clock.now(), quantity=40)
        if state == "pending":
            remedies.send(remedy=row, now=clock.now())
        if state == "held":
            remedies.hold(remedy=row, reason="rest_again", now=clock.now())
    decide()
    row.refresh_from_db()
    assert (row.state, row.calling_back, row.ended_at is not None) == (ended, True, True)
    assert Hold.objects.get(key=row.key).state == "voided"
    assert set(Intent.objects.exclude(state="voided").values_list("kind", flat=True)) == {"gift", "refund"}
    assert_balanced()


def test_the_words_of_a_person_are_not_the_kernels(shop):
    """Held without an intent, and held by the kernel: told apart by the reason."""
    assert not set(remedies.WITHOUT_INTENT) & {reason.value for reason in Held}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"gateway": "manual"}, "manual_gateway"), ({"gateway": "alipay"}, "manual_gateway"),
        ({"gateway": "wallet"}, "manual_gateway"), ({"sku": "licence"}, "revocation"),
        ({"sku": "licence", "gateway": "manual"}, "manual_gateway"),
    ],
)  # fmt: skip
def test_cash_that_a_person_pays(shop, changes, reason):
    fallen(left=700, paid_at=clock.now() - timedelta(hours=20), **changes)
    record, _ = decide(reason="refund" if "sku" in changes else "drop")
    refund = record.remedies.get(kind="refund")
    assert (refund.state, refund.held_reason, refund.amount_fen) == ("held", reason, 5000)
    assert not Intent.objects.filter(kind="refund").exists()
    assert budget() == (5000, 0, 1000, True)


def test_policies_are_loaded_once(shop):
    before = list(PolicyVersion.objects.order_by("id").values())
    assert (policies.load_defaults(now=clock.now()), len(before)) == (0, 5)
    assert list(PolicyVersion.objects.order_by("id").values()) == before
