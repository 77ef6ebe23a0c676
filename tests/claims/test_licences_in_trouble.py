"""The entitlement service refuses, is silent, or is killed with us: no refund goes out before the units are back."""

from datetime import timedelta

import pytest
from django.db import transaction

from common import clock
from compensation.admin import present_remedy
from compensation.models import ForgottenRemedy, HandWord, LineBudget, Remedy
from compensation.services import by_hand, forgotten, hurrying, paying_again, remedies
from integrations.models import Intent
from integrations.services import intents, reconcile, sending, sweep
from ledger.models import Break
from orders.models import Licence
from tests.claims.conftest import claim, told
from tests.claims.licence_case import here, once, paid, quiet, refund, sold, steps, there
from tests.tickets.desk_case import act
from tickets.services import conversation

ACTIVE, SUSPENDED, REVOKED = "active", "suspended", "revoked"
LARGE = {"paid_fen": 30_000, "list_fen": 30_000}

pytestmark = pytest.mark.django_db(transaction=True)


def ids(*words):
    """A licence for each unit, whose id steers the service."""
    return [f"K-1.{n}{f'.{word}' if word else ''}" for n, word in enumerate(words, 1)]


def held():
    row = refund()
    return row.state, row.held_reason


def after(seconds):
    """What the workers do within so many seconds, at the pace of the rows themselves."""
    start = clock.now()
    for second in range(seconds):
        sweep.run_due(now=start + timedelta(seconds=second))


# ---- whatever happens on the way there


@pytest.mark.parametrize("fault", [
    "timeout", "reset", "500_after", "truncated", "slow_late", "reset_before", "500", "slow", "unknown_state",
])  # fmt: skip
def test_an_answer_that_is_lost_is_asked_for_and_the_step_is_done_once(shop, work, sandbox, settings, fault):
    settings.SEND_TIMEOUT_S = 0.3
    sandbox.patience_s = 0.3
    sold(units=2, ids=ids(f"fault-{fault}", ""))
    ticket = claim("K-1", "refund")
    work()
    assert told(ticket)[1] == [("refund", "settled", 5000, 0)]
    assert (there(sandbox), here(), once(sandbox), paid(sandbox)) == ([REVOKED] * 2, [REVOKED] * 2, 1, 5000)


@pytest.mark.parametrize("fault", ["timeout", "reset", "500", "truncated"])
def test_a_question_may_go_wrong_as_well(shop, work, sandbox, settings, fault):
    settings.SEND_TIMEOUT_S = 0.3
    sandbox.patience_s = 0.3
    sold(units=1, ids=ids(f"fault-timeout.fault-get-{fault}"))
    claim("K-1", "refund")
    work()
    assert (refund().state, there(sandbox), once(sandbox)) == ("settled", [REVOKED], 1)


def test_killed_between_the_last_unit_and_the_refund(shop, work, sandbox, monkeypatch):
    sold(units=2)
    claim("K-1", "refund")
    release, killed = remedies.send, []

    def kill(**given):
        if not killed:
            killed.append(given)
            raise KeyboardInterrupt
        return release(**given)

    monkeypatch.setattr(remedies, "send", kill)
    with pytest.raises(KeyboardInterrupt):
        work()
    # The service has done it, and here nothing of it was kept: not the answer, not the refund.
    assert (there(sandbox), here().count(REVOKED), paid(sandbox)) == ([REVOKED] * 2, 1, 0)
    work()
    assert (here(), refund().state, once(sandbox), paid(sandbox)) == ([REVOKED] * 2, "settled", 1, 5000)


def test_of_two_that_hear_of_the_last_unit_one_sends(shop, work, sandbox):
    sold(units=1)
    claim("K-1", "refund")
    key = Intent.objects.get(kind="revoke").key
    first, second = (sending.take(key=key, now=clock.now()) for _ in range(2))
    assert first is not None
    assert second is None
    work(until=lambda: refund().state == "settled")
    assert Intent.objects.filter(kind="refund").count() == 1


# ---- it says no


@pytest.mark.parametrize(("word", "reason"), [("reject", "licence_refused"), ("used", "licence_used")])
def test_what_it_will_not_take_back_is_not_paid(shop, work, sandbox, word, reason):
    sold(units=3, ids=ids("", word, ""))
    ticket = claim("K-1", "refund")
    work()
    assert (held(), told(ticket)[0], paid(sandbox)) == (("held", reason), "waiting_ops", 0)
    assert there(sandbox) == here() == [REVOKED, ACTIVE, REVOKED]
    assert bool(Licence.objects.get(unit=2).used_at) is (word == "used")
    # The provider thinks better of it: a fresh step, and the refund goes out by itself.
    Licence.objects.filter(unit=2).update(licence_id="K-1.2")
    by_hand.send_again(remedy=refund(), by="qiao", reason="问过了", now=clock.now())
    assert held() == ("pending", "")
    work()
    assert (refund().state, there(sandbox), paid(sandbox)) == ("settled", [REVOKED] * 3, 5000)
    assert once(sandbox) == 1


