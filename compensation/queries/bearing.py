"""Who the record says bears a decided case, who bears it by a person's word, and what was said against that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from common.language import say
from compensation.models import Bearer, Contest, DecisionRecord
from compensation.rules.bearing import CONTEST_WITHIN, DEVELOPER, Proposal, Shown, propose
from compensation.rules.facts import DEFECTS
from compensation.rules.names import RECORDS
from orders import queries as orders

_KEPT = ("counts", "unshown", "findings", "deliveries")


def proposal_of(record: DecisionRecord) -> Proposal:
    """By the rows that the decision keeps, and what else is on record of its line; five statements at the most."""
    facts, order = record.facts, record.order
    return propose(
        Shown(
            reason=record.reason, clause=record.clause, fault=facts.get("fault", "none"),
            proof=facts.get("proof", "none"), late=bool(facts.get("late")),
            contradicted=order.rollup.contradicted_at is not None,
            has_developer=order.product.developer_id is not None, rows=_rows(record),
        )
    )  # fmt: skip


def _rows(record: DecisionRecord) -> dict[str, tuple[int, ...]]:
    order, sources = record.order, record.sources or {}
    rows = {kind: tuple(row["id"] for row in sources.get(kind, ())) for kind in _KEPT}
    if not rows["deliveries"]:
        rows["deliveries"] = tuple(orders.batches_of(order=order))
    if not sources.get("given"):  # else what is missing may be of a top-up, from elsewhere
        rows["suppliers"] = tuple(one.pk for one in orders.suppliers_of(order_ids=[order.pk]).values())
    if record.reason in ("refund", "delay"):
        rows["outages"] = tuple(orders.outages_of(order=order))
        rows["orders"] = (order.pk,)  # its deadline shows something only where it may have been missed
    if record.reason in DEFECTS:
        rows["listed"] = tuple(orders.listing_of(order=order))
    return {kind: ids for kind, ids in rows.items() if ids}


def rows_said(rows: Mapping[str, Iterable[int]]) -> str:
    """计数第 12、13 号，发货第 4 号"""
    said = (
        say(sentence, ids="、".join(map(str, rows[kind])))
        for kind, sentence in RECORDS.items()
        if rows.get(kind)
    )
    return say("，").join(said)


def bearer_of(record: DecisionRecord) -> Bearer | None:
    """The newest word holds."""
    rows = Bearer.objects.filter(decision=record).select_related("contest", "carries__contest")
    return rows.order_by("-id").first()


def is_contested(row: Bearer) -> bool:
    """Once per word: also where it was said of a decision that a finding replaced since."""
    return hasattr(row.carries or row, "contest")


def was_put_on(record: DecisionRecord, *, party: str) -> bool:
    """Whether it was ever said of the decision that this party bears it."""
    return Bearer.objects.filter(decision=record, party=party).exists()


def contests_of(*, ticket_no: str) -> QuerySet[Contest]:
    """What the developer said against bearing a case, the newest first, with its answer."""
    rows = Contest.objects.filter(ticket_no=ticket_no)
    return rows.select_related("bearer", "answer").order_by("-id")


def open_contests() -> QuerySet[Contest]:
    """Those that wait for ops, the most pressing first."""
    rows = Contest.objects.filter(answer=None).select_related("order", "bearer__decision")
    return rows.order_by("answer_by", "id")


def contests_answered(*, developer: Any, since: datetime, until: datetime) -> QuerySet[Contest]:
    """What the developer said against bearing a cost and was answered within."""
    rows = Contest.objects.filter(
        answer__at__gte=since, answer__at__lt=until, order__product__developer=developer
    )
    return rows.select_related("answer").order_by("id")


def newest_party(decision: str) -> Subquery:
    """Who bears the decision of that name in a query, by the newest word; None where nobody has said."""
    said = Bearer.objects.filter(decision=OuterRef(decision)).order_by("-id")
    return Subquery(said.values("party")[:1])


def contestable(*, developer: Any, now: datetime) -> QuerySet[Bearer]:
    """What was put on the developer so lately that it may still be contested, and was not; the newest first."""
    rows = Bearer.objects.filter(
        at__gte=now - CONTEST_WITHIN, party=DEVELOPER, contest=None, carries__contest=None,
        decision__order__product__developer=developer,
    )  # fmt: skip
    newer = Bearer.objects.filter(decision=OuterRef("decision"), pk__gt=OuterRef("pk"))
    return (
        rows.exclude(Exists(newer))
        .select_related("decision__order__product", "decision__order__buyer")
        .order_by("-id")
    )
