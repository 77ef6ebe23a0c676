"""Where the buyer has to do something: what the title asks for, and what happens at the date if they don't."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import translation

from compensation.rules.decide import decide
from compensation.rules.defaults import default_policy
from tests.pages.test_ticket_words import NOW, TOP_UP, decided, known, sheet, shown
from tickets.web.display import Source
from tickets.web.rulings import RulingSheet
from tickets.web.ticket_sheet import TicketSheet

LONG = "请说明您是在哪一天、用哪个账号看到个数变少的，另外把当时的页面传上来。"
ASK = "在下面传图或写几句都行，到了专人接着看。"


@pytest.mark.parametrize(
    ("asked", "title", "notice", "must"),
    [
        ("请传一张能看到个数和时间的截图。", "请传一张能看到个数和时间的截图", ASK, False),
        ("请传一张截图", "请传一张截图", ASK, False),
        (LONG, "请您补充，专人在等", f"专人问您：{LONG}", True),
        ("您的账号是多少？", "请您补充，专人在等", "专人问您：您的账号是多少？", True),
        ("请看一下。\n还在吗", "请您补充，专人在等", "专人问您：请看一下。\n还在吗", True),
        ("", "请您补充，专人在等", "在下面写几句就行。", False),
    ],
)
def test_the_title_is_what_is_asked_for_and_only_a_question_is_red(asked, title, notice, must):
    page = shown(sheet("waiting_buyer", asked=asked))
    assert (page.title, page.notice, page.must) == (title, notice, must)


def test_an_english_page_is_not_headed_in_chinese():
    with translation.override("en"):
        page = shown(sheet("waiting_buyer", asked="请传一张截图"))
    assert (page.title, page.notice) == (
        "Please add what is asked for; a person is waiting",
        "Our staff ask you: 请传一张截图",
    )


@pytest.mark.parametrize(
    ("state", "turn", "note"),
    [
        ("waiting_buyer", "buyer", "到时没有补充，就按现有的情况决定"),
        ("confirming", "buyer", "到时没有回复就自动办结"),
        ("refused", "buyer", "过了不能再申诉"),
        ("waiting_ops", "ops", ""),
    ],
)
def test_beside_the_date_stands_what_happens_otherwise(state, turn, note):
    case = replace(sheet(state, TOP_UP), turn=turn, due_at=NOW + timedelta(hours=72))
    due = shown(case).due
    assert (due.value, due.note) == ("11-25 13:05", note)


@pytest.mark.parametrize(("state", "present", "offered"), [
    ("resolved", 1003, True), ("closed", 1003, True), ("withdrawn", 1003, False), ("resolved", 850, False),
])  # fmt: skip
def test_a_count_that_found_nothing_missing_can_be_doubted(state, present, offered):
    assert shown(decided(known(present=present), state)).can.disagree is offered


@pytest.mark.parametrize(("kind", "doubt", "confirm"), [
    ("replacement", "新的也用不了", "新的能用"), ("top_up", "没收到，数不对", "确认收到"),
])  # fmt: skip
def test_what_is_pressed_has_the_words_of_what_came(kind, doubt, confirm):
    page = shown(sheet("confirming", replace(TOP_UP, kind=kind)))
    assert (page.doubt_label, page.confirm_label) == (doubt, confirm)


def test_only_those_who_owe_an_answer_are_late():
    late = replace(sheet("waiting_ops"), turn="ops", due_at=NOW - timedelta(hours=1))
    assert shown(late).due.note == "已超时，在催"
    assert shown(replace(late, state="confirming", turn="buyer")).due.note == "到时没有回复就自动办结"


REFUSED = {
    "drop": decide(known(window="outside"), default_policy("metered-standard")),
    "refund": decide(known(reason="refund", elapsed_seconds=90 * 86_400), default_policy("licence-standard")),
}


def refused(reason: str) -> TicketSheet:
    """With a week left to object."""
    case = sheet("refused", reason=reason, actions=frozenset({"appeal"}))
    return replace(case, decision=REFUSED[reason], due_at=NOW + timedelta(days=7))


@pytest.mark.parametrize(
    ("reason", "title", "lead"),
    [
        ("drop", "这次不能办，原因在下面", "这次不能办"),
        ("refund", "这次不能退款，原因在下面", "这次不能退款"),
    ],
)
def test_a_refusal_says_what_it_rests_on_how_to_object_and_until_when(reason, title, lead):
    case = refused(reason)
    page = shown(case)
    assert (page.title, page.slip.lead, page.slip.open) == (title, lead, True)
    assert page.slip.source == Source(case.decision.policy.code, 1)
    assert page.slip.advice == "不同意可以申诉：11-29 13:05 前写明哪里不对，专人复核以后书面答复您。"
    assert shown(replace(case, actions=frozenset())).slip.advice == ""
    assert shown(replace(case, state="closed")).slip.advice == ""


def test_a_persons_refusal_can_be_objected_to_as_well():
    ruling = RulingSheet("refused", "计数是您自己清空的")
    slip = shown(replace(refused("drop"), ruling=ruling)).slip
    assert (slip.lead, slip.lines, slip.advice[:7]) == (
        "专人答复您",
        ("计数是您自己清空的",),
        "不同意可以申诉",
    )
