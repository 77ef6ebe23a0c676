"""What the record says of decisions and remedies, and whether the tables still say the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Max

from compensation.models import DecisionRecord, HandWord, PolicyVersion, Remedy
from compensation.rules.facts import NOT_PUBLIC
from evidence.rules.entries import Fact
from evidence.services import log

if TYPE_CHECKING:
    from orders.models import Licence

DECISION, REMEDY = "decision", "remedy"
SAID = ("policy", "clause", "outcome", "remedies", "measures", "requires_review")


def decision(record: DecisionRecord, *, now: datetime) -> None:
    """The decision as its buyer may read it; what only ops may know is an entry of its own, for ops."""
    order_no = record.order.order_no
    facts = [Fact(DECISION, order_no, _said(record), row_id=record.pk)]
    private = {name: record.facts[name] for name in sorted(NOT_PUBLIC) if record.facts.get(name)}
    if private:
        data = {"id": record.pk, "facts": private, "review_reasons": record.review_reasons}
        facts.append(Fact("decision_internal", order_no, data, internal=True))
    log.record_many(facts=facts, now=now)


def decisions(*, after: int, only: int | None = None) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(id, order number, what the record must say) of every decision after that id, as the table has it now."""
    rows = DecisionRecord.objects.filter(pk__gt=after).select_related("order").order_by("pk")
    if only is not None:
        rows = rows.filter(pk=only)
    return ((row.pk, row.order.order_no, _said(row)) for row in rows.iterator(chunk_size=500))


def last() -> dict[str, int]:
    """{kind: the newest id, 0 where there is none}."""
    models: dict[str, Any] = {DECISION: DecisionRecord, REMEDY: Remedy}
    return {kind: model.objects.aggregate(last=Max("pk"))["last"] or 0 for kind, model in models.items()}


def _said(record: DecisionRecord) -> dict[str, Any]:
    reasons = ["manual" if reason == "risk" else reason for reason in record.review_reasons]
    return {
        "id": record.pk, "reason": record.reason, "sources": record.sources, "decided_at": record.decided_at,
        "facts": {name: value for name, value in record.facts.items() if name not in NOT_PUBLIC},
        **{name: record.body[name] for name in SAID}, "review_reasons": reasons,
    }  # fmt: skip


def remedy(row: Remedy, *, now: datetime) -> None:
    """How a remedy stands; one entry when it is granted and one for each move after that."""
    log.record(kind=REMEDY, order_no=row.order.order_no, data=_standing(row), row_id=row.pk, now=now)


def remedies(*, after: int, only: int | None = None) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(id, order number, what the newest entry must say) of every remedy after that id, as the table has it now."""
    rows = Remedy.objects.filter(pk__gt=after).select_related("order").order_by("pk")
    if only is not None:
        rows = rows.filter(pk=only)
    return ((row.pk, row.order.order_no, _standing(row)) for row in rows.iterator(chunk_size=2000))


def _standing(row: Remedy) -> dict[str, Any]:
    return {
        "key": row.key, "decision": row.decision_id, "kind": row.kind, "ordinal": row.ordinal,
        "amount_fen": row.amount_fen, "quantity": row.quantity, "grade": row.grade, "state": row.state,
        "delivered": row.delivered,
    }  # fmt: skip


def licence(row: Licence, *, order_no: str, step: str, key: UUID, state: str, now: datetime) -> None:
    """A step on the licence of one unit: filed, ended, or held. The number of the licence is nobody's to publish."""
    data = {"unit": row.unit, "step": step, "key": key, "state": state, "refund": row.taken_by}
    log.record(kind="licence", order_no=order_no, data=data, now=now)


def hand_word(row: HandWord, *, now: datetime) -> None:
    """What a person said of a remedy, for ops only: the buyer reads what became of it, and no names."""
    said = {
        "key": row.remedy.key, "action": row.action, "about": row.about, "reference": row.reference,
        "reason": row.reason, "by": row.by, "carried_out": row.carried_out,
    }  # fmt: skip
    log.record(kind="by_hand", order_no=row.remedy.order.order_no, data=said, now=now, internal=True)


def policies(rows: list[PolicyVersion], *, now: datetime) -> None:
    """Versions published: their hashes, by which every order and decision names them."""
    log.record_many(
        facts=[
            Fact("policy", "", {"code": row.code, "version": row.version, "hash": row.hash}) for row in rows
        ],
        now=now,
    )


def retirement(policy: PolicyVersion, *, by: str, reason: str, now: datetime) -> None:
    data = {"code": policy.code, "version": policy.version, "by": by, "reason": reason}
    log.record(kind="policy_retired", order_no="", data=data, now=now)
