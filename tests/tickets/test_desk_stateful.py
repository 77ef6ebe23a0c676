"""Claims, counts, rulings and workers in any order: never more cash than was paid, and everything still adds up."""

import itertools
from datetime import timedelta

import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from common import clock
from common.refusals import Refusal
from compensation.models import LineBudget, Override, Remedy
from compensation.services import intake, policies
from compensation.services.recomputing import recomputed_differently
from integrations.models import Intent
from integrations.rules import answers
from integrations.rules.answers import Meaning, Report
from integrations.services import settling
from ledger.models import Hold
from tests.orders.conftest import PAID, PRODUCT
from tests.tickets.case import assert_balanced, claim, count, fallen
from tests.tickets.desk_case import act, unhappy
from tickets.models import Ticket
from tickets.rules.lifecycle import FINAL
from tickets.services import conversation

PAID_FEN = 120_000
OPS = st.sampled_from(["qiao", "an", "bai"])
SUMS = st.sampled_from([1, 999, 15_000, 20_001, 60_000, PAID_FEN, PAID_FEN + 1])
GIVEN = st.one_of(
    SUMS.map(lambda fen: [{"kind": "refund", "amount_fen": fen}]),
    st.integers(1, 2000).map(lambda n: [{"kind": "top_up", "quantity": n}]),
    SUMS.map(lambda fen: [{"kind": "refund", "amount_fen": fen}, {"kind": "gift", "quantity": 10}]),
)
FACTS = st.sampled_from([{}, {"proof": "verified"}, {"proof": "verified", "fake_units": 40},
                         {"proof": "verified", "fake_units": 200}, {"fault": "buyer"}])  # fmt: skip
REASONS = ("drop", "fake_units", "defect")
WHICH = st.integers(0, len(REASONS) - 1)


