"""Reads of lines and of what they were given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F, Prefetch, QuerySet

from common.clock import month_of
from compensation.models import DeliveredUnit, LineBudget, Remedy, UnitDelivery
from compensation.rules import lines, loyalty
from orders import queries as orders

if TYPE_CHECKING:
    from orders.models import Order, Rollup

ACCOUNTS_SHOWN = 200  # of each remedy in a list; a page of its own has them all


def paid_months(buyers: set[str]) -> dict[str, set[tuple[int, int]]]:
    """{buyer: calendar months with at least one order paid and not fully refunded}."""
    spent = LineBudget.objects.filter(order__buyer__external_id__in=sorted(buyers), paid_fen__gt=0)
    refunded = set(
        spent.filter(paid_fen=F("reserved_fen") + F("settled_fen")).values_list("order_id", flat=True)
    )
    months: dict[str, set[tuple[int, int]]] = {}
    for order_id, buyer, paid_at in orders.payments_of(buyers):
        if order_id not in refunded:
            months.setdefault(buyer, set()).add(month_of(paid_at))
    return months


def streak_now(*, buyer: str, now: datetime) -> int:
    """Months in a row with an order that a buyer has, the month that isn't over yet left open."""
    return loyalty.alive(paid_months({buyer}).get(buyer, set()), this=month_of(now))


def line_of(order: Order, *, grants: tuple[lines.Grant, ...] | None = None) -> lines.Line:
    """The line as the rules read it: rollup and grants (read here unless the caller, or the order, knows them)."""
    rollup: Rollup = order.rollup
    if grants is None:
        known = getattr(order, "top_ups", None)
        given = top_ups().filter(order=order) if known is None else known
        grants = tuple(grant_of(remedy) for remedy in given)
    return lines.Line(
        completed_at=rollup.completed_at,
        window_ends_at=rollup.window_ends_at,
        warranty_ends_at=rollup.completed_at + timedelta(days=order.warranty_days),
        delivered=rollup.delivered,
        window=_look(rollup.window_seen_at, rollup.window_present),
        newest=_look(rollup.newest_seen_at, rollup.newest_present),
        grants=grants,
    )


def remedies() -> Any:
    """All remedies, as they were given."""
    return Remedy.objects.order_by("id")


def remedies_of(*, order: Order) -> Any:
    """All that the order was given, oldest first, with what came and how far its accounts are known."""
    return remedies().filter(order=order).select_related("unit_list").prefetch_related("deliveries")


def given_within(buyers: Iterable[int], *, since: datetime, until: datetime) -> QuerySet[Remedy]:
    """What orders of these buyers were given from `since` and before `until`, the oldest first: with its order and
    what followed it."""
    rows = Remedy.objects.filter(
        order__buyer_id__in=list(buyers), created_at__gte=since, created_at__lt=until
    )
    return rows.select_related("order", "followed_by").order_by("pk")


def unit_records(*, order: Order) -> Any:
    """补单记录: the order's remedies, newest first, with what came and the first of the accounts it came from."""
    first = DeliveredUnit.objects.order_by("n")[:ACCOUNTS_SHOWN]
    return (
        Remedy.objects.filter(order=order)
        .prefetch_related(
            Prefetch("deliveries", UnitDelivery.objects.order_by("id")), Prefetch("accounts", first, to_attr="listed")
        )
        .order_by("-id")
    )  # fmt: skip


def delivered_units(*, order: Order, remedies: Iterable[int] | None = None) -> QuerySet[DeliveredUnit]:
    """Every unit that the supplier named an account of, newest first; of some remedies, or of all."""
    rows = DeliveredUnit.objects.filter(order=order).order_by("-id")
    return rows if remedies is None else rows.filter(remedy_id__in=list(remedies))


def top_ups() -> Any:
    """Everything granted back on lines, with what came of it."""
    return Remedy.objects.filter(kind="top_up").prefetch_related("deliveries").order_by("id")


def _look(at: datetime | None, present: int | None) -> lines.Look | None:
    return None if at is None else lines.Look(at, present)


def grant_of(remedy: Remedy) -> lines.Grant:
    return lines.Grant(
        cover=remedy.cover,
        quantity=remedy.quantity or 0,
        loss_share=remedy.loss_share,
        ended=remedy.ended,
        came=tuple((unit.quantity, unit.delivered_at) for unit in remedy.deliveries.all()),
        given_at=remedy.created_at,
        row=remedy.pk,
    )
