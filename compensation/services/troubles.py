"""Which of many lines were let down, by the same rules as a claim: read by the hundred for whoever counts them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from compensation.models import Finding, Remedy
from compensation.queries import policy_version, read_together
from compensation.rules import drops, lines
from compensation.rules.facts import DEFECTS, Facts

if TYPE_CHECKING:
    from orders.models import Order

SUPPLIED = ("top_up", "gift", "interaction_pack")


class Lost(NamedTuple):
    """What a line lost in its window, and whether that is more than the warning line."""

    delivered: int
    loss: int
    beyond: bool


class Ended(NamedTuple):
    """Something ordered from a supplier that came to its end."""

    pk: int
    key: UUID
    asked: int
    came: int
    ended_at: datetime
    order_id: int
    order_no: str


# Where these stand in the table.
_COLUMNS = ("pk", "key", "quantity", "delivered", "ended_at", "order_id", "order__order_no")


def losses(*, orders: Sequence[Order]) -> dict[int, Lost]:
    """Of these metered lines, each with rollup and `shared`; what can't be measured is left out."""
    found = {}
    for order, line in read_together(orders):
        policy = policy_version(order.policy_code, order.policy_version)
        base = Facts(reason="drop", ordered=order.quantity, paid_fen=order.paid_fen)
        facts = lines.counted(base, line, line.inside_look(), "inside")
        if not facts.measurable or not facts.delivered:
            continue
        lost = drops.loss(
            delivered=facts.delivered, present=facts.present, pending=facts.pending, restored=facts.restored
        )
        beyond = drops.warrants_warning(base=facts.delivered, loss=lost, policy=policy)
        found[order.pk] = Lost(facts.delivered, lost, beyond)
    return found


def fakes(*, order_ids: Iterable[int]) -> dict[int, int]:
    """{line: units that a person found to be fake}."""
    rows = Finding.objects.filter(order_id__in=list(order_ids), reason="fake_units").order_by("id")
    verified = {row.order_id: row.facts for row in rows}  # the newest holds
    return {
        line: int(facts.get("fake_units") or 0)
        for line, facts in verified.items()
        if facts.get("proof") == "verified"
    }


def defective(*, order_ids: Iterable[int]) -> set[int]:
    """Those of which a person found that the goods are at fault."""
    rows = Finding.objects.filter(order_id__in=list(order_ids), reason__in=sorted(DEFECTS)).order_by("id")
    newest = {(row.order_id, row.reason): row.facts for row in rows}
    return {
        line for (line, _), facts in newest.items()
        if facts.get("proof") == "verified" and facts.get("fault") != "buyer"
    }  # fmt: skip


def found_after(*, after: int, until: datetime, most: int) -> list[tuple[int, int]]:
    """(finding, line) after that id, the oldest first, up to the first made after `until`."""
    rows = Finding.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "order_id", "at")[:most]
    return [(pk, line) for pk, line, at in takewhile(lambda row: row[2] <= until, rows)]


def ended_after(*, at: datetime | None, after: int, until: datetime, most: int) -> list[Ended]:
    """What suppliers delivered, in whole or in part or not at all, after that instant and row; not what we voided."""
    rows = _supplied().filter(ended_at__lte=until)
    if at is not None:
        rows = rows.filter(ended_at__gte=at).exclude(ended_at=at, pk__lte=after)
    return _ended(rows.order_by("ended_at", "pk")[:most])


def ended_between(*, since: datetime, until: datetime, most: int) -> list[Ended]:
    """The same of a span of time, the newest first."""
    return _ended(
        _supplied().filter(ended_at__gte=since, ended_at__lt=until).order_by("-ended_at", "-pk")[:most]
    )


def _supplied() -> QuerySet[Remedy]:
    return Remedy.objects.filter(kind__in=SUPPLIED, state__in=("settled", "failed"))


def _ended(rows: QuerySet[Remedy]) -> list[Ended]:
    return [Ended(*row) for row in rows.values_list(*_COLUMNS)]
