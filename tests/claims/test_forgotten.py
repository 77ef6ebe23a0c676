"""What a restored database forgot binds its order: no cash twice, nothing else by itself, until it is answered."""

import pytest
from django.db import IntegrityError, transaction

from common import clock
from compensation.models import ForgottenRemedy, LineBudget, Remedy
from compensation.rules.keys import remedy_key
from compensation.services import forgotten, recomputing, remedies
from integrations.models import Intent
from integrations.rules.answers import Meaning, Report
from integrations.services import standstill
from integrations.services.reconcile import Unknown
from ledger.models import Break, Hold
from ledger.queries import trial_balance
from shop_aftersales import restored
from tests.claims.conftest import claim, count, told
from tests.claims.test_restored import backup, breaks, created, posts, seal, sweep_once
from tickets.services import conversation

__all__ = ["backup"]
pytestmark = pytest.mark.django_db


def key(kind, ordinal=1):
    return str(remedy_key(order_no="A-1", kind=kind, ordinal=ordinal))


def budget():
    row = LineBudget.objects.get(order__order_no="A-1")
    return row.reserved_fen, row.settled_fen, row.closed_by_id is not None


def close_breaks():
    Break.objects.filter(kind="unknown_key").update(closed_at=clock.now())


def balanced():
    return all(total["debit"] == total["credit"] for total in trial_balance()["totals"])


def lists(*rows):
    """What recover does with (kind, ordinal, amount or quantity, meaning) that the lists name and nobody knows."""
    unknown = []
    for kind, ordinal, amount, meaning in rows:
        given = {"amount_fen" if kind == "refund" else "quantity": amount}
        report = Report(meaning=meaning, reference="R", key=key(kind, ordinal), **given)
        unknown.append(Unknown("shop_refund", report.key, "对方做过", report))
    forgotten.tell(unknown=unknown, names=forgotten.named(unknown=unknown), now=clock.now())


@pytest.fixture
def closed_and_forgotten(fell, work, backup):
    """A line that fell to 700: 5000 fen refunded, 1000 given, all of it forgotten."""
    fell("A-1", 700)
    seal()
    restore = backup()
    first = claim("A-1")
    work()
    assert {row[0]: row[1:3] for row in told(first)[1]} == {
        "refund": ("settled", 5000), "gift": ("settled", 1000),
    }  # fmt: skip
    seal()
    restore()


def test_another_claim_is_made_and_waits(closed_and_forgotten, work, sandbox):
    sweep_once()
    assert (standstill.is_open(), len(breaks("unknown_key")), budget()) == (False, 2, (5000, 0, False))
    sent = posts(sandbox)
    count("A-1", 940)
    second = claim("A-1")
    work()
    assert told(second) == ("waiting_ops", [("top_up", "held", 60, 0)])
    assert Remedy.objects.get().held_reason == "forgotten"
    assert not Intent.objects.exists()
    assert (posts(sandbox), budget(), balanced()) == (sent, (5000, 0, False), True)
    why = "这一单别的补偿照算不发、等人核对，忘掉的退款仍占着额度"
    assert all(why in detail for _, detail in breaks("unknown_key"))
    assert list(recomputing.recomputed_differently()) == []


def test_the_same_claim_settles_by_itself(closed_and_forgotten, work, sandbox):
    sweep_once()
    again = claim("A-1")
    assert budget() == (5000, 0, True)
    work()
    state, rows = told(again)
    assert (state, sorted(rows)) == (
        "confirming", [("gift", "settled", 1000, 1000), ("refund", "settled", 5000, 0)],
    )  # fmt: skip
    for one in ("refund", "gift"):
        log = [row.effect for row in sandbox.store.log() if row.method == "POST" and row.key == key(one)]
        assert log == ["created", "repeated"]
    assert (budget(), balanced(), len(created(sandbox))) == ((0, 5000, True), True, 2)
    assert set(ForgottenRemedy.objects.values_list("key", "reserved_fen")) == {
        (row.key, 0) for row in Remedy.objects.all()
    }
    assert not ForgottenRemedy.objects.filter(answered_by=None).exists()


def test_a_claim_filed_while_nothing_was_sent_waits_too(closed_and_forgotten, work, sandbox):
    restored.notice(now=clock.now())
    count("A-1", 940)
    second = claim("A-1")
    assert told(second)[1] == [("top_up", "pending", 60, 0)]
    sent = posts(sandbox)
    sweep_once(1)
    work()
    assert told(second) == ("waiting_ops", [("top_up", "held", 60, 0)])
    assert (Intent.objects.get().held_reason, posts(sandbox)) == ("restored", sent)
    conversation.withdraw(ticket=second, name="lin", now=clock.now())
    assert told(second) == ("withdrawn", [("top_up", "voided", 60, 0)])
    assert (posts(sandbox), budget(), balanced()) == (sent, (5000, 0, False), True)


