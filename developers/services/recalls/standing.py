"""How lines stand before a recall gives them something: many at a time, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from compensation import queries as compensation
from compensation.queries import Given
from developers.models import Recall, RecallLine
from developers.rules import netting
from developers.rules.netting import Due, Standing
from developers.rules.recalls import CAUSES
from tickets import queries as tickets

if TYPE_CHECKING:
    from compensation.models import LineBudget
    from orders.models import Order


def dues(*, recall: Recall, lines: Mapping[int, Order]) -> dict[int, Due]:
    """{order: what the recall would give it now}."""
    budgets = compensation.budgets_of(order_ids=lines)
    given = _given(recall, lines)
    asked = tickets.orders_in_review(order_ids=lines, reasons=CAUSES[recall.cause].reasons)
    return {
        pk: netting.due(
            remedy=recall.remedy, quantity=recall.quantity,
            line=_standing(order, budgets.get(pk), given.get(pk, Given()), in_review=pk in asked),
        )
        for pk, order in lines.items()
    }  # fmt: skip


def _given(recall: Recall, order_ids: Iterable[int]) -> dict[int, Given]:
    """By claims about the same, and by earlier recalls for the same cause."""
    earlier = RecallLine.objects.filter(order_id__in=list(order_ids), recall__cause=recall.cause)
    decisions = earlier.exclude(decision=None).exclude(recall=recall).values_list("decision_id", flat=True)
    return compensation.given_for(
        order_ids=order_ids, reasons=CAUSES[recall.cause].reasons, decision_ids=list(decisions)
    )


def _standing(order: Order, budget: LineBudget | None, given: Given, *, in_review: bool) -> Standing:
    return Standing(
        ordered=order.quantity, paid_fen=order.paid_fen,
        refunded_fen=budget.reserved_fen + budget.settled_fen if budget else 0,
        refunded_units=budget.refunded_units if budget else 0,
        closed=budget is not None and budget.closed_by_id is not None,
        made_good=given.units, bare_fen=given.bare_fen, in_review=in_review or given.waits,
    )  # fmt: skip