def test_given_up_what_was_suspended_works_again_and_what_was_revoked_is_paid_first_next_time(
    shop, work, sandbox
):
    sold(**LARGE, units=3, ids=ids("", "reject", ""))
    ticket = claim("K-1", "refund")
    work()
    act(ticket, "approve")
    work()
    assert there(sandbox) == [REVOKED, SUSPENDED, REVOKED]
    for name in ("qiao", "mei"):  # above the limit two people say so
        by_hand.give_up(remedy=refund(), by=name, reason="买家改了主意", now=clock.now())
    work()
    assert (refund().state, there(sandbox), here()) == ("voided", *[[REVOKED, ACTIVE, REVOKED]] * 2)
    act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": 20_000}])
    work()
    budget = LineBudget.objects.get()
    assert (budget.settled_fen, there(sandbox)) == (20_000, [REVOKED, ACTIVE, REVOKED])


def test_done_by_hand_ends_it(shop, work, sandbox):
    sold(units=2, ids=ids("reject", ""))
    claim("K-1", "refund")
    work()
    by_hand.done_by_hand(remedy=refund(), by="qiao", reference="R-7", reason="都办了", now=clock.now())
    work()
    assert (refund().state, paid(sandbox), HandWord.objects.get().reference) == ("settled", 0, "R-7")


# ---- it says nothing


def test_nobody_knows_for_too_long_and_then_it_comes_back(shop, work, sandbox, settings):
    sold(units=2)
    ticket = claim("K-1", "refund")
    url, settings.LICENCE_URL = settings.LICENCE_URL, "http://127.0.0.1:9"
    after(150)
    assert (held(), told(ticket)[0]) == (("held", "licence_unknown"), "waiting_ops")
    assert {state for _, state in steps()} == {"held"}
    settings.LICENCE_URL = url
    by_hand.send_again(remedy=refund(), by="qiao", reason="接上了", now=clock.now())
    work()
    assert (refund().state, here(), paid(sandbox)) == ("settled", [REVOKED] * 2, 5000)


def test_a_step_that_was_done_all_the_same_lets_the_refund_go_without_a_person(shop, work, sandbox, settings):
    settings.SEND_TIMEOUT_S = 0.3
    sandbox.patience_s = 0.3
    sold(units=1, ids=ids("fault-timeout"))
    ticket = claim("K-1", "refund")
    sweep.run_due(now=clock.now())  # it is done there, and nobody heard
    url, settings.LICENCE_URL = settings.LICENCE_URL, "http://127.0.0.1:9"
    after(150)
    assert (held(), there(sandbox), here()) == (("held", "licence_unknown"), [REVOKED], [ACTIVE])
    settings.LICENCE_URL = url
    work(until=lambda: refund().state == "settled")
    assert (told(ticket)[0], here(), once(sandbox)) == ("confirming", [REVOKED], 1)


def test_a_suspension_that_nobody_heard_of_holds_up_no_decision(shop, work, sandbox, settings):
    sold(**LARGE, units=2)
    ticket = claim("K-1", "refund")
    url, settings.LICENCE_URL = settings.LICENCE_URL, "http://127.0.0.1:9"
    after(150)
    assert (steps(), refund().state) == ([("suspend", "held")] * 2, "awaiting_approval")
    settings.LICENCE_URL = url
    act(ticket, "approve")
    work(until=lambda: refund().state == "settled" and quiet())
    assert (there(sandbox), paid(sandbox)) == ([REVOKED] * 2, 30_000)


def test_a_suspension_under_way_is_undone_only_after_it_has_ended(shop, work, sandbox, settings):
    settings.SEND_TIMEOUT_S = 0.3
    sandbox.patience_s = 0.3
    sold(**LARGE, units=1, ids=ids("fault-timeout"))
    ticket = claim("K-1", "refund")
    sweep.run_due(now=clock.now())
    assert (there(sandbox), steps()) == ([SUSPENDED], [("suspend", "unknown")])
    act(ticket, "refuse")
    assert steps() == [("suspend", "unknown")]
    work()
    assert steps() == [("suspend", "settled"), ("reinstate", "settled")]
    assert (there(sandbox), here()) == ([ACTIVE], [ACTIVE])


def test_a_reinstatement_under_way_ends_before_anything_is_revoked(shop, work, sandbox, settings):
    """Else it could come last, and give back what was paid for."""
    settings.SEND_TIMEOUT_S = 0.3
    sandbox.patience_s = 0.3
    sold(**LARGE, units=1, ids=ids("fault-timeout"))
    ticket = claim("K-1", "refund")
    work()
    act(ticket, "refuse")
    sweep.run_due(now=clock.now())
    ticket.refresh_from_db()
    conversation.appeal(ticket=ticket, text="没有用过", name="lin", now=clock.now())
    act(ticket, "approve")
    assert steps()[1:] == [("reinstate", "unknown")]
    work()
    assert steps()[1:] == [("reinstate", "settled"), ("revoke", "settled")]
    assert (there(sandbox), paid(sandbox)) == ([REVOKED], 30_000)


