"""Money that comes into the funds, a developer's share that is kept for them, and what is paid out of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from common.phrases import phrase
from common.refusals import StateMoved
from ledger.models import Transfer
from ledger.rules.sharing import DISPUTES, FUND
from ledger.services import balances

FUNDS = (FUND, DISPUTES)
PLATFORM, SALES, PAID = "platform_expense", "sales", "developer_paid"
CONTRIBUTION, SHARE, PAID_OUT = "fund", "share", "paid_out"


class NotThatMuch(StateMoved):
    code = "not_that_much"


@transaction.atomic
def contribute(*, fund: str, fen: int, reference: str, now: datetime) -> Transfer:
    """The platform puts money into a fund."""
    assert fund in FUNDS
    if fund == FUND:
        balances.hold(())
    return balances.book(
        debit=PLATFORM, credit=fund, fen=fen, reason=CONTRIBUTION, reference=reference, order_no="", now=now
    )


@transaction.atomic
def credit_share(*, account: str, fen: int, reference: str, now: datetime) -> Transfer:
    """A developer's share of sales, kept here: from then on their account never goes below nothing."""
    balances.hold([account])
    row = balances.book(
        debit=SALES, credit=account, fen=fen, reason=SHARE, reference=reference, order_no="", now=now
    )
    balances.mark(code=account)
    return row


@transaction.atomic
def pay_out(*, account: str, fen: int, reference: str, now: datetime) -> Transfer:
    """What was paid to the developer outside, no more than is kept for them. Refuses: NotThatMuch."""
    held = balances.hold([account])[account]
    if held.amount < fen:
        has = f"{max(0, held.amount) / 100:.2f}"
        raise NotThatMuch(phrase("账上替这位开发者存着 ¥{has}，请把金额改到它以内。", has=has))
    return balances.book(
        debit=account, credit=PAID, fen=fen, reason=PAID_OUT, reference=reference, order_no="", now=now
    )
