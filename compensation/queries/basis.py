"""Which rows a decision rests on: its counts, or what was reported and handed over, by their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, Subquery

from common.clock import rfc3339
from common.language import say
from compensation.models import DecisionRecord, Finding, LineBudget, Remedy
from compensation.rules.names import RECORDS
from orders import queries as orders

if TYPE_CHECKING:
    from compensation.queries.quoting import Quote
    from orders.models import Order

# These are answered without a look at what was counted.
NOT_COUNTED = frozenset({"guidance", "message", "closed"})


def basis_of(*, order: Order, found: Quote) -> dict[str, Any]:
    """{counts} or {usage, deliveries}, as the decision keeps them beside its instants; at most one statement.

    With {findings} what a person established, with {unshown} the counts around a top-up that none of them shows, with
    {given} what the line was given before, where there is any; that, and keys that were looked at, ask once each. On a
    closed line {closed_by} is what closed it.
    """
    kept: dict[str, Any] = {}
    if found.finding:
        kept["findings"] = [{"id": found.finding.pk, "at": rfc3339(found.finding.at)}]
    if found.decision.clause == "closed":
        kept["closed_by"] = _listed(
            Q(kind="refund", decision__in=LineBudget.objects.filter(order=order).values("closed_by"))
        )
    if found.decision.clause in NOT_COUNTED:
        return kept
    if found.unshown:
        kept["unshown"] = [_count(order, row) for row in found.unshown]
    if given := _given(order, found):
        kept["given"] = given
    if found.facts.revealed_units and (seen := orders.revealed_keys(order=order)):
        kept["keys"] = [{"id": unit, "at": rfc3339(at)} for unit, at in seen]
    return kept | (_counts(order, found) if found.decision.terms.kind == "metered" else _said(order))


def _given(order: Order, found: Quote) -> list[dict[str, Any]]:
    """The remedies that the facts count: units that came or will, and money that went back or will."""
    wanted = Q(pk__in=[grant.row for grant in found.given])
    if found.facts.refunded_fen or found.facts.refunded_units:
        wanted |= Q(order=order, kind="refund") & ~Q(state__in=("voided", "failed"))
    elif not found.given:
        return []
    return _listed(wanted)


def _listed(wanted: Q) -> list[dict[str, Any]]:
    return [
        {
            "id": one.pk, "at": rfc3339(one.created_at), "key": str(one.key), "kind": one.kind,
            "amount_fen": one.amount_fen, "quantity": one.quantity, "delivered": one.delivered,
        }
        for one in Remedy.objects.filter(wanted).order_by("pk")
    ]  # fmt: skip


def _said(order: Order) -> dict[str, Any]:
    rows = orders.said_of(order=order)
    return {
        name: [{"id": row, "at": rfc3339(at)} for kind, row, at in rows if kind == of]
        for name, of in (("usage", "usage"), ("deliveries", "delivery"))
    }


def counts_named(*, order_ids: Iterable[int]) -> set[int]:
    """The counts that decisions on these orders name, under whichever line; one statement."""
    rows = DecisionRecord.objects.filter(order_id__in=list(order_ids)).order_by()
    return {
        row["id"]
        for sources in rows.values_list("sources", flat=True)
        for name in ("counts", "unshown")
        for row in (sources or {}).get(name, ())
    }


def findings_of(*, order: Order, most: int) -> list[Finding]:
    """What people established of it, the newest first."""
    return list(Finding.objects.filter(order=order)[:most])


def decided_instead(*, order_ids: Iterable[int]) -> dict[int, int]:
    """{decision: the one that a finding made in its place}, of these lines; one statement."""
    # A finding and its decision are of one instant.
    made = DecisionRecord.objects.filter(
        order=OuterRef("order"), reason=OuterRef("reason"), decided_at=OuterRef("at"),
        pk__gt=OuterRef("replaces"),
    )  # fmt: skip
    rows = Finding.objects.filter(order_id__in=list(order_ids)).order_by()
    found = rows.annotate(made=Subquery(made.order_by("-pk").values("pk")[:1]))
    return dict(found.exclude(made=None).values_list("replaces_id", "made"))


def records_of(sources: Mapping[str, Any] | None) -> str:
    """计数第 12、13 号，用量第 4 号: the rows that the facts were read from; "" where none were kept."""
    kept = sources or {}
    said = (
        say(sentence, ids="、".join(str(row["id"]) for row in kept[name]))
        for name, sentence in RECORDS.items()
        if kept.get(name)
    )
    return say("，").join(said)


def findings_numbered(ids: Iterable[int]) -> dict[int, Finding]:
    """{number: what a person established}; no question where none is asked for."""
    return Finding.objects.in_bulk(list(ids)) if ids else {}


def _counts(order: Order, found: Quote) -> dict[str, Any]:
    """Its own count of what was delivered, and the measurement of what is there now, whichever line had it."""
    look = found.look
    instants = {at for at in (order.rollup.delivered_seen_at, look.at if look else None) if at}
    if not instants:
        return {}
    others = (*look.lines, look.under) if look else ()
    rows = orders.counts_at(lines=[line for line in (order.pk, *others) if line], instants=instants)
    kept = [row for row in rows if row.order_id == order.pk or (look and row.at == look.at)]
    return {"counts": [_count(order, row) for row in kept]}


def _count(order: Order, row: orders.CountRow) -> dict[str, Any]:
    return {
        "id": row.id, "at": rfc3339(row.at), "count": row.counted, "measurable": row.measurable,
        "own": row.order_id == order.pk,
    }  # fmt: skip