def test_taken_back_it_is_voided_without_asking(closed_and_forgotten, sandbox):
    sweep_once()
    count("A-1", 940)
    second = claim("A-1")
    conversation.withdraw(ticket=second, name="lin", now=clock.now())
    assert told(second) == ("withdrawn", [("top_up", "voided", 60, 0)])
    assert (Hold.objects.get().state, balanced()) == ("voided", True)
    assert ForgottenRemedy.objects.filter(answered_by=None).count() == 2


def test_once_a_person_has_closed_the_breaks_the_order_is_free(closed_and_forgotten, work, sandbox):
    sweep_once()
    count("A-1", 940)
    close_breaks()
    second = claim("A-1")
    work()
    assert told(second) == ("confirming", [("top_up", "settled", 60, 60)])
    assert (budget(), balanced()) == ((0, 0, False), True)
    sweep_once(400)  # a list names it again: it was looked at
    count("A-1", 900)
    assert ForgottenRemedy.objects.filter(told_by__closed_at=None).count() == 0


def test_one_closed_break_of_two_is_not_enough(closed_and_forgotten):
    sweep_once()
    Break.objects.filter(reference__contains=key("refund")).update(closed_at=clock.now())
    count("A-1", 940)
    assert told(claim("A-1"))[1] == [("top_up", "held", 60, 0)]
    assert budget() == (0, 0, False)


def test_of_two_forgotten_refunds_both_stay_reserved(fell, work):
    """The decision gives a gift as well, which nobody knows: it waits, and never is more reserved than was paid."""
    fell("A-1", 700)
    lists(("refund", 1, 2000, Meaning.DONE), ("refund", 2, 1500, Meaning.RUNNING))
    assert budget() == (3500, 0, False)
    ticket = claim("A-1")
    assert sorted(told(ticket)[1]) == [("gift", "held", 1000, 0), ("refund", "held", 5000, 0)]
    assert (budget(), Intent.objects.count()) == ((5000, 0, False), 0)
    refund = Remedy.objects.get(kind="refund")
    with transaction.atomic():
        remedies.call_back(remedy=refund, now=clock.now())
    assert (budget(), balanced()) == ((3500, 0, False), True)
    assert list(recomputing.recomputed_differently()) == []


def test_another_amount_under_the_same_key_is_asked_for_and_closes_nothing(fell):
    fell("A-1", 700)
    lists(("refund", 1, 2000, Meaning.DONE), ("gift", 1, 1000, Meaning.DONE))
    ticket = claim("A-1")
    assert sorted(told(ticket)[1]) == [("gift", "pending", 1000, 0), ("refund", "pending", 5000, 0)]
    assert budget() == (5000, 0, False)


def test_where_the_provider_names_no_amount_all_of_it_is_reserved(fell):
    fell("A-1", 700)
    lists(("refund", 1, None, Meaning.DONE), ("gift", 1, None, Meaning.DONE))
    assert budget() == (5000, 0, False)
    ticket = claim("A-1")
    assert sorted(told(ticket)[1]) == [("gift", "pending", 1000, 0), ("refund", "pending", 5000, 0)]
    assert budget() == (5000, 0, True)


def test_what_a_provider_refused_binds_nothing(fell, work):
    fell("A-1", 940)
    lists(("refund", 1, 5000, Meaning.REFUSED))
    ((_, detail),) = breaks("unknown_key")
    assert detail.endswith("订单 A-1 的第 1 次退款，对方没有办成，不影响这一单。买家再申请时仍是这个键。")
    assert not LineBudget.objects.filter(reserved_fen__gt=0).exists()
    ticket = claim("A-1")
    work()
    assert told(ticket) == ("confirming", [("top_up", "settled", 60, 60)])


def test_told_twice_it_is_one_row_and_nothing_of_it_changes(fell):
    fell("A-1", 700)
    for _ in range(2):
        lists(("refund", 1, 5000, Meaning.DONE))
    row = ForgottenRemedy.objects.get()
    assert (budget(), row.reserved_fen, row.ordinal) == ((5000, 0, False), 5000, 1)
    for change in (
        {"amount_fen": 1},
        {"key": remedy_key(order_no="B", kind="refund", ordinal=1)},
        {"quantity": 3},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ForgottenRemedy.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ForgottenRemedy.objects.all().delete()


def test_another_order_is_free(closed_and_forgotten, fell, work):
    sweep_once()
    fell("A-2", 940)
    ticket = claim("A-2")
    work()
    assert told(ticket) == ("confirming", [("top_up", "settled", 60, 60)])
