"""What ops do with remedies that never went out, each reason; two people above the limit; what is heard late."""

import threading

import pytest
from django.db import connections, transaction

from common import clock
from compensation.models import HandWord, LineBudget, Remedy
from compensation.rules import held
from compensation.services import by_hand, remedies
from compensation.services.by_hand import NotOffered, StillBound
from compensation.services.hand_words import AlreadySaid, ReferenceDiffers
from integrations.models import Intent
from integrations.rules import answers
from integrations.rules.answers import Meaning, Report
from integrations.services import reconcile, settling
from ledger.models import Break, Transfer
from ledger.services import breaks
from tests.claims.test_forgotten import lists
from tests.compensation.by_hand_case import (
    done,
    give_up,
    held_by_kernel,
    manual_refund,
    open_breaks,
    remedy,
    send_again,
    stands,
    words,
)  # fmt: skip
from tests.compensation.test_by_hand import sound
from tests.tickets.case import budget, claim, fallen, rows, state, work
from tests.tickets.conftest import outside

__all__ = ["outside"]
pytestmark = pytest.mark.django_db
CLOSED = {"done": (done, True), "give_up": (give_up, False)}


def wait(reason, kind="top_up"):
    """A remedy that waits for that reason, and nothing but a person moves it."""
    if kind == "refund":
        ticket = manual_refund()
        Remedy.objects.filter(kind="refund").update(held_reason=reason)
        return ticket
    fallen()
    ticket = claim()
    Intent.objects.all().delete()
    with transaction.atomic():
        remedies.hold(remedy=remedy(), reason=reason, now=clock.now())
    return ticket


@pytest.mark.parametrize("reason", held.UNSENT)
@pytest.mark.parametrize("action", CLOSED)
def test_units_end_as_their_person_says(outside, reason, action):
    act, came = CLOSED[action]
    ticket = wait(reason)
    assert act().carried_out
    assert stands() == (("settled", 180, "posted") if came else ("voided", 0, "voided"))
    assert (state(ticket), Remedy.objects.count(), outside.seen) == ("confirming", 1, [])
    with pytest.raises(NotOffered):
        act(by="he")
    sound()


@pytest.mark.parametrize("reason", held.UNSENT)
@pytest.mark.parametrize("action", CLOSED)
def test_cash_ends_in_books_and_budget(outside, reason, action):
    act, paid = CLOSED[action]
    wait(reason, "refund")
    assert budget()[:3] == (5000, 0, 1000)
    assert act("refund").carried_out
    assert stands("refund") == (("settled", 0, "posted") if paid else ("voided", 0, "voided"))
    assert budget()[:3] == ((0, 5000, 1000) if paid else (0, 0, 0))
    work()
    sound()


@pytest.mark.parametrize(
    ("reason", "offered"), [(reason, "send_again" in held.UNSENT[reason].offers) for reason in held.UNSENT]
)
def test_sent_again_where_it_can_be(outside, reason, offered):
    ticket = wait(reason)
    if not offered:
        with pytest.raises(NotOffered):
            send_again()
        return
    breaks.open_break(kind="rest_again", reference=str(remedy().key), detail="差", now=clock.now())
    assert send_again().carried_out
    assert (stands(), state(ticket), open_breaks()) == (("pending", 0, "pending"), "fulfilling", [])
    work()
    assert (len(outside.posts), rows(ticket)) == (1, [("top_up", "settled", 180, 180)])
    sound()


def test_what_is_forgotten_is_looked_at_first(outside):
    """Sent again, or done outside, it might be one too many; given up it may be at any time."""
    fallen()
    lists(("refund", 1, 2000, Meaning.DONE))
    ticket = claim()
    assert (stands(), remedy().held_reason, budget()[0]) == (("held", 0, "pending"), "forgotten", 2000)
    for act in (send_again, done):
        with pytest.raises(StillBound):
            act()
    breaks.close_break(pk=Break.objects.get().pk, by="qiao", note="已追回", now=clock.now())
    assert budget()[0] == 0
    assert send_again(by="he").carried_out
    work()
    assert (rows(ticket), open_breaks()) == ([("top_up", "settled", 180, 180)], [])


def test_given_up_while_something_is_forgotten(outside):
    fallen()
    lists(("refund", 1, 2000, Meaning.DONE))
    claim()
    assert give_up().carried_out
    assert (stands(), budget()[0]) == (("voided", 0, "voided"), 2000)


@pytest.fixture
def large(outside):
    """Two hundred and fifty yuan: above the limit of two hundred."""
    fallen(left=700, paid_fen=25000, list_fen=25000, gateway="alipay")
    claim()
    Remedy.objects.filter(kind="refund").update(state="held", held_reason="manual_gateway")


