"""What ops do with remedies that the kernel holds: each reason, each word of the provider, each action."""

import pytest

from common import clock
from common.progress import bar
from compensation.models import Remedy, UnitDelivery
from compensation.rules import held
from compensation.services import by_hand
from compensation.services.by_hand import DoneThere, MayStillHappen, NotConnected, NotOffered, StillRunning
from compensation.services.hand_words import ReasonMissing, ReferenceMissing
from evidence.models import Entry
from evidence.services import sealing
from integrations.models import Intent
from ledger.models import Break
from ledger.services import breaks
from shop_aftersales.record import check_everything
from tests.compensation.by_hand_case import (
    done,
    give_up,
    held_by_kernel,
    open_breaks,
    remedy,
    say,
    send_again,
    stands,
    words,
)
from tests.tickets.case import assert_balanced, budget, rows, state, work
from tests.tickets.conftest import outside

__all__ = ["outside"]
pytestmark = pytest.mark.django_db
DISPUTED = ("conflict", "mismatch")
ALL_HELD = ("held", 0, "pending")


def sound():
    """The record agrees with the tables, the decisions with their facts, the books balance."""
    sealing.seal_due(now=clock.now())
    assert list(check_everything(bar=bar)) == []
    assert_balanced()


@pytest.mark.parametrize("reason", held.SENT)
def test_given_up_what_its_provider_never_had(outside, reason):
    ticket = held_by_kernel(reason)
    assert give_up().carried_out
    assert (stands(), words()) == (("voided", 0, "voided"), [("give_up", "qiao", "", True)])
    assert (Remedy.objects.count(), state(ticket), open_breaks()) == (1, "confirming", [])
    work()
    assert (outside.posts, Intent.objects.get().state) == ([], "voided")
    sound()


@pytest.mark.parametrize("reason", held.SENT)
def test_done_outside_what_its_provider_never_had(outside, reason):
    ticket = held_by_kernel(reason)
    assert done().carried_out
    assert (stands(), words()) == (("settled", 180, "posted"), [("done_by_hand", "qiao", "H-1", True)])
    assert (state(ticket), rows(ticket)) == ("confirming", [("top_up", "settled", 180, 180)])
    assert list(UnitDelivery.objects.values_list("quantity", flat=True)) == [180]
    work()
    assert (outside.posts, Remedy.objects.count(), open_breaks()) == ([], 1, [])
    sound()


@pytest.mark.parametrize(
    "reason", [reason for reason in held.SENT if held.SEND_AGAIN in held.SENT[reason].offers]
)
def test_sent_again_it_is_asked_about_first_and_goes_out_once(outside, reason):
    ticket = held_by_kernel(reason)
    assert send_again().carried_out
    assert (state(ticket), Intent.objects.get().state) == ("fulfilling", "unknown")
    work()
    assert outside.methods()[:2] == ["GET", "POST"]
    assert (len(outside.posts), rows(ticket)) == (1, [("top_up", "settled", 180, 180)])
    sound()


@pytest.mark.parametrize(
    "reason", [reason for reason in held.SENT if held.SEND_AGAIN not in held.SENT[reason].offers]
)
def test_what_is_not_offered_is_refused(outside, reason):
    held_by_kernel(reason)
    with pytest.raises(NotOffered):
        send_again()
    assert (stands(), words(), outside.seen) == (ALL_HELD, [], [])


# (what the provider says, the action) → the refusal or how it stands, and what else is told.
SAYS = {
    ("refused", "give_up"): (("voided", 0, "voided"), []),
    ("refused", "done"): (("settled", 180, "posted"), []),
    ("partial", "give_up"): (("settled", 50, "posted"), []),
    ("partial", "done"): (("settled", 180, "posted"), []),
    ("done", "give_up"): (("settled", 180, "posted"), []),
    ("done", "done"): (("settled", 180, "posted"), ["done_twice"]),
    ("running", "give_up"): (("processing", 0, "pending"), []),
    ("running", "done"): (("processing", 0, "pending"), ["done_twice"]),
    ("silent", "give_up"): (MayStillHappen, []),
    ("silent", "done"): (MayStillHappen, []),
}
DISPUTED_SAYS = {
    ("refused", "give_up"): (("voided", 0, "voided"), []),
    ("refused", "done"): (("settled", 180, "posted"), []),
    ("partial", "give_up"): (DoneThere, []),
    ("done", "give_up"): (DoneThere, []),
    ("done", "done"): (("settled", 180, "posted"), []),
    ("running", "give_up"): (StillRunning, []),
    ("running", "done"): (StillRunning, []),
    ("silent", "give_up"): (MayStillHappen, []),
    ("silent", "done"): (MayStillHappen, []),
}
CASES = [(reason, *case) for reason in ("faults", "gone") for case in SAYS.items()] + [
    (reason, *case) for reason in DISPUTED for case in DISPUTED_SAYS.items()
]


