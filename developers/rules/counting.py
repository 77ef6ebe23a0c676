"""What a case, a remedy and a sale add to the figures of a day, and what changes when they are counted again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from compensation.rules.fate import ENDED
from developers.rules.groups import QUESTION, RECALL, group_of, is_open, is_real

FIGURES = ("claims", "real", "questions", "checking", "fen", "units", "gifts", "orders", "sold", "active")
OWED = ("owed_fen", "owed_units", "owed_gifts")
SOLD = ""  # the reason that sales stand under


class Cell(NamedTuple):
    """Whose figures of which day; `reason` is "" where they are of all reasons."""

    whose: int
    day: date
    reason: str = ""


Sums = dict[Any, Counter[str]]


@dataclass(frozen=True)
class Claim:
    """What is read of a case."""

    ticket: int
    order: int
    reason: str
    outcome: str
    channel: str
    final: bool
    decision: int
    opened_at: datetime


@dataclass(frozen=True)
class Remedy:
    """What is read of a remedy; `decided_at` and `reason` are its decision's."""

    pk: int
    order: int
    decision: int
    reason: str
    decided_at: datetime
    kind: str
    state: str
    ended_at: datetime | None
    amount_fen: int | None
    quantity: int | None
    delivered: int


def flags(claim: Claim) -> dict[str, bool]:
    """{filed, real, checking} of a case as it stands."""
    filed = claim.channel != RECALL
    return {
        "filed": filed,
        "real": filed and is_real(claim.reason, claim.outcome),
        "checking": filed and not claim.final and is_open(claim.reason, claim.outcome),
    }


def came(remedy: Remedy) -> dict[str, int]:
    """{fen, units, gifts} that came of it once it ended; gifts are among the units."""
    if remedy.ended_at is None:
        return {"fen": 0, "units": 0, "gifts": 0}
    gifts = remedy.delivered if remedy.kind == "gift" else 0
    fen = remedy.amount_fen or 0 if remedy.state == "settled" else 0
    return {"fen": fen, "units": remedy.delivered, "gifts": gifts}


def owed(remedy: Remedy) -> dict[str, int]:
    """{owed_fen, owed_units, owed_gifts} that has not come yet."""
    if remedy.state in ENDED:
        return dict.fromkeys(OWED, 0)
    left = (remedy.quantity or 0) - remedy.delivered
    gifts = left if remedy.kind == "gift" else 0
    return {"owed_fen": remedy.amount_fen or 0, "owed_units": left, "owed_gifts": gifts}


def tickets_of(claims: Iterable[Claim], remedies: Iterable[Remedy]) -> dict[int, int]:
    """{remedy: the case it belongs to}: whose decision gave it, or the last that was opened before that decision."""
    by_decision, by_line = {}, defaultdict(list)
    for claim in sorted(claims, key=lambda claim: (claim.opened_at, claim.ticket)):
        by_decision[claim.decision] = claim.ticket
        by_line[claim.order, claim.reason].append(claim)
    found = {}
    for remedy in remedies:
        ticket = by_decision.get(remedy.decision)
        if ticket is None:
            earlier = by_line[remedy.order, remedy.reason]
            before = [claim.ticket for claim in earlier if claim.opened_at <= remedy.decided_at]
            ticket = before[-1] if before else None
        if ticket is not None:
            found[remedy.pk] = ticket
    return found


def cells(*, claims: Iterable[Any], costs: Iterable[Any], sales: Iterable[Any]) -> Sums:
    """{Cell of a product: what these counted rows add}"""
    sums: Sums = defaultdict(Counter)
    for row in claims:
        if row.filed:
            sums[Cell(row.product_id, row.day, row.reason)].update(
                claims=1,
                real=int(row.real),
                questions=int(group_of(row.reason) == QUESTION),
                checking=int(row.checking),
            )
    for row in costs:
        if row.day is not None:
            sums[Cell(row.product_id, row.day, row.reason)].update(
                fen=row.fen, units=row.units, gifts=row.gifts
            )
    for row in sales:
        sums[Cell(row.product_id, row.day, SOLD)].update(orders=row.orders, sold=row.sold)
    return sums


def owed_by_product(costs: Iterable[Any]) -> Sums:
    """{product: what is owed on it by these counted rows}"""
    sums: Sums = defaultdict(Counter)
    for row in costs:
        sums[row.product_id].update({name: getattr(row, name) for name in OWED})
    return sums


def differences(*, before: Mapping[Any, Counter[str]], now: Mapping[Any, Counter[str]]) -> Sums:
    """What has to be added so that what stood before becomes what is now; nothing where nothing changed."""
    found: Sums = {}
    for key in sorted({*before, *now}):
        change = Counter(now.get(key, Counter()))
        change.subtract(before.get(key, Counter()))
        change = Counter({name: n for name, n in change.items() if n})
        if change:
            found[key] = change
    return found


def by_month(sums: Mapping[Cell, Counter[str]]) -> Sums:
    """The same by product and month, all reasons together."""
    months: Sums = defaultdict(Counter)
    for cell, sum_ in sums.items():
        months[Cell(cell.whose, cell.day.replace(day=1))].update(sum_)
    return months


def by_maker(sums: Mapping[Cell, Counter[str]], makers: Mapping[int, int | None]) -> Sums:
    """The same by the developer whose figures each product is counted under; of nobody's goods nothing."""
    found: Sums = defaultdict(Counter)
    for cell, sum_ in sums.items():
        maker = makers.get(cell.whose)
        if maker is not None:
            found[cell._replace(whose=maker)].update(sum_)
    return found
