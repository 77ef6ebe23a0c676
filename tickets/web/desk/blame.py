"""Who bears it, on the ticket's page: what was said, what the record points to with its rows, what was contested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from common import figures
from common.language import say, spoken
from compensation.rules.fate import GONE
from compensation.rules.names import RECORDS
from compensation.services.bearing import PARTIES
from tickets.web.desk import words
from tickets.web.desk.read_case import Case

_NAMES = dict(PARTIES)
# Where a row opens in the admin; what was established stands on the order's own page.
_ADMIN = {
    "counts": "observation", "unshown": "observation", "orders": "order", "deliveries": "delivery",
    "usage": "usagereport", "outages": "usagereport", "listed": "product",
    "suppliers": "supplier",
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What the developer said against it, until when it is to be answered, and the answer."""

    heading: str
    text: str
    due: str = ""
    answer: str = ""
    files: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Blame:
    party: str
    why: str
    rows: tuple[tuple[str, str], ...]
    said: tuple[str, ...]
    contests: tuple[Said, ...]


def present(*, case: Case, now: datetime) -> Blame:
    found = case.proposal
    order = case.ticket.order
    return Blame(
        party=str(_NAMES[found.party]),
        why=spoken(found.why),
        rows=tuple(_row(kind, each, order) for kind, ids in found.rows.items() for each in ids),
        said=tuple(_said(case)),
        contests=tuple(_contest(row, case, now) for row in case.contests),
    )


def _said(case: Case) -> Any:
    bearer = case.rulings.bearer
    if bearer is None:
        cash = any(row.amount_fen and row.state not in GONE for row in case.remedies)
        yield say("还没有定，先由争议基金垫付。") if cash else say("还没有定；没有退钱，谁的账上都没有记。")
        return
    yield say("责任方：{party}，{by} 定的。", party=bearer.get_party_display(), by=bearer.by)


def _row(kind: str, pk: int, order: Any) -> tuple[str, str]:
    """(words with the row's number, the page on which it opens)"""
    text = say(RECORDS[kind], ids=pk)
    if kind == "findings":
        return text, f"{reverse('order-counts', args=[order.order_no])}#finding-{pk}"
    shown = order.product_id if kind == "listed" else pk
    return text, reverse(f"admin:orders_{_ADMIN[kind]}_change", args=[shown])


def _contest(row: Any, case: Case, now: datetime) -> Said:
    heading = say("{by} {when} 提了异议", by=row.by, when=figures.moment(row.at, now=now))
    files = tuple(file for file in case.files if file.contest_id == row.pk)
    if not hasattr(row, "answer"):
        left = words.left(row.answer_by, now=now)
        due = say("最迟 {when} 答复（{left}）", when=figures.moment(row.answer_by, now=now), left=left)
        return Said(heading, row.text, due=due, files=files)
    answer = row.answer
    party = answer.get_party_display()
    said = say("{by} 答复：由{party}承担。{why}", by=answer.by, party=party, why=answer.reason)
    return Said(heading, row.text, answer=said, files=files)
