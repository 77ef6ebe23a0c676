"""What the record says of the funds: what was claimed, answered and paid; names and words for ops alone."""

from __future__ import annotations

from datetime import datetime

from developers.models import FundClaim, FundMove, FundWord
from evidence.rules.entries import Fact
from evidence.services import log

CLAIM, MOVE = "fund_claim", "fund_move"


def claim(row: FundClaim, *, what: str, now: datetime, word: FundWord | None = None) -> None:
    """`what`: paid, or what a person did."""
    said = {
        "no": row.no, "what": what, "state": row.state, "cause": row.cause, "fen": row.fen, "paid_fen": row.paid_fen,
        "cases": [
            {"ticket": each.ticket.no, "fen": sum(part[2] for part in each.parts)}
            for each in row.cases.select_related("ticket").order_by("id")
        ],
    }  # fmt: skip
    facts = [Fact(CLAIM, "", said)]
    if word is not None:
        about = {"no": row.no, "what": what, "by": word.by, "reason": word.reason}
        facts.append(Fact(f"{CLAIM}_by", "", about, internal=True))
    log.record_many(facts=facts, now=now)


def move(row: FundMove, *, what: str, by: str, now: datetime) -> None:
    """`what`: asked | booked | dropped."""
    said = {"no": row.no, "what": what, "sort": row.sort, "fen": row.fen}
    about = {
        "no": row.no, "what": what, "by": by, "why": row.why, "note": row.note, "developer": row.developer_id,
    }  # fmt: skip
    facts = [Fact(MOVE, "", said), Fact(f"{MOVE}_by", "", about, internal=True)]
    log.record_many(facts=facts, now=now)
