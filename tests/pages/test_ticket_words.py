"""What a ticket says of itself, of its remedies, and as one line of a list; no database, no browser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from compensation.rules.decide import decide
from compensation.rules.defaults import default_policy
from compensation.rules.facts import Facts
from tickets.web import ticket_words as words
from tickets.web.event_words import event_sheet
from tickets.web.present_ticket import RemedySheet, TicketPage, TicketSheet, present_ticket

NOW = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
TOP_UP = RemedySheet("top_up", "settled", quantity=180, delivered=180)


def sheet(state: str, *remedies: RemedySheet, reason: str = "drop", **more) -> TicketSheet:
    known = Facts(reason=reason, ordered=1000, paid_fen=5000, delivered=1000, present=850)
    return TicketSheet(
        no="T-1", order_no="LD1", product="说说点赞", reason=reason, state=state, turn="nobody", opened_at=NOW,
        decision=decide(known, default_policy("metered-standard")), decided_at=NOW, remedies=remedies, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("remedy", "said", "note"),
    [
        (TOP_UP, "已到", ""),
        (replace(TOP_UP, delivered=60), "到了一部分", "已到 60 个"),
        (replace(TOP_UP, state="processing", delivered=60), "正在办", "已到 60 个"),
        (RemedySheet("refund", "settled", amount_fen=5000), "已退", "原路退回"),
        (RemedySheet("refund", "held", amount_fen=5000, held_reason="revocation"), "由专人退", "原路退回"),
        (RemedySheet("refund", "held", amount_fen=5000, held_reason="faults"), "先停下，专人在看", "原路退回"),
        (RemedySheet("refund", "taking_back", amount_fen=5000), "先收回授权，再退款", "原路退回"),
    ],
)  # fmt: skip
def test_how_far_a_remedy_is(remedy, said, note):
    assert (words.remedy_state(remedy)[0], words.remedy_note(remedy)) == (said, note)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (sheet("confirming", TOP_UP), "已经补到，请您看一眼"),
        (sheet("confirming", replace(TOP_UP, kind="gift")), "已经送到，请您看一眼"),
        (sheet("confirming", reason="question", tutorial="1. 打开空间。"), "给了办法，请您打开看"),
        (sheet("confirming", reason="question"), "说说哪一步不明白，专人答复您"),
        (sheet("refused"), "这次不能办，打开看原因"),
    ],
)
def test_a_line_of_a_list_points_to_nothing_below(given, said):
    assert words.line_title(given) == said


def test_a_withdrawn_ticket_is_followed_until_what_was_sent_has_ended():
    assert present_ticket(sheet=sheet("withdrawn", replace(TOP_UP, state="processing")), now=NOW).live
    assert not present_ticket(sheet=sheet("withdrawn", TOP_UP), now=NOW).live


@pytest.mark.parametrize(
    ("tutorial", "lines"),
    [
        ("1. 打开空间。\n\n 2. 看点赞数。\n", ("1. 打开空间。", "2. 看点赞数。")),
        ("", ("商家还没有写教程。请在下面说说哪一步不明白，由专人答复您。",)),
    ],
)
def test_a_question_is_answered_with_the_sellers_tutorial(tutorial, lines):
    page = present_ticket(sheet=sheet("confirming", reason="question", tutorial=tutorial), now=NOW)
    assert page.slip.lines == lines


def test_where_nothing_was_computed_nothing_is_said_to_be():
    event = SimpleNamespace(
        at=NOW, kind="decided", data={"outcome": "review", "state": "waiting_ops"}, text=""
    )
    assert event_sheet(event).note == "专人看过就答复您"
    assert (
        present_ticket(sheet=sheet("waiting_ops", reason="suggestion"), now=NOW).slip.why == "为什么这样答复"
    )


def shown(given: TicketSheet) -> TicketPage:
    return present_ticket(sheet=given, now=NOW)


def decided(known: Facts, state: str, *remedies: RemedySheet, **more) -> TicketSheet:
    given = sheet(state, *remedies, reason=known.reason, **more)
    return replace(given, decision=decide(known, default_policy("metered-standard")))


def known(**facts) -> Facts:
    return Facts(
        **{"reason": "drop", "ordered": 1000, "paid_fen": 5000, "delivered": 1000, "present": 850} | facts
    )


MOVED = NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("given", "text", "at"),
    [
        (sheet("waiting_ops"), "待核对", "11-22 13:05"),
        (sheet("appealed", moved_at=MOVED), "复核中", "11-22 15:05"),
        (sheet("fulfilling", moved_at=MOVED), "已决定", "11-22 15:05"),
        (sheet("resolved", moved_at=MOVED, resolved_at=MOVED + timedelta(hours=1)), "已办结", "11-22 16:05"),
        (sheet("confirming", reason="question"), "等您说", "11-22 13:05"),
    ],
)
def test_the_stamp_has_the_time_of_what_it_says(given, text, at):
    stamp = shown(given).slip.stamp
    assert stamp is not None
    assert (stamp.text, stamp.at) == (text, at)


def test_what_is_looked_at_again_is_a_step_of_its_own_and_no_last_word():
    page = shown(decided(known(present=900, window="outside"), "appealed"))
    assert [step.label for step in page.steps] == ["提交", "决定", "复核", "完成"]
    assert [step.state for step in page.steps] == ["done", "done", "now", "todo"]
    assert page.slip.lead == "原来的答复，正在复核"


def test_what_came_is_a_running_total():
    data = {"remedy": "top_up", "state": "processing", "amount_fen": None, "quantity": 180}
    events = [
        SimpleNamespace(at=NOW, kind="units", data=data | {"delivered": came}, text="") for came in (60, 180)
    ]
    assert [event_sheet(event).note for event in events] == ["累计 60 / 180", "累计 180 / 180"]


def test_what_the_counts_lead_to_stands_below_their_sum():
    page = shown(decided(known(present=700), "fulfilling"))
    assert [(pair.label, pair.value) for pair in page.slip.totals] == [
        ("退款", "¥50.00"),
        ("另送优质的", "1000 个"),
    ]
    assert (page.slip.ledger is not None, page.slip.lines) == (True, ())  # said once
    assert shown(decided(known(), "fulfilling")).slip.totals == ()


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ("confirming", "订了 1000 个，到了 1000 个。您那边要是没看到，按「还没解决」，由专人查。"),
        ("resolved", "订了 1000 个，到了 1000 个。"),
    ],
)
def test_where_all_came_nobody_is_told_to_wait(state, line):
    slip = shown(decided(known(reason="delay", present=1000), state)).slip
    assert (slip.lead, slip.lines, slip.basis) == ("数到的已经齐了", (line,), "")


ALL = frozenset({"confirm", "message", "attach", "nudge", "withdraw", "appeal"})


@pytest.mark.parametrize(
    ("given", "deny", "unanswered", "proof"),
    [
        (sheet("confirming", TOP_UP, actions=ALL), False, False, True),
        (sheet("confirming", reason="question", tutorial="1. 打开空间。", actions=ALL), True, False, False),
        (sheet("confirming", reason="question", actions=ALL), True, True, False),
        (sheet("waiting_buyer", reason="fake_units", actions=ALL), False, False, True),
        (sheet("waiting_buyer", reason="delay", actions=ALL), False, False, False),
        (sheet("waiting_buyer", reason="fake_units"), False, False, False),
    ],
)
def test_what_can_be_pressed(given, deny, unanswered, proof):
    page = shown(given)
    assert (page.can_deny, page.is_unanswered, page.wants_proof) == (deny, unanswered, proof)


def test_after_a_refusal_nothing_is_left_to_take_back():
    assert not shown(sheet("refused", actions=ALL)).can_withdraw
    assert shown(sheet("waiting_ops", actions=ALL)).can_withdraw
