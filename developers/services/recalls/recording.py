"""What the record says of recalls: what was asked, shown, agreed and given; names and reasons for ops alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from common.clock import rfc3339
from developers.models import Recall, RecallLine, RecallWord
from evidence.rules.entries import Fact
from evidence.services import log

KIND, LINE = "recall", "recall_line"


def recall(row: Recall, *, what: str, now: datetime, word: RecallWord | None = None) -> None:
    """`what`: asked | shown | changed | checked | done, or what a person did."""
    said = {
        "no": row.no, "what": what, "state": row.state, "sku": row.product.sku, "by": row.by,
        "from": rfc3339(row.start), "to": rfc3339(row.end), "batch": row.batch, "version": row.goods_version,
        "supplier": row.supplier.code if row.supplier else "",
        "cause": row.cause, "party": row.party, "remedy": row.remedy, "quantity": row.quantity,
        "digest": row.digest, "figures": row.figures, "progress": row.progress,
    }  # fmt: skip
    facts = [Fact(KIND, "", said)]
    if word is not None:
        about = {"no": row.no, "what": what, "by": word.by, "reason": word.reason}
        facts.append(Fact(f"{KIND}_by", "", about, internal=True))
    log.record_many(facts=facts, now=now)


def lines(rows: Sequence[RecallLine], *, now: datetime) -> None:
    """What became of each, as its buyer may read it."""
    facts = [
        Fact(
            LINE, row.order.order_no,
            {
                "recall": row.recall.no, "state": row.state, "skip": row.skip, "fen": row.fen, "units": row.units,
                "decision": row.decision_id,
            },
        )
        for row in rows
    ]  # fmt: skip
    log.record_many(facts=facts, now=now)