@pytest.mark.parametrize(("reason", "case", "expected"), CASES)
def test_what_its_provider_says_now_decides(outside, reason, case, expected):
    (word, action), (ends, told) = case, expected
    held_by_kernel(reason)
    say(outside, word)
    act = {"give_up": give_up, "done": done}[action]
    if isinstance(ends, tuple):
        act()
    else:
        with pytest.raises(ends):
            act()
        ends = ALL_HELD
        # Who says that it was done outside is kept, should the provider do it after all.
        assert [word[3] for word in words()] == ([False] if action == "done" else [])
    assert (stands(), open_breaks(), Remedy.objects.count()) == (ends, told, 1)
    assert (outside.posts, remedy().held_reason) == ([], reason if ends == ALL_HELD else "")
    sound()


def test_the_providers_own_number_is_no_second_time(outside):
    held_by_kernel("faults")
    say(outside, "done")
    assert done(reference="R-9").carried_out
    assert (stands(), open_breaks(), words()) == (("settled", 180, "posted"), [], [])


def test_told_while_it_was_silent_and_done_there_after_all(outside):
    """The word that wasn't acted on is how anybody knows that the buyer has it twice."""
    held_by_kernel("faults")
    say(outside, "silent")
    with pytest.raises(MayStillHappen):
        done()
    outside.always = None
    say(outside, "done")
    work()
    assert (stands(), open_breaks()) == (("settled", 180, "posted"), ["done_twice"])


@pytest.mark.parametrize(("sent", "ends"), [(False, "voided"), (True, MayStillHappen)])
def test_nobody_to_ask(shop_without_providers, sent, ends):
    held_by_kernel("provider_absent", sent=sent)
    with pytest.raises(NotConnected):
        send_again()
    if ends == "voided":
        assert give_up().carried_out
        assert stands() == ("voided", 0, "voided")
        return
    with pytest.raises(ends):
        give_up()
    assert stands() == ALL_HELD


@pytest.fixture
def shop_without_providers(outside, settings):
    settings.SUPPLIER_URL = settings.SHOP_REFUND_URL = ""


def test_asking_moves_it_only_by_what_is_said(outside):
    held_by_kernel("faults")
    said = [by_hand.ask(remedy=remedy(), now=clock.now()).says]
    say(outside, "silent")
    said.append(by_hand.ask(remedy=remedy(), now=clock.now()).says)
    assert stands() == ALL_HELD
    outside.always = None
    say(outside, "done")
    said.append(by_hand.ask(remedy=remedy(), now=clock.now()).says)
    assert said == [
        "对方说没有这一笔，也没有办过。", "没有问到：对方没有答复。", "对方刚刚答复：已经办成，已照它入账。",
    ]  # fmt: skip
    assert (stands(), words()) == (("settled", 180, "posted"), [])
    with pytest.raises(NotOffered):
        by_hand.ask(remedy=remedy(), now=clock.now())


@pytest.mark.parametrize(
    ("given", "missing"), [({"reason": " "}, ReasonMissing), ({"reference": ""}, ReferenceMissing)]
)
def test_why_and_where_it_can_be_looked_up_are_asked_for(outside, given, missing):
    held_by_kernel("faults")
    usual = {"remedy": remedy(), "by": "qiao", "reference": "H-1", "reason": "看过", "now": clock.now()}
    with pytest.raises(missing) as refused:
        by_hand.done_by_hand(**usual | given)
    assert refused.value.errors == [
        {"field": next(iter(given)), "code": "required", "detail": missing.detail}
    ]
    assert (stands(), outside.seen) == (ALL_HELD, [])


def test_who_why_and_when_are_in_the_record_for_ops_only(outside):
    held_by_kernel("faults")
    done()
    entry = Entry.objects.get(kind="by_hand")
    assert entry.internal
    assert all(said in entry.body for said in ("qiao", "H-1", "看过流水", "faults/1", "done_by_hand"))


def test_with_its_end_what_told_of_it_is_closed(outside):
    held_by_kernel("conflict")
    for kind in ("conflict", "unknown_key"):
        breaks.open_break(kind=kind, reference=f"supplier:{remedy().key}", detail="键已用", now=clock.now())
    done()
    assert open_breaks() == ["unknown_key"]
    assert Break.objects.get(kind="conflict").closing.note == "看过流水"


def test_a_refund_frees_its_cash_or_settles_it(outside):
    ticket = held_by_kernel("faults", kind="refund")
    assert budget()[:2] == (5000, 0)
    give_up("refund")
    assert (stands("refund"), budget()[:3]) == (("voided", 0, "voided"), (0, 0, 0))
    work()
    assert (state(ticket), [path for path, _ in outside.asked()]) == ("waiting_ops", ["gift"])
    sound()


def test_a_refund_done_outside_is_settled_in_the_budget(outside):
    ticket = held_by_kernel("gone", kind="refund")
    done("refund")
    assert (stands("refund"), budget()) == (("settled", 0, "posted"), (0, 5000, 1000, True))
    work()
    assert (state(ticket), open_breaks()) == ("confirming", [])
    sound()
