"""One case as the maker of the goods sees it: what came of it, who bears it, and what was said against that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compensation import queries as compensation
from compensation.rules.bearing import DEVELOPER, contest_until
from developers.models import RecallLine
from developers.queries.claims import cost_of
from developers.queries.newest import Newest
from developers.rules.groups import RECALL
from tickets import queries as tickets


@dataclass(frozen=True)
class Case:
    """`until`: up to when it may be contested; None where it is not the developer's, or was contested."""

    ticket: Any
    bearer: Any
    contests: tuple[Any, ...]
    until: datetime | None
    late: bool
    files: dict[int | None, list[Any]]  # of each contest
    recall: Any  # by which it was given; None where somebody filed it

    @property
    def row(self) -> Newest:
        """As the list of newest cases has it."""
        one, order = self.ticket, self.ticket.order
        settled, still_open = cost_of(one)
        return Newest(
            one.no, one.reason, one.state, one.opened_at, order.order_no, order.buyer.name, order.product.sku,
            order.product.title, settled, still_open,
        )  # fmt: skip

    @property
    def may_contest(self) -> bool:
        return self.until is not None and not self.late


def case_of(*, developer: Any, no: str, now: datetime) -> Case:
    """The developer's case; another's looks absent. A fixed number of queries."""
    ticket = tickets.find_ticket(reader=developer, no=no)
    bearer = compensation.bearer_of(ticket.decision)
    said = compensation.contests_of(ticket_no=ticket.no)
    waits = any(not hasattr(row, "answer") for row in said)
    # Goods may have come from another developer: what that one said, and was answered, stays theirs.
    contests = tuple(row for row in said if row.by == developer.get_username())
    until = contest_until(bearer.at) if bearer is not None and not waits and _is_open(bearer) else None
    files: dict[int | None, list[Any]] = {}
    for file in tickets.files_of_contests(ticket=ticket) if contests else ():
        files.setdefault(file.contest_id, []).append(file)
    recall = _recall_of(ticket) if ticket.channel == RECALL else None
    return Case(ticket, bearer, contests, until, until is not None and now > until, files, recall)


def _recall_of(ticket: Any) -> Any:
    line = RecallLine.objects.filter(ticket=ticket).select_related("recall").first()
    return line.recall if line else None


def _is_open(bearer: Any) -> bool:
    return bearer.party == DEVELOPER and not compensation.is_contested(bearer)
