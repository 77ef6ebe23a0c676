"""Ops give something else than the decision computed: within what was paid, and above the limit by two people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from common.phrases import phrase
from common.refusals import Invalid
from compensation.models import DecisionRecord, LineBudget, Override
from compensation.rules import closing, lines, overrides
from compensation.rules.decision import Remedy as Wanted
from compensation.rules.overrides import CASH
from compensation.services import binding, recording_rulings, releasing, remedies, standing, taking_back
from compensation.services.remedies import BudgetSpent


def rule(
    *, record: DecisionRecord, wanted: Sequence[Mapping[str, Any]], by: str, reason: str, now: datetime
) -> Override:
    """Keep what shall be given instead; `needs_second`: a colleague has to approve it. `carry_out` gives it.

    Refuses: Invalid. Needs the line's lock.
    """
    given = _read(record, wanted)
    cash = sum(one.amount_fen or 0 for one in given)
    freed = sum(remedy.amount_fen or 0 for remedy in taking_back.unsent(record=record))
    policy = standing.decision_of(record=record).terms
    refunded = standing.refunded_of(order=record.order) - freed
    row = Override.objects.create(
        decision=record, remedies=[one.as_data() for one in given], reason=reason, by=by, at=now,
        needs_second=overrides.needs_second(refunded_fen=refunded, cash_fen=cash, policy=policy),
    )  # fmt: skip
    recording_rulings.override(row, now=now)
    return row


def carry_out(*, row: Override, now: datetime, units_back: int | None = None) -> None:
    """Void what never went out and give what was ruled, or let it wait. Refuses: BudgetSpent. Needs the line's lock.

    `units_back`: how many units its cash pays for, where whoever rules has worked that out; else as cash alone tells.
    """
    taking_back.take_back(record=row.decision, by=row.by, reason=row.reason, now=now)
    _give(row, tuple(Wanted(**one) for one in row.remedies), now, units_back)


def newest(*, record: DecisionRecord) -> Override | None:
    """The override that holds, if there is one."""
    return Override.objects.filter(decision=record).order_by("-id").first()


def empties(*, row: Override) -> bool:
    """Whether nothing of the line is left after its cash: then the line closes."""
    cash = sum(remedy["amount_fen"] or 0 for remedy in row.remedies)
    return standing.empties(record=row.decision, cash_fen=cash)


def _read(record: DecisionRecord, wanted: Sequence[Mapping[str, Any]]) -> tuple[Wanted, ...]:
    order = record.order
    given, faults = overrides.parse(
        wanted, ordered=order.quantity, metered=order.product.kind == "metered",
        gift_line=bool(record.facts.get("gift")),
    )  # fmt: skip
    if faults:
        raise Invalid(errors=faults)
    return given


def _give(row: Override, given: tuple[Wanted, ...], now: datetime, units_back: int | None) -> None:
    record, order = row.decision, row.decision.order
    known = binding.known(order=order, wanted=[one for one in given if not remedies.by_hand(order, one.kind)])
    fresh = []
    for one in given:
        units = _units_back(record, one) if units_back is None or one.kind != CASH else units_back
        if one.amount_fen is not None:
            _reserve(record, one.amount_fen, units, known)
        fresh.append(remedies.add(
            record=record, kind=one.kind, amount_fen=one.amount_fen, quantity=one.quantity, grade=one.grade,
            units_back=units, loss_share=_loss_share(record, one), override=row,
            state="awaiting_approval" if row.needs_second else "pending", now=now,
        ))  # fmt: skip
    if not row.needs_second:
        closes = empties(row=row) and known.exactly
        releasing.release(rows=fresh, record=record, closes=closes, now=now, waits=known.waits)


def _reserve(record: DecisionRecord, amount_fen: int, units: int, known: binding.Known) -> None:
    if known is not binding.FREE:
        binding.make_room(order=record.order, amount_fen=amount_fen)
    try:
        remedies.reserve(record=record, amount_fen=amount_fen, units=units)
    except BudgetSpent:
        left = f"{standing.left_of(order=record.order) / 100:.2f}"
        raise BudgetSpent(phrase("这一单实付的钱里还能退 ¥{left}，请把金额改到它以内。", left=left)) from None


def _units_back(record: DecisionRecord, one: Wanted) -> int:
    """Units that a refund takes: the decision's own where it is the same sum, all where no cash is left, else none.

    Refunds are cumulative: what went without units is taken off the next one.
    """
    if one.amount_fen is None:
        return 0
    budget = LineBudget.objects.get(order_id=record.order_id)
    left = max(0, record.order.quantity - budget.refunded_units)
    if budget.paid_fen - budget.settled_fen - budget.reserved_fen <= one.amount_fen:
        return left
    decision = standing.decision_of(record=record)
    paid = record.remedies.filter(kind=CASH).exclude(**taking_back.NOTHING).exists()
    same = one.amount_fen == decision.cash_fen and not paid
    return min(left, closing.units_given_back(decision)) if same else 0


def _loss_share(record: DecisionRecord, one: Wanted) -> int:
    """A top-up restores at most what it brings."""
    if one.kind != "top_up":
        return 0
    return min(one.quantity or 0, lines.loss_share(standing.decision_of(record=record).facts, record.clause))
