"""What a developer's credit is counted from, and the credits that were written. Each read is by an index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from common.phrases import mark
from common.refusals import Absent
from compensation import queries as compensation
from compensation.rules.bearing import DEVELOPER
from developers.models import AnswerOwed, Credit, CreditRow
from developers.rules import credit_rows as rules
from developers.rules.credit import ANSWERS, DEFECTS, NONE, REFUSALS, SCALES, Counts
from developers.rules.groups import DEFECT as GOODS
from developers.rules.groups import gives, group_of
from developers.rules.periods import Stretch
from orders import queries as orders
from orders.rules.rows import storable
from tickets import queries as tickets

HISTORY = 12


class NoCredit(Absent):
    code = "credit_not_found"
    detail = mark("这个月没有算过信用，请换一个月。")


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that is counted, before it is a row."""

    part: str
    source: str
    ref: int
    bad: bool
    at: datetime
    ticket_id: int | None


def counted(*, developer: Any, stretch: Stretch) -> tuple[Counts, list[Counted]]:
    """The figures of these months with the rows behind them; a fixed number of queries."""
    rows = [*_defects(developer, stretch), *_answers(developer, stretch), *_refusals(developer, stretch)]
    sales = orders.sales_of(developer=developer, since=stretch.start, until=stretch.end).count()

    def of(part: str) -> tuple[int, int]:
        mine = [row.bad for row in rows if row.part == part]
        return sum(mine), len(mine)

    return Counts(sales, of(DEFECTS)[0], *of(ANSWERS), *of(REFUSALS)), rows


def _defects(developer: Any, stretch: Stretch) -> Iterator[Counted]:
    """The first certain case of each order."""
    found = tickets.certain_of(developer=developer, since=stretch.start, until=stretch.end, outcomes=gives())
    columns = ("pk", "order_id", "reason", "opened_at", "party")
    seen: set[int] = set()
    with_party = found.annotate(party=compensation.newest_party("decision"))
    for pk, order_id, reason, at, party in with_party.values_list(*columns).iterator(chunk_size=2000):
        held = group_of(reason) == GOODS and rules.is_confirmed(reason=reason, party=party)
        if held and order_id not in seen:
            seen.add(order_id)
            yield Counted(DEFECTS, rules.DEFECT, pk, True, at, pk)


def _answers(developer: Any, stretch: Stretch) -> Iterator[Counted]:
    for clock in tickets.asked_of_developer(developer=developer, since=stretch.start, until=stretch.end):
        yield Counted(
            ANSWERS, rules.ASKED, clock.pk, clock.state == "breached", clock.due_at, clock.ticket_id
        )
    owed = AnswerOwed.objects.filter(defect__product__developer=developer, void_at=None)
    for one in owed.filter(due_at__gte=stretch.start, due_at__lt=stretch.end).order_by("pk"):
        late = one.answered_at is None or one.answered_at > one.due_at
        yield Counted(ANSWERS, rules.CLUSTER, one.pk, late, one.due_at, None)


def _refusals(developer: Any, stretch: Stretch) -> Iterator[Counted]:
    """Contests that were answered, and refusals on the developer's word that the buyer appealed."""
    said = list(compensation.contests_answered(developer=developer, since=stretch.start, until=stretch.end))
    cases = tickets.ids_called(nos=[contest.ticket_no for contest in said])
    for contest in said:
        fell = contest.answer.party == DEVELOPER
        yield Counted(
            REFUSALS, rules.CONTEST, contest.pk, fell, contest.answer.at, cases.get(contest.ticket_no)
        )
    asked = tickets.asked_of_developer(developer=developer, since=stretch.start, until=stretch.end)
    history = tickets.happened_to(tickets=asked.values_list("ticket_id", flat=True))
    for ticket_id, events in history.items():
        came = rules.came_of_appeal(
            (event.kind, event.actor, event.data.get("to", ""), event.data.get("outcome", ""))
            for event in events
        )
        if came is not None:
            at = next(event.at for event in events if event.kind == "appeal")
            yield Counted(REFUSALS, rules.APPEAL, ticket_id, came, at, ticket_id)


def credits_of(reader: Any) -> QuerySet[Credit]:
    """The reader's, the newest month first."""
    return Credit.objects.visible_to(reader).select_related("developer").order_by("-month", "-id")


def history(*, developer: Any) -> list[Credit]:
    """The last twelve months that have one, the newest first."""
    return list(credits_of(developer).filter(developer=developer)[:HISTORY])


def credit_of(*, developer: Any, month: str) -> Credit:
    """The month's, or the newest where none is named. Refuses: NoCredit."""
    rows = credits_of(developer).filter(developer=developer)
    found = (rows.filter(month=month) if month else rows).first() if storable(month) else None
    if found is None:
        raise NoCredit()
    return found


def rows_behind(*, credit: Credit, part: str, after: int = 0, most: int) -> list[CreditRow]:
    """What a part counts, in the order in which it was counted; one more than `most` where there are more."""
    rows = CreditRow.objects.filter(credit=credit, part=part, pk__gt=after).order_by("pk")
    shown = rows.select_related("ticket__order__product", "ticket__order__buyer", "ticket__decision")
    return list(shown[: most + 1])


def all_rows(*, credit: Credit) -> QuerySet[CreditRow]:
    """All that it counts but the sales, for the file."""
    rows = CreditRow.objects.filter(credit=credit).order_by("pk")
    return rows.select_related("ticket__order__product", "ticket__order__buyer", "ticket__decision")


def sales_behind(*, credit: Credit, before: tuple[datetime, int] | None, most: int) -> list[Any]:
    """The orders that it counts as sales, the newest first; one more than `most` where there are more."""
    rows = orders.sales_of(developer=credit.developer, since=credit.since, until=credit.until)
    rows = orders.newest_paid(rows, before=before).select_related("product", "buyer")
    return list(rows[: most + 1])


def shown_to_buyers(*, sku: str) -> Credit | None:
    """The newest credit of whoever makes a product; None where it has none, or too few sales for one."""
    found = Credit.objects.filter(developer__products__sku=sku).order_by("-month").first()
    return None if found is None or found.grade == NONE else found


def scale_of(credit: Credit) -> Any:
    return SCALES[credit.scale]


def without_credit(*, month: str) -> list[Any]:
    """Developers with goods whose credit of that month is still to be written."""
    return list(orders.makers().exclude(credits__month=month))