def test_a_suspension_that_came_late_is_undone_after_a_refund_that_came_to_nothing(
    shop, work, sandbox, settings
):
    """Unknown, overtaken by a revocation that was refused: whatever order it is heard in, the buyer can go on."""
    settings.SEND_TIMEOUT_S = 0.3
    sandbox.patience_s = 0.3
    sold(**LARGE, units=1, ids=ids("fault-timeout.reject"))
    ticket = claim("K-1", "refund")
    sweep.run_due(now=clock.now())
    act(ticket, "approve")
    work()
    assert (held(), there(sandbox)) == (("held", "licence_refused"), [SUSPENDED])
    for name in ("qiao", "mei"):
        by_hand.give_up(remedy=refund(), by=name, reason="不退了", now=clock.now())
    work()
    assert (there(sandbox), here()) == ([ACTIVE], [ACTIVE])


def test_a_licence_that_stays_suspended_for_nothing_is_told(shop, work, settings):
    sold(**LARGE, units=1)
    ticket = claim("K-1", "refund")
    work()
    settings.LICENCE_URL = "http://127.0.0.1:9"
    conversation.withdraw(ticket=ticket, name="lin", now=clock.now())
    after(150)
    assert (steps()[-1], Break.objects.get().kind) == (("reinstate", "held"), "licence_stuck")


# ---- the refund itself fails


def test_paid_again_no_further_unit_is_taken(shop, work, sandbox):
    sold(payment_reference="reject")
    claim("K-1", "refund", quantity=2)
    work()
    assert (refund().state, there(sandbox)) == ("failed", [REVOKED] * 2 + [ACTIVE] * 3)
    Remedy.objects.get().order.__class__.objects.update(payment_reference="PAY-1")
    paying_again.pay_again(remedy=refund(), by="qiao", reason="改好了", now=clock.now())
    work()
    assert (refund(2).state, there(sandbox), paid(sandbox)) == ("settled", [REVOKED] * 2 + [ACTIVE] * 3, 2000)


# ---- restored, reconciled, listed


def test_what_its_list_says_is_compared(shop, work, sandbox):
    sold(units=2)
    claim("K-1", "refund")
    work()
    found = reconcile.run(since=clock.now() - timedelta(hours=1), now=clock.now())
    assert (found.listed, found.mismatches, found.unreachable) == (3, 0, [])
    Intent.objects.filter(kind="revoke").first().delete()
    found = reconcile.run(since=clock.now() - timedelta(hours=1), now=clock.now())
    assert [one.provider for one in found.unknown] == ["licence"]


def test_a_restored_database_holds_the_steps_too(shop, work, sandbox):
    sold(units=1)
    claim("K-1", "refund")
    intents.hold_unsent(order_no="K-1", now=clock.now())
    assert (held(), steps()) == (("held", "licence_unknown"), [("revoke", "held")])
    by_hand.send_again(remedy=refund(), by="qiao", reason="核对过", now=clock.now())
    work()
    assert (refund().state, there(sandbox)) == ("settled", [REVOKED])


def test_what_was_forgotten_binds_no_order_and_is_told(shop, work, sandbox):
    sold(units=1)
    claim("K-1", "refund")
    work(until=lambda: there(sandbox) == [REVOKED])
    Intent.objects.filter(kind="revoke").delete()
    found = reconcile.run(since=clock.now() - timedelta(hours=1), now=clock.now())
    steps_only = [one for one in found.unknown if one.provider == "licence"]
    forgotten.tell(unknown=steps_only, names=forgotten.named(unknown=steps_only), now=clock.now())
    assert "忘了对订单 K-1 的一份授权" in Break.objects.get().detail
    assert not ForgottenRemedy.objects.exists()


# ---- what ops read


def test_the_page_of_the_refund_shows_each_unit_and_the_services_last_word(shop, work, sandbox):
    sold(units=2, ids=ids("", "used"))
    claim("K-1", "refund")
    work()
    page = present_remedy.page(refund(), now=clock.now())
    assert [(label, text) for label, text, _ in page["facts"] if "授权" in label] == [
        ("第 2 份授权", "可用 · 对方拒绝 · used"), ("第 1 份授权", "已收回 · 已完成"),
    ]  # fmt: skip


def test_asked_for_haste_the_service_is_asked_at_once(shop, work):
    sold(units=2)
    ticket = claim("K-1", "refund")
    Intent.objects.update(next_at=clock.now() + timedelta(hours=1))
    with transaction.atomic():
        assert hurrying.hurry(record=ticket.decision, now=clock.now()) == 2
    assert not Intent.objects.filter(next_at__gt=clock.now()).exists()