class Desk(RuleBasedStateMachine):
    """Three cases of one line of a thousand likes for 1200 yuan; whatever is refused leaves nothing behind."""

    def __init__(self):
        super().__init__()
        self.travel = time_machine.travel(clock.now(), tick=False)
        self.time = self.travel.start()
        self.block = transaction.atomic()
        self.block.__enter__()
        policies.load_defaults(now=PAID)
        intake.put_product(sku="likes", fields=dict(PRODUCT), now=PAID)
        fallen(left=None, paid_fen=PAID_FEN)
        for reason in REASONS:
            claim(reason=reason)
        self.seen = itertools.count()

    def teardown(self):
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)
        self.travel.stop()

    def case(self, which):
        """The newest of that reason; filed anew where it is over."""
        cases = Ticket.objects.filter(reason=REASONS[which]).order_by("id")
        if cases.last().is_final:
            self.tried(claim, reason=REASONS[which])
        return cases.last()

    def at_the_desk(self, which, waited):
        """The case as it is; or first delivered and found wanting, or appealed, so that ops have it again."""
        ticket = self.case(which)
        if waited and ticket.state == "fulfilling":
            self.end_all(Meaning.DONE)
            ticket.refresh_from_db()
        if ticket.state == "confirming":
            self.tried(unhappy, ticket)
        if ticket.state == "refused":
            self.tried(conversation.appeal, ticket=ticket, text="不同意", name="lin", now=clock.now())
        return ticket

    def tried(self, step, *given, **named):
        try:
            with transaction.atomic():
                step(*given, **named)
        except Refusal:
            pass

    @rule(left=st.sampled_from([None, 500, 850, 950, 1000]))
    def is_counted(self, left):
        self.time.shift(timedelta(minutes=5))
        with transaction.atomic():
            count("A-1", left, clock.now())

    @rule(which=WHICH, by=OPS, waited=st.booleans(), given=GIVEN)
    def is_overridden(self, which, by, waited, given):
        self.tried(act, self.at_the_desk(which, waited), "override", by=by, remedies=given)

    @rule(which=WHICH, by=OPS, waited=st.booleans())
    def is_approved(self, which, by, waited):
        self.tried(act, self.at_the_desk(which, waited), "approve", by=by)

    @rule(which=WHICH, by=OPS, waited=st.booleans())
    def is_refused(self, which, by, waited):
        self.tried(act, self.at_the_desk(which, waited), "refuse", by=by)

    @rule(which=WHICH, by=OPS, waited=st.booleans(), facts=FACTS)
    def is_found(self, which, by, waited, facts):
        self.tried(act, self.at_the_desk(which, waited), "establish", by=by, facts=facts)

    @rule(which=WHICH, party=st.sampled_from(["platform", "supplier", "unknown"]))
    def is_borne(self, which, party):
        self.tried(act, self.case(which), "set_responsibility", party=party)

    @rule(which=WHICH, does=st.sampled_from(["says", "says", "confirms", "withdraws", "appeals"]))
    def is_moved_by_the_buyer(self, which, does):
        ticket = self.case(which)
        given = {"ticket": ticket, "name": "lin", "now": clock.now()}
        step = {
            "says": lambda: unhappy(ticket), "confirms": lambda: conversation.confirm(**given),
            "withdraws": lambda: conversation.withdraw(**given),
            "appeals": lambda: conversation.appeal(text="不同意", **given),
        }[does]  # fmt: skip
        self.tried(step)

    @rule(meaning=st.sampled_from([Meaning.DONE, Meaning.DONE, Meaning.PARTIAL, Meaning.REFUSED]))
    def the_providers_end(self, meaning):
        self.end_all(meaning)

    def end_all(self, meaning):
        """All that waits at them, as the kernel sends and hears it."""
        for intent in self.owed():
            now = clock.now()
            Intent.objects.filter(pk=intent.pk).update(
                state="processing", first_sent_at=now, last_sent_at=now, next_at=now
            )
            Remedy.objects.filter(key=intent.key).update(state="processing")
            cash = intent.kind == "refund"
            if cash:
                said = Meaning.DONE if meaning == Meaning.PARTIAL else meaning
                report = Report(meaning=said, reference=f"R-{next(self.seen)}")
            else:
                came = {Meaning.DONE: intent.quantity, Meaning.PARTIAL: intent.quantity // 2}.get(meaning, 0)
                report = Report(meaning=meaning, reference=f"R-{next(self.seen)}", delivered=came)
            settling.settle(key=intent.key, answer=answers.told(report), now=now)

    def owed(self):
        return list(Intent.objects.filter(state__in=["pending", "processing"]).order_by("id"))

    @invariant()
    def never_more_cash_than_was_paid(self):
        refunds = Remedy.objects.filter(kind="refund").exclude(state__in=["voided", "failed"])
        owed = sum(remedy.amount_fen for remedy in refunds)
        settled = sum(remedy.amount_fen for remedy in refunds.filter(state="settled"))
        row = LineBudget.objects.first()
        if row is None:
            assert owed == 0
            return
        assert owed <= row.paid_fen == PAID_FEN
        assert (row.reserved_fen + row.settled_fen, row.settled_fen) == (owed, settled)
        assert 0 <= row.refunded_units <= 1000

    @invariant()
    def two_people_stand_behind_every_large_override(self):
        for row in Override.objects.filter(needs_second=True):
            gone = row.given.exclude(state__in=["awaiting_approval", "voided"]).exists()
            assert not gone or row.approvals.exclude(by=row.by).exists()

    @invariant()
    def a_case_that_is_over_waits_for_nothing(self):
        left = Remedy.objects.filter(state="awaiting_approval")
        assert not left.filter(decision__tickets__state__in=[*FINAL, "refused"]).exists()
        assert Hold.objects.filter(state="pending").count() == Remedy.objects.exclude(
            state__in=["settled", "failed", "voided"]
        ).count()  # fmt: skip

    @invariant()
    def the_books_balance_and_decisions_are_what_their_facts_give(self):
        assert_balanced()
        assert list(recomputed_differently()) == []


class TestDesk(Desk.TestCase, TestCase):
    settings = settings(
        max_examples=8 if connection.vendor == "sqlite" else 3, stateful_step_count=25, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
