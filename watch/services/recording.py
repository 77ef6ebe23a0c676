"""What the record says of warnings, reports and surveys; links never get there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from evidence.rules.entries import Fact
from evidence.services import log
from watch.models import DropWarning, Incident, MonthlyReport, SurveyAnswer

KIND, MASS, REPORT, SURVEY = "warning", "incident", "report", "survey"


def warnings(rows: Sequence[DropWarning], *, what: str, now: datetime) -> None:
    """`what`: said | dropped | used."""
    log.record_many(facts=[Fact(KIND, row.order.order_no, _said(row, what)) for row in rows], now=now)


def _said(row: DropWarning, what: str) -> dict[str, Any]:
    return {
        "what": what, "window": row.window, "base": row.base, "loss": row.loss,
        "observed_at": row.observed_at.isoformat(), "ticket_no": row.ticket_no,
    }  # fmt: skip


def incident(row: Incident, *, now: datetime) -> None:
    """Opened, released or dismissed, by whom and why: for ops alone."""
    whose = (
        {"sku": row.product.sku} if row.product else {"supplier": row.supplier.code if row.supplier else ""}
    )
    data = {
        "id": row.pk, "about": row.about, "state": row.state, "lines": row.lines, "by": row.by, "reason": row.reason,
        **whose,
    }  # fmt: skip
    log.record(kind=MASS, order_no="", data=data, internal=True, now=now)


def reports(rows: Sequence[MonthlyReport], *, now: datetime) -> None:
    """That they were written, and a digest of what they say: whose and what is not in the record."""
    facts = [
        Fact(REPORT, "", {"no": row.no, "month": row.month, "figures": _digest(row.figures)}, True, row.pk)
        for row in rows
    ]
    log.record_many(facts=facts, now=now)


def survey(row: SurveyAnswer, *, now: datetime) -> None:
    """The stars, which public figures count; not the words."""
    data = {"month": row.report.month, "report": row.report.no, "stars": row.stars}
    log.record(kind=SURVEY, order_no="", data=data, internal=True, row_id=row.pk, now=now)


def _digest(figures: dict[str, Any]) -> str:
    plain = json.dumps(figures, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
