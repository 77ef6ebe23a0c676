"""A developer's statement of a month, from the rows of their own account; a fixed number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compensation import queries as compensation
from compensation.services.bearing import UNKNOWN, account_of
from developers.rules import statement as rules
from developers.rules.periods import Stretch
from ledger import queries as ledger
from tickets import queries as tickets

A_PAGE = 200


@dataclass(frozen=True)
class Line:
    """One transfer of the account: fen above nought were put on it, below taken off; `ticket` may be none."""

    id: int
    at: datetime
    sort: str
    fen: int
    other: str
    reference: str
    remedy: Any
    ticket: Any


@dataclass(frozen=True)
class Statement:
    developer: Any
    stretch: Stretch
    opening: int
    borne: int
    corrected: int
    from_fund: int  # what the guarantee fund paid of it: below nought
    lines: tuple[Line, ...]
    more: int
    paid: dict[str, int]
    contestable: tuple[tuple[Any, str], ...]  # what was put on the developer, with its case
    kept: rules.Kept | None  # None: no share of theirs was ever kept here
    booked: tuple[Line, ...]  # shares, and what was paid out

    @property
    def closing(self) -> int:
        return self.opening + self.borne + self.corrected + self.from_fund


def statement(*, developer: Any, stretch: Stretch, now: datetime, most: int = A_PAGE) -> Statement:
    """Opening, each move by its case, closing, and where the month's refunds of own goods were paid from."""
    own = account(developer)
    rows = list(ledger.moves_of(account=own, since=stretch.start, until=stretch.end))
    before = ledger.taken_before(account=own, at=stretch.start)
    sums: Counter[str] = Counter()
    for row in rows:
        sums[rules.sort_of(row.reason, row.reference)] += _fen(row, own)
    costs = [row for row in rows if row.reason in ledger.BORNE]
    shown, booked = costs[:most], [row for row in rows if row.reason not in ledger.BORNE][:most]
    found = lines(rows=[*shown, *booked], developer=developer)
    return Statement(
        developer=developer,
        stretch=stretch,
        opening=sum(before.get(reason, 0) for reason in ledger.BORNE),
        borne=sums[rules.BORNE],
        corrected=sums[rules.CORRECTION],
        from_fund=sums[rules.FROM_FUND],
        lines=tuple(found[: len(shown)]),
        more=len(costs) - len(shown),
        paid=_paid(developer, stretch, own),
        contestable=_contestable(developer, now),
        kept=_kept(before, sums),
        booked=tuple(found[len(shown) :]),
    )


def _kept(before: dict[str, int], sums: Counter[str]) -> rules.Kept | None:
    if rules.SHARE not in before and not sums[rules.SHARE]:
        return None
    borne = sums[rules.BORNE] + sums[rules.CORRECTION] + sums[rules.FROM_FUND]
    return rules.Kept(-sum(before.values()), -sums[rules.SHARE], borne, sums[rules.PAID_OUT])


def _contestable(developer: Any, now: datetime) -> tuple[tuple[Any, str], ...]:
    offered = compensation.contestable(developer=developer, now=now)
    found = list(offered.prefetch_related("decision__remedies")[:A_PAGE])
    rows = tickets.tickets_of(developer).prefetch_related(None).select_related(None)
    nos = dict(rows.filter(decision__in={row.decision_id for row in found}).values_list("decision", "no"))
    return tuple((row, nos[row.decision_id]) for row in found if row.decision_id in nos)


def account(developer: Any) -> str:
    return account_of(party="developer", developer_id=developer.pk)


def moves(*, developer: Any, stretch: Stretch) -> list[Any]:
    """The month's transfers of the account, for the file."""
    return list(ledger.moves_of(account=account(developer), since=stretch.start, until=stretch.end))


def lines(*, rows: Iterable[Any], developer: Any) -> list[Line]:
    """Each transfer with the case it is about; two queries however many there are."""
    rows, own = list(rows), account(developer)
    keys = {ledger.key_of(row.reference) for row in rows if row.reason in ledger.BORNE}
    found = compensation.remedies().filter(key__in=keys)
    known = {
        str(each.key): each for each in found.select_related("decision", "order__product", "order__buyer")
    }
    cases = _cases(known.values(), developer)
    return [_line(row, known.get(ledger.key_of(row.reference)), cases, own) for row in rows]


def _line(row: Any, remedy: Any, cases: dict[tuple[int, str], list[Any]], own: str) -> Line:
    mine = row.debit.code == own
    other = rules.source_of((row.credit if mine else row.debit).code, own=own)
    of = cases.get((remedy.order_id, remedy.decision.reason), []) if remedy else []
    # Decided again, the case has a newer decision: it is the newest that was open when the remedy was promised.
    exact = [case for case in of if case.decision_id == remedy.decision_id]
    opened = [case for case in of if case.opened_at <= remedy.created_at]
    ticket = next(iter(exact or opened), None)
    return Line(
        row.pk,
        row.booked_at,
        rules.sort_of(row.reason, row.reference),
        _fen(row, own),
        other,
        row.reference,
        remedy,
        ticket,
    )


def _cases(remedies: Iterable[Any], developer: Any) -> dict[tuple[int, str], list[Any]]:
    rows = tickets.tickets_of(developer).prefetch_related(None).select_related(None)
    found: dict[tuple[int, str], list[Any]] = {}
    for ticket in rows.filter(order__in={remedy.order_id for remedy in remedies}):  # the newest first
        found.setdefault((ticket.order_id, ticket.reason), []).append(ticket)
    return found


def _fen(row: Any, own: str) -> int:
    return int(row.amount if row.debit.code == own else -row.amount)


def _paid(developer: Any, stretch: Stretch, own: str) -> dict[str, int]:
    refunds = (
        compensation.remedies()
        .visible_to(developer)
        .filter(kind="refund", state="settled", ended_at__gte=stretch.start, ended_at__lt=stretch.end)
        .order_by()
    )
    moved = ledger.bearers_of(order_nos=refunds.values("order__order_no"))
    paid = ((str(key), fen) for key, fen in refunds.values_list("key", "amount_fen"))
    return rules.paid_from(paid, moved, unmoved=UNKNOWN, own=own)
