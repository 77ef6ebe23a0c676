"""How a decision and the cash of its line stand, for those who rule on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Sum

from compensation.models import DecisionRecord, Finding, LineBudget, Remedy
from compensation.queries import policy_version, refunded
from compensation.rules import closing
from compensation.rules.decide import decide
from compensation.rules.decision import Decision
from compensation.rules.facts import Facts

if TYPE_CHECKING:
    from orders.models import Order


def decision_of(*, record: DecisionRecord) -> Decision:
    """The stored decision with all that follows from its facts and policy."""
    ref = record.body["policy"]
    return decide(Facts(**record.facts), policy_version(ref["code"], ref["version"]))


def earlier(*, record: DecisionRecord) -> list[DecisionRecord]:
    """The decisions that findings replaced until this one was made, the newest first."""
    found = Finding.objects.filter(order_id=record.order_id, reason=record.reason).order_by("-id")
    replaced = {finding.at: finding.replaces for finding in found.select_related("replaces")}
    chain: list[DecisionRecord] = []
    while record.decided_at in replaced:  # a finding and its decision are of one instant
        record = replaced.pop(record.decided_at)
        chain.append(record)
    return chain


def later(*, record: DecisionRecord) -> list[DecisionRecord]:
    """The decisions that findings made in place of this one, each in place of the one before."""
    found = Finding.objects.filter(order_id=record.order_id, reason=record.reason).order_by("id")
    decided = DecisionRecord.objects.filter(order_id=record.order_id, reason=record.reason)
    made = {row.decided_at: row for row in decided.order_by("id")}
    instead = {finding.replaces_id: made.get(finding.at) for finding in found}
    chain: list[DecisionRecord] = []
    newer = instead.pop(record.pk, None)
    while newer is not None:
        chain.append(newer)
        newer = instead.pop(newer.pk, None)
    return chain


def refunded_of(*, order: Order) -> int:
    """Fen given back on the line by decisions, what is reserved included."""
    return refunded(LineBudget.objects.filter(order=order).first())


def left_of(*, order: Order) -> int:
    """Fen of the line that may still be given back."""
    budget = LineBudget.objects.get(order=order)
    return budget.paid_fen - budget.reserved_fen - budget.settled_fen


def waiting_on(*, order_id: int, but: DecisionRecord | None = None) -> tuple[int, int]:
    """(fen, units) that refunds of the line would take and a person has not agreed to; `but`: those of the others."""
    rows = Remedy.objects.filter(order_id=order_id, kind="refund", state="awaiting_approval")
    if but is not None:
        rows = rows.exclude(decision=but)
    sums = rows.aggregate(fen=Sum("amount_fen"), units=Sum("units_back"))
    return sums["fen"] or 0, sums["units"] or 0


def empties(*, record: DecisionRecord, cash_fen: int) -> bool:
    """Whether nothing of the line is left when this much cash of the decision has gone out, as the line stands now.

    What waits for a yes to another decision is left: it may be refused, and whichever goes out last closes the line.
    """
    if not cash_fen:
        return False
    budget = LineBudget.objects.get(order_id=record.order_id)
    fen, units = waiting_on(order_id=record.order_id, but=record)
    return closing.is_empty(
        paid_fen=budget.paid_fen, ordered=record.order.quantity,
        refunded_fen=budget.reserved_fen + budget.settled_fen - fen,
        refunded_units=budget.refunded_units - units,
    )  # fmt: skip


def is_as_decided(*, record: DecisionRecord) -> bool:
    """Whether the line still is what the decision was made on: nothing else was given back, or closed it, since."""
    budget = LineBudget.objects.get(order_id=record.order_id)
    facts = record.facts
    now = (refunded(budget), budget.refunded_units, budget.closed_by_id is not None)
    return now == (facts["refunded_fen"], facts["refunded_units"], facts["closed"])