@pytest.mark.parametrize("action", CLOSED)
def test_above_the_limit_a_second_person_says_so(large, action):
    act, paid = CLOSED[action]
    before = budget()
    assert not act("refund", by="qiao").carried_out
    assert (stands("refund"), budget()) == (("held", 0, "pending"), before)
    with pytest.raises(AlreadySaid):
        act("refund", by="qiao")
    assert act("refund", by="he").carried_out
    assert stands("refund")[0] == ("settled" if paid else "voided")
    assert [(word[1], word[3]) for word in words()] == [("qiao", False), ("he", True)]


def test_two_who_say_different_things_are_not_two(large):
    assert not done("refund", by="qiao").carried_out
    assert not give_up("refund", by="he").carried_out
    with pytest.raises(ReferenceDiffers):
        done("refund", by="he", reference="H-2")
    assert not done("refund", by="qiao", reference="H-2").carried_out  # put right
    assert done("refund", by="he", reference="H-2").carried_out
    assert stands("refund")[0] == "settled"


def test_a_word_counts_for_what_was_looked_at(large):
    assert not give_up("refund", by="qiao").carried_out
    Remedy.objects.filter(kind="refund").update(held_reason="revocation")
    assert not give_up("refund", by="he").carried_out
    assert give_up("refund", by="qiao").carried_out


def test_two_hundred_is_one_persons(outside):
    fallen(left=700, paid_fen=20000, list_fen=20000, gateway="alipay")
    claim()
    assert done("refund").carried_out


LATE = {
    ("done", Meaning.DONE): ["by_hand"],
    ("done", Meaning.RUNNING): ["by_hand"],
    ("done", Meaning.PARTIAL): ["by_hand"],
    ("done", Meaning.REFUSED): [],
    ("give_up", Meaning.DONE): ["by_hand"],
    ("give_up", Meaning.RUNNING): ["by_hand"],
    ("give_up", Meaning.PARTIAL): ["by_hand"],
    ("give_up", Meaning.REFUSED): [],
}


@pytest.mark.parametrize(("case", "told"), LATE.items())
def test_what_its_provider_says_late_is_told_and_never_booked(outside, case, told):
    action, meaning = case
    held_by_kernel("faults")
    CLOSED[action][0]()
    before = stands(), list(Transfer.objects.values()), budget()
    report = Report(meaning=meaning, reference="R-9", delivered={Meaning.PARTIAL: 30}.get(meaning))
    for _ in range(2):
        settling.settle(key=remedy().key, answer=answers.told(report), now=clock.now())
    assert (stands(), list(Transfer.objects.values()), budget()) == before
    assert open_breaks() == told
    for row in Break.objects.filter(closed_at=None):
        breaks.close_break(pk=row.pk, by="he", note="已追回一次", now=clock.now())
    settling.settle(key=remedy().key, answer=answers.told(report), now=clock.now())
    assert open_breaks() == []  # the same words, which somebody has looked at
    sound()


def test_what_was_known_when_it_was_closed_is_no_news(outside):
    held_by_kernel("conflict")
    outside.jobs[str(remedy().key)] = {
        "asked": {},
        "reference": "R-9",
        "state": "completed",
        "delivered": 180,
    }
    done()
    report = Report(meaning=Meaning.DONE, reference="R-9")
    settling.settle(key=remedy().key, answer=answers.told(report), now=clock.now())
    assert (stands(), open_breaks()) == (("settled", 180, "posted"), [])


def test_reconciled_it_is_clean(outside):
    held_by_kernel("gone")
    done()
    outside.listed = []
    now = clock.now() + reconcile.EDGE * 3
    found = reconcile.run(since=clock.now() - reconcile.EDGE * 60, now=now)
    assert (found.mismatches, found.unreachable, open_breaks()) == (0, [], [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sent", [True, False])
def test_of_many_at_once_one_ends_it(outside, sent):
    if sent:
        held_by_kernel("faults")
    else:
        wait("rest_again")
    outcomes, errors, start = [], [], threading.Barrier(6)

    def press(n):
        try:
            start.wait(10)
            outcomes.append((done if n % 2 else give_up)(by=f"ops-{n}").carried_out)
        except by_hand.Refusal:
            outcomes.append(False)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(outcomes) == [False] * 5 + [True]
    ended = HandWord.objects.get(carried_out=True)
    assert stands()[0] == {"done_by_hand": "settled", "give_up": "voided"}[ended.action]
    assert LineBudget.objects.get().reserved_fen == 0
