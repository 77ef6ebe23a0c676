"""What stands above a case that doesn't run by itself, in a buyer's words: one row per reason that it is held for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from compensation.rules.held import HELD
from tests.pages.test_ticket_words import NOW, TOP_UP, sheet
from tickets.web.ticket_notices import WHY_HELD, notice
from tickets.web.ticket_sheet import RemedySheet

UNITS = replace(TOP_UP, state="held", delivered=0)
CASH = RemedySheet("refund", "held", amount_fen=5000)
SAFE_UNITS, SAFE_CASH = "该给您的都记着，一个都不会少。", "该退您的都记着，一分都不会少。"
DUE = NOW + timedelta(hours=24)
WHEN = "专人接手在办，最迟明天 13:05 办好，您不用再提交。"
LATE = "专人接手在办，您不用再提交。"


def said(remedy: RemedySheet, *, hours: int = 24) -> str:
    case = replace(sheet("waiting_ops", remedy), due_at=NOW + timedelta(hours=hours))
    return notice(sheet=case, now=NOW)


@pytest.mark.parametrize(
    ("remedy", "happened", "sure"),
    [
        (UNITS, "供货方报来的个数对不上，怕补重了，先停下来核对。", SAFE_UNITS),
        (
            replace(UNITS, held_reason="mismatch"),
            "供货方报来的个数对不上，怕补重了，先停下来核对。",
            SAFE_UNITS,
        ),
        (replace(UNITS, held_reason="faults"), "供货方暂时联系不上。", SAFE_UNITS),
        (replace(UNITS, held_reason="rest_again"), "补了两次还差一些，专人在找原因。", SAFE_UNITS),
        (replace(UNITS, state="failed"), "供货方这次没有补成，专人在换一个办法。", SAFE_UNITS),
        (replace(CASH, held_reason="faults"), "退款那边暂时联系不上。", SAFE_CASH),
        (replace(CASH, held_reason="manual_gateway"), "您付款的渠道不能自动退，由专人退给您。", SAFE_CASH),
        (replace(CASH, held_reason="licence_used"), "您的授权还没有收回，钱先不退。", SAFE_CASH),
        (replace(CASH, state="failed"), "这笔退款没有退成，钱还没有出去。", SAFE_CASH),
    ],
)
def test_what_happened_who_has_it_by_when_and_that_nothing_is_lost(remedy, happened, sure):
    assert (said(remedy), said(remedy, hours=-1)) == (f"{happened}{WHEN}{sure}", f"{happened}{LATE}{sure}")


INTERNAL = ("回执", "渠道的", "签名", "键", "意图", "对方后台", "provider", "系统")


@pytest.mark.parametrize("reason", sorted(HELD))
def test_no_reason_is_told_in_the_words_of_the_desk(reason):
    shown = said(replace(CASH, held_reason=reason)) + said(replace(UNITS, held_reason=reason))
    assert [word for word in INTERNAL if word in shown] == []
    assert HELD[reason].what not in shown


def test_every_reason_has_words_of_its_own():
    assert sorted(set(HELD) - set(WHY_HELD)) == []
