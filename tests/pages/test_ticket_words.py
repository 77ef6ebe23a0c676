"""What a ticket says of itself, of its remedies, and as one line of a list; no database, no browser."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from compensation.rules.decide import decide
from compensation.rules.defaults import default_policy
from compensation.rules.facts import Facts
from tickets.web import ticket_words as words
from tickets.web.event_words import event_sheet
from tickets.web.present_ticket import RemedySheet, TicketSheet, present_ticket

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
