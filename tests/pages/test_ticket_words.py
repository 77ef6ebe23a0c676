"""What a ticket says of itself, of its remedies, and as one line of a list; no database, no browser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from compensation.rules.decide import decide
from compensation.rules.defaults import default_policy
from compensation.rules.facts import Facts
from tickets.web import given_words, ticket_titles
from tickets.web.event_words import event_sheet, event_sheets
from tickets.web.present_ticket import TicketPage, present_ticket
from tickets.web.ticket_sheet import RemedySheet, TicketSheet

NOW = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
TOP_UP = RemedySheet("top_up", "settled", quantity=180, delivered=180)
CASH = RemedySheet("refund", "settled", amount_fen=5000)
GOING, THERE = "退回原付款账户，退出后一般 1 至 3 个工作日到账", "已退回原付款账户，一般 1 至 3 个工作日到账"


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
        (CASH, "已退", THERE),
        (replace(CASH, reference="RF-1"), "已退", f"{THERE}\n退款编号 RF-1"),
        (replace(CASH, state="held", held_reason="revocation"), "由专人退", GOING),
        (replace(CASH, state="held", held_reason="faults"), "先停下，专人在看", GOING),
        (replace(CASH, state="taking_back"), "先收回授权，再退款", GOING),
        (replace(CASH, state="voided"), "已取消", ""),
        (replace(CASH, kind="goodwill"), "已退", ""),  # not of what was paid
    ],
)  # fmt: skip
def test_how_far_a_remedy_is(remedy, said, note):
    assert (given_words.remedy_state(remedy)[0], given_words.remedy_note(remedy)) == (said, note)


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
    assert ticket_titles.line_title(given) == said


def test_a_withdrawn_ticket_is_followed_until_what_was_sent_has_ended():
    assert present_ticket(sheet=sheet("withdrawn", replace(TOP_UP, state="processing")), now=NOW).live
    assert not present_ticket(sheet=sheet("withdrawn", TOP_UP), now=NOW).live


def test_a_question_is_answered_with_the_sellers_tutorial():
    written = "1. 打开空间。\n\n 2. 看点赞数。\n"
    slip = shown(sheet("confirming", reason="question", tutorial=written)).slip
    assert (slip.lead, slip.lines) == ("给您的办法", ("1. 打开空间。", "2. 看点赞数。"))
    assert (slip.basis, len(slip.steps)) == ("", 1)


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (
            "confirming",
            "您的问题收到了。这件商品还没有现成的教程，请再写一句卡在哪一步，专人 30 分钟内答复您。"
            "一时没空写也不要紧，之后到订单页随时能再问。",
        ),
        ("waiting_ops", "您写的专人看得到，看过就答复您。"),
        ("resolved", "还有不明白的，到订单页再问，专人答复您。"),
    ],
)
def test_nobody_is_pointed_to_a_tutorial_that_is_not_there(state, line):
    slip = shown(sheet(state, reason="question", clause_text="用法上的问题，先给教程")).slip
    assert (slip.lead, slip.lines, slip.basis, slip.steps) == ("由专人答复您", (line,), "", ())


@pytest.mark.parametrize(("has_tutorial", "said"), [(True, "系统受理并给出办法"), (False, "收到了您的问题")])
def test_the_history_speaks_of_a_way_only_where_there_is_one(has_tutorial, said):
    data = {"outcome": "guide", "clause": "guidance", "state": "confirming"}
    event = SimpleNamespace(at=NOW, kind="decided", data=data, text="")
    assert [each.text for each in event_sheets([event], has_tutorial=has_tutorial)] == [said]


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
    ("state", "advice"),
    [("processing", f"{GOING}。"), ("settled", f"{THERE}。"), ("voided", ""), ("failed", "")],
)
def test_the_receipt_says_to_which_account_the_money_goes(state, advice):
    refund = decided(known(present=700), "fulfilling", replace(CASH, state=state))
    assert shown(refund).slip.advice == advice
    assert shown(decided(known(), "fulfilling", TOP_UP)).slip.advice == ""


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
    assert (page.can.deny, page.is_unanswered, page.can.show) == (deny, unanswered, proof)


def test_after_a_refusal_nothing_is_left_to_take_back():
    assert not shown(sheet("refused", actions=ALL)).can.withdraw
    assert shown(sheet("waiting_ops", actions=ALL)).can.withdraw


@pytest.mark.parametrize(
    ("facts", "remedies", "lines"),
    [
        (known(), (replace(TOP_UP, state="voided", delivered=0),), ("照规则算出的「补 180 个」不再办了。",)),
        (
            known(),
            (replace(TOP_UP, state="processing", delivered=60),),
            ("照规则算出的「补 180 个」不再办了。", "已经发出去的还在路上，到了归您。"),
        ),
        (
            known(),
            (replace(TOP_UP, state="voided", delivered=60),),
            ("照规则算出的「补 180 个」不再办了。", "已经到的 60 个归您。"),
        ),
        (
            known(present=700),
            (replace(CASH, state="voided"),),
            ("照规则算出的「退 ¥50.00，另送优质的 1000 个」不再办了。",),
        ),
        (known(measurable=False), (), ()),
    ],
    ids=["nothing came", "on its way", "part came", "cash", "nothing computed"],
)
def test_a_withdrawn_case_promises_nothing_any_more(facts, remedies, lines):
    slip = shown(decided(facts, "withdrawn", *remedies)).slip
    assert (slip.lead, slip.lines) == ("这张单不再办了", (*lines, "还在期限里的话，可以再申请。"))
    assert (slip.figure, slip.caps, slip.totals, slip.basis, slip.advice, slip.open) == (
        "",
        "",
        (),
        "",
        "",
        False,
    )
    labels = [row.label for row in slip.ledger.rows] if slip.ledger else []
    assert [label for label in labels if "给" in label or "补" in label] == []


def test_what_was_never_sent_is_no_step_of_a_withdrawn_case():
    unsent, part = (
        replace(TOP_UP, state="voided", delivered=0),
        replace(TOP_UP, state="processing", delivered=60),
    )
    assert [step.label for step in shown(sheet("withdrawn", unsent)).steps] == ["提交", "决定", "撤销"]
    assert [step.label for step in shown(sheet("withdrawn", part)).steps] == ["提交", "决定", "补发", "撤销"]


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        ("drop", "数不准不算您没掉。专人核对以后，该补多少照样按规则算。"),
        ("refund", "数不准先不算钱，免得少退您。专人核对以后，该退多少照样按规则算。"),
    ],
)
def test_what_cannot_be_counted_is_said_kindly_and_the_rule_can_be_opened(reason, line):
    case = replace(decided(known(reason=reason, measurable=False), "waiting_ops"), clause_text="不当作掉光")
    slip = shown(case).slip
    assert (slip.lead, slip.lines, slip.basis, slip.open) == ("暂时数不准，专人在核对", (line,), "", False)
    assert slip.steps != ()
    assert shown(replace(case, state="closed")).slip.lines == ()
    assert shown(replace(case, state="waiting_buyer")).slip.lead == "暂时数不准"  # nobody checks just now


def test_both_numbers_stand_in_full_to_be_copied():
    numbers = shown(sheet("resolved", TOP_UP)).numbers
    assert [(pair.label, pair.value, pair.whole) for pair in numbers] == [
        ("售后单号", "T-1", True), ("订单号", "LD1", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("remedies", "link"),
    [
        ((), ""),
        ((TOP_UP,), "补单记录：每一个的时间和账号"),
        ((CASH,), "退款记录：几时退的、编号多少"),
        ((CASH, replace(TOP_UP, kind="gift")), "退款和补单记录：每一笔、每一个"),
        ((replace(TOP_UP, kind="replacement"),), ""),
    ],
)
def test_the_way_to_the_records_says_what_they_hold(remedies, link):
    assert shown(sheet("confirming", *remedies)).records == link
