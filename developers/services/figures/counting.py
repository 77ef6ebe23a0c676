"""Orders are counted again: what they add now is written beside what they added before, and the difference applied.

Only whoever holds the follower's row comes here (`following`), so that nobody else writes these tables meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from common.clock import shanghai
from compensation import queries as compensation
from developers.models import CountedClaim, CountedCost, CountedSale
from developers.rules import counting as rules
from developers.rules.groups import RECALL
from developers.rules.recalls import version_of
from developers.services.figures import adding
from orders import queries as orders
from tickets import queries as tickets
from tickets.rules.lifecycle import FINAL


def changed(*, order_ids: Collection[int]) -> None:
    """Count these orders again, whatever became of them. In the transaction of the follower's move."""
    lines = {order.pk: order for order in orders.bought(ids=order_ids)}
    fresh = _read(lines)
    known = tuple(list(model.objects.filter(order_id__in=list(lines))) for model in _TABLES)
    for model, before, rows in zip(_TABLES, known, fresh, strict=True):
        _write(model, before, rows)
    adding.add(
        cells=rules.differences(before=_cells(known), now=_cells(fresh)),
        owed=rules.differences(before=rules.owed_by_product(known[1]), now=rules.owed_by_product(fresh[1])),
    )


_TABLES = (CountedClaim, CountedCost, CountedSale)


def _cells(rows: Sequence[list[Any]]) -> rules.Sums:
    claims, costs, sales = rows
    return rules.cells(claims=claims, costs=costs, sales=sales)


def _read(lines: dict[int, Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """(claims, costs, sales) as they stand now; as many queries for one order as for hundreds."""
    claims = [_case(row) for row in tickets.cases_of(order_ids=lines)]
    remedies = [_remedy(row) for row in compensation.remedies_of_lines(order_ids=lines)]
    costs = [_cost(remedy, lines[remedy.order]) for remedy in remedies]
    about = {claim.order for claim in claims}
    listed = orders.listed_of(order_ids=about) if about else {}
    counted = {claim.ticket: _claim(claim, lines[claim.order], listed) for claim in claims}
    belongs = rules.tickets_of(claims, remedies)
    for cost in costs:
        if (ticket := belongs.get(cost.remedy_id)) is not None:
            _bear(counted[ticket], cost)
            cost.reason = cost.reason if counted[ticket].filed else RECALL
    return list(counted.values()), costs, [_sale(order) for order in lines.values() if not order.is_gift]


def _case(row: tickets.Stand) -> rules.Claim:
    return rules.Claim(
        row.pk, row.order_id, row.reason, row.outcome, row.channel, row.state in FINAL, row.decision_id,
        row.opened_at,
    )  # fmt: skip


def _remedy(row: Any) -> rules.Remedy:
    return rules.Remedy(
        row.pk, row.order_id, row.decision_id, row.decision.reason, row.decision.decided_at, row.kind, row.state,
        row.ended_at, row.amount_fen, row.quantity, row.delivered,
    )  # fmt: skip


def _claim(claim: rules.Claim, order: Any, listed: dict[int, dict[str, object]]) -> CountedClaim:
    return CountedClaim(
        ticket_id=claim.ticket, order_id=claim.order, product_id=order.product_id, reason=claim.reason,
        goods_version=version_of(listed.get(claim.order, {})), day=_day(claim.opened_at), opened_at=claim.opened_at,
        **rules.flags(claim),
    )  # fmt: skip


def _cost(remedy: rules.Remedy, order: Any) -> CountedCost:
    return CountedCost(
        remedy_id=remedy.pk, order_id=remedy.order, product_id=order.product_id, reason=remedy.reason,
        day=_day(remedy.ended_at) if remedy.ended_at else None, **rules.came(remedy), **rules.owed(remedy),
    )  # fmt: skip


def _sale(order: Any) -> CountedSale:
    return CountedSale(
        order_id=order.pk, product_id=order.product_id, day=_day(order.paid_at), sold=order.quantity
    )


def _bear(claim: CountedClaim, cost: CountedCost) -> None:
    for name in ("fen", "units", "gifts", *rules.OWED):
        setattr(claim, name, getattr(claim, name) + getattr(cost, name))


def _day(at: datetime) -> date:
    return shanghai(at).date()


def _write(model: Any, before: Iterable[Any], rows: Iterable[Any]) -> None:
    """Only what is new or other than it was; what is no more goes."""
    known, fresh = ({row.pk: _values(row) for row in some} for some in (before, rows))
    written = [row for row in rows if known.get(row.pk) != fresh[row.pk]]
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=[model._meta.pk.name],
        update_fields=names,
        batch_size=50,
    )
    if gone := known.keys() - fresh.keys():
        model.objects.filter(pk__in=gone).delete()


def _values(row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, field.attname) for field in row._meta.concrete_fields)
