"""Claims, counts, rulings and workers in any order: never more cash than was paid, and everything still adds up."""

import itertools
from datetime import timedelta

import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

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
CASH = st.integers(1, PAID_FEN + 5000).map(lambda fen: {"kind": "refund", "amount_fen": fen})
UNITS = st.tuples(st.sampled_from(["top_up", "gift"]), st.integers(1, 2000)).map(
    lambda of: {"kind": of[0], "quantity": of[1]}
)
FACTS = st.fixed_dictionaries(
    {},
    optional={"proof": st.sampled_from(["none", "claimed", "verified"]), "fake_units": st.integers(0, 300)},
)
REASONS = st.sampled_from(["drop", "fake_units", "defect", "refund", "not_as_described"])


class Desk(RuleBasedStateMachine):
    """One line of a thousand likes for 1200 yuan; whatever is refused leaves nothing behind."""

    def __init__(self):
        super().__init__()
        self.travel = time_machine.travel(clock.now(), tick=False)
        self.time = self.travel.start()
        self.block = transaction.atomic()
        self.block.__enter__()
        policies.load_defaults(now=PAID)
        intake.put_product(sku="likes", fields=dict(PRODUCT), now=PAID)
        fallen(left=900, paid_fen=PAID_FEN)
        self.seen = itertools.count()

    def teardown(self):
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)
        self.travel.stop()

    def cases(self):
        return list(Ticket.objects.exclude(state__in=FINAL).order_by("id"))

    def tried(self, step, *given, **named):
        try:
            with transaction.atomic():
                step(*given, **named)
        except Refusal:
            pass

    @rule(reason=REASONS)
    def files(self, reason):
        self.tried(claim, reason=reason)

    @rule(left=st.one_of(st.none(), st.integers(0, 1000)))
    def is_counted(self, left):
        self.time.shift(timedelta(minutes=5))
        with transaction.atomic():
            count("A-1", left, clock.now())

    @precondition(lambda self: self.cases())
    @rule(data=st.data(), by=OPS, cash=st.none() | CASH, units=st.none() | UNITS)
    def is_overridden(self, data, by, cash, units):
        ticket = data.draw(st.sampled_from(self.cases()))
        self.tried(act, ticket, "override", by=by, remedies=[one for one in (cash, units) if one])

    @precondition(lambda self: self.cases())
    @rule(data=st.data(), by=OPS, move=st.sampled_from(["approve", "refuse"]))
    def is_ruled(self, data, by, move):
        self.tried(act, data.draw(st.sampled_from(self.cases())), move, by=by)

    @precondition(lambda self: self.cases())
    @rule(data=st.data(), by=OPS, facts=FACTS)
    def is_found(self, data, by, facts):
        self.tried(act, data.draw(st.sampled_from(self.cases())), "establish", by=by, facts=facts)

    @precondition(lambda self: self.cases())
    @rule(data=st.data(), party=st.sampled_from(["platform", "supplier", "unknown"]))
    def is_borne(self, data, party):
        self.tried(act, data.draw(st.sampled_from(self.cases())), "set_responsibility", party=party)

    @precondition(lambda self: self.cases())
    @rule(data=st.data(), does=st.sampled_from(["says", "confirms", "withdraws", "appeals"]))
    def buyer(self, data, does):
        ticket = data.draw(st.sampled_from(self.cases()))
        given = {"ticket": ticket, "name": "lin", "now": clock.now()}
        step = {
            "says": lambda: unhappy(ticket), "confirms": lambda: conversation.confirm(**given),
            "withdraws": lambda: conversation.withdraw(**given),
            "appeals": lambda: conversation.appeal(text="不同意", **given),
        }[does]  # fmt: skip
        self.tried(step)

    @precondition(lambda self: self.owed())
    @rule(data=st.data(), ends=st.sampled_from(["done", "done", "part", "refused"]))
    def provider_ends(self, data, ends):
        intent = data.draw(st.sampled_from(self.owed()))
        now = clock.now()
        Intent.objects.filter(pk=intent.pk).update(
            state="processing", first_sent_at=now, last_sent_at=now, next_at=now
        )
        Remedy.objects.filter(key=intent.key).update(state="processing")
        cash = intent.kind == "refund"
        came = {} if cash else {"delivered": intent.quantity if ends == "done" else intent.quantity // 2}
        meaning = Meaning.REFUSED if ends == "refused" and cash else Meaning.DONE
        report = Report(meaning=meaning, reference=f"R-{next(self.seen)}", **came)
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
        max_examples=15 if connection.vendor == "sqlite" else 5, stateful_step_count=25, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
