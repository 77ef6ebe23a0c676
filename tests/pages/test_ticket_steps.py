"""The row of dots: where a case is with a person, whether the decision is what is waited for, or its carrying out."""

from dataclasses import replace

import pytest

from tests.pages.test_ticket_words import NOW, TOP_UP, sheet, shown
from tickets.web.ticket_sheet import RemedySheet

CASH = RemedySheet("refund", "held", amount_fen=5000, held_reason="manual_gateway")


@pytest.mark.parametrize(
    ("given", "steps", "title", "stamp"),
    [
        (
            sheet("waiting_ops", replace(TOP_UP, state="awaiting_approval", delivered=0)),
            [("提交", "done", "13:05"), ("决定", "now", "专人在看"), ("补发", "todo", ""), ("完成", "todo", "")],
            "专人在看，看过就答复您",
            "待核对",
        ),
        (
            sheet("waiting_ops", CASH),
            [("提交", "done", "13:05"), ("决定", "done", "13:05"), ("退款", "now", "专人在办"), ("完成", "todo", "")],
            "专人正在给您退款 ¥50.00",
            "已决定",
        ),
        (
            sheet("waiting_ops", replace(TOP_UP, state="held", delivered=60)),
            [("提交", "done", "13:05"), ("决定", "done", "13:05"), ("补发", "now", "60 / 180"), ("完成", "todo", "")],
            "遇到一点状况，专人在处理",
            "已决定",
        ),
        (
            sheet("waiting_ops", CASH, replace(TOP_UP, kind="gift")),  # only the money is waited for
            [
                ("提交", "done", "13:05"), ("决定", "done", "13:05"), ("退款和补发", "now", "专人在办"),
                ("完成", "todo", ""),
            ],
            "专人正在给您退款 ¥50.00",
            "已决定",
        ),
        (
            sheet("confirming", reason="question"),
            [("提交", "done", "13:05"), ("答复", "now", "等您"), ("完成", "todo", "")],
            "说说哪一步不明白，专人答复您",
            "等您说",
        ),
        (
            sheet("waiting_ops", TOP_UP),  # it came, and the buyer said that it is not all
            [
                ("提交", "done", "13:05"), ("决定", "done", "13:05"), ("补发", "done", "180 / 180"),
                ("复核", "now", "专人在看"), ("完成", "todo", ""),
            ],
            "专人在看，看过就答复您",
            "待答复",
        ),
        (
            sheet("waiting_ops", replace(TOP_UP, state="voided", delivered=0)),
            [("提交", "done", "13:05"), ("决定", "now", "专人在看"), ("补发", "todo", ""), ("完成", "todo", "")],
            "专人在看，看过就答复您",
            "待核对",
        ),
    ],
    ids=[
        "to be approved", "paid by hand", "held", "units are there", "asked without a tutorial", "not yet",
        "came to nothing",
    ],
)  # fmt: skip
def test_the_dots_say_what_is_so(given, steps, title, stamp):
    page = shown(given)
    assert [(step.label, step.state, step.note) for step in page.steps] == steps
    assert page.slip.stamp is not None
    assert (page.title, page.slip.stamp.text) == (title, stamp)


@pytest.mark.parametrize(
    ("state", "turn", "label"),
    [("withdrawn", "已结束", "撤销于"), ("closed", "已结束", "关闭于"), ("resolved", "已办完", "办结于")],
)
def test_what_was_not_carried_out_is_not_called_done(state, turn, label):
    page = shown(sheet(state, replace(TOP_UP, state="voided"), resolved_at=NOW))
    assert (page.turn.label, page.turn.value, page.due.label) == ("状态", turn, label)
