"""What the record says of people's rulings beside decisions: to the buyer what and why, to ops also who."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import Max

from compensation.models import Approval, Bearer, Contest, ContestAnswer, Finding, Override
from evidence.rules.entries import Fact
from evidence.services import log

OVERRIDE, FINDING, APPROVAL, BEARER = "override", "finding", "approval", "bearer"
CONTEST, CONTEST_ANSWER = "contest", "contest_answer"
Rows = Iterator[tuple[int, str, dict[str, Any]]]


def override(row: Override, *, now: datetime) -> None:
    _with_name(OVERRIDE, row.decision.order.order_no, _override(row), row, now)


def finding(row: Finding, *, now: datetime) -> None:
    _with_name(FINDING, row.order.order_no, _finding(row), row, now)


def approval(row: Approval, *, now: datetime) -> None:
    """Who approved is nobody's business but ops'."""
    data, order_no = _approval(row), row.decision.order.order_no
    log.record(kind=APPROVAL, order_no=order_no, data=data, row_id=row.pk, now=now, internal=True)


def bearer(row: Bearer, *, now: datetime) -> None:
    data, order_no = _bearer(row), row.decision.order.order_no
    log.record(kind=BEARER, order_no=order_no, data=data, row_id=row.pk, now=now, internal=True)


def contest(row: Contest, *, now: datetime) -> None:
    log.record(
        kind=CONTEST, order_no=row.order.order_no, data=_contest(row), row_id=row.pk, now=now, internal=True
    )


def contest_answer(row: ContestAnswer, *, now: datetime) -> None:
    data, order_no = _contest_answer(row), row.contest.order.order_no
    log.record(kind=CONTEST_ANSWER, order_no=order_no, data=data, row_id=row.pk, now=now, internal=True)


def _with_name(
    kind: str, order_no: str, data: dict[str, Any], row: Override | Finding, now: datetime
) -> None:
    by = {"id": row.pk, "name": row.by}
    log.record_many(
        facts=[Fact(kind, order_no, data, row_id=row.pk), Fact(f"{kind}_by", order_no, by, internal=True)],
        now=now,
    )


def _override(row: Override) -> dict[str, Any]:
    return {
        "id": row.pk, "decision": row.decision_id, "remedies": row.remedies, "needs_second": row.needs_second,
        "reason": row.reason,
    }  # fmt: skip


def _finding(row: Finding) -> dict[str, Any]:
    return {
        "id": row.pk,
        "reason": row.reason,
        "facts": row.facts,
        "replaces": row.replaces_id,
        "why": row.why,
    }


def _approval(row: Approval) -> dict[str, Any]:
    return {
        "id": row.pk, "decision": row.decision_id, "override": row.override_id, "by": row.by, "reason": row.reason,
    }  # fmt: skip


def _bearer(row: Bearer) -> dict[str, Any]:
    said = {"id": row.pk, "decision": row.decision_id, "party": row.party, "by": row.by, "reason": row.reason}
    # What was sealed before these were kept says nothing of them.
    kept = {"rests_on": row.rests_on, "carries": row.carries_id}
    return said | {name: value for name, value in kept.items() if value}


def _contest(row: Contest) -> dict[str, Any]:
    return {
        "id": row.pk, "bearer": row.bearer_id, "ticket": row.ticket_no, "text": row.text, "by": row.by,
        "answer_by": row.answer_by,
    }  # fmt: skip


def _contest_answer(row: ContestAnswer) -> dict[str, Any]:
    return {
        "id": row.pk,
        "contest": row.contest_id,
        "party": row.party,
        "reason": row.reason,
        "by": row.by,
    }


_TABLES: dict[str, tuple[Any, str, Callable[[Any], dict[str, Any]]]] = {
    OVERRIDE: (Override, "decision__order", _override),
    FINDING: (Finding, "order", _finding),
    APPROVAL: (Approval, "decision__order", _approval),
    BEARER: (Bearer, "decision__order", _bearer),
    CONTEST: (Contest, "order", _contest),
    CONTEST_ANSWER: (ContestAnswer, "contest__order", _contest_answer),
}


def tables() -> dict[str, Callable[..., Rows]]:
    """{kind: rows(after=id[, only=id])}: what the record must say of every ruling, as the tables have it now."""
    return {kind: _reader(*table) for kind, table in _TABLES.items()}


def last() -> dict[str, int]:
    """{kind: the newest id, 0 where there is none}."""
    return {
        kind: model.objects.aggregate(last=Max("pk"))["last"] or 0 for kind, (model, _, _) in _TABLES.items()
    }


def _reader(model: Any, path: str, said: Callable[[Any], dict[str, Any]]) -> Callable[..., Rows]:
    def rows(*, after: int, only: int | None = None) -> Rows:
        found = model.objects.filter(pk__gt=after).select_related(path).order_by("pk")
        if only is not None:
            found = found.filter(pk=only)
        for row in found.iterator(chunk_size=500):
            yield row.pk, attrgetter(path.replace("__", "."))(row).order_no, said(row)

    return rows
