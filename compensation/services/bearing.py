"""Who bears what a decision costs: said by a person, booked for what was paid and for what is paid later."""

from __future__ import annotations

from datetime import datetime

from compensation import queries
from compensation.models import PARTIES, Bearer, DecisionRecord, Remedy
from compensation.services import recording_rulings, standing
from ledger.services import bearing as books

__all__ = ["PARTIES", "account_of", "follow", "set_bearer", "settled"]
# rules §4. Until it is known, and where it can't be, the dispute fund bears it.
UNKNOWN = "dispute_fund"
ACCOUNTS = {
    "platform": "platform_expense",
    "buyer": "platform_expense",
    "supplier": "supplier_payable",
    "unknown": UNKNOWN,
}


def set_bearer(
    *, record: DecisionRecord, party: str, by: str, reason: str, now: datetime, carries: Bearer | None = None
) -> Bearer:
    """From now on this party bears the decision's cost, also what was booked on another. Needs the line's lock."""
    shown = queries.proposal_of(record)
    row = Bearer.objects.create(
        decision=record, party=party, reason=reason, by=by, at=now, carries=carries,
        rests_on={"proposed": shown.party, "rows": {kind: list(ids) for kind, ids in shown.rows.items()}},
    )  # fmt: skip
    recording_rulings.bearer(row, now=now)
    of = [record, *standing.earlier(record=record)]
    paid = Remedy.objects.filter(decision__in=of, state="settled", kind="refund").order_by("id")
    for remedy in paid.select_related("order__product"):
        _book(remedy, party, now)
    return row


def settled(*, remedy: Remedy, now: datetime) -> None:
    """A refund was paid after it was said who bears it."""
    if remedy.amount_fen is None or remedy.state != "settled":
        return
    # A finding may have replaced its decision since: whoever bears the case now bears this too.
    of = [remedy.decision, *standing.later(record=remedy.decision)]
    said = Bearer.objects.filter(decision__in=of).order_by("-id").first()
    if said is not None:
        _book(remedy, said.party, now)


def follow(*, old: DecisionRecord, new: DecisionRecord, now: datetime) -> None:
    """A line decided again: whoever bore the first decision bears the next one too."""
    said = Bearer.objects.filter(decision=old).select_related("carries").order_by("-id").first()
    if said is not None:
        set_bearer(
            record=new,
            party=said.party,
            by=said.by,
            reason=said.reason,
            now=now,
            carries=said.carries or said,
        )


def account_of(*, party: str | None, developer_id: int | None) -> str:
    """The account that bears a cost; `party` None: nobody has said yet."""
    if party != "developer":
        return ACCOUNTS[party or "unknown"]
    return f"developer_payable.{developer_id}" if developer_id else UNKNOWN


def _book(remedy: Remedy, party: str, now: datetime) -> None:
    order = remedy.order
    by = account_of(party=party, developer_id=order.product.developer_id)
    books.bear(key=remedy.key, order_no=order.order_no, by=by, now=now)
