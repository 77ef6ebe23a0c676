"""What lines were given already for reasons of one kind, and what cash and units are left of them: many at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from compensation.models import ForgottenRemedy, LineBudget, Remedy
from compensation.rules.fate import STATES
from integrations.rules.answers import Meaning

UNDONE = ("failed", "voided")
OVER = ("settled", "voided")
BY_A_PERSON = ("awaiting_approval", "held", "failed")
STILL_OUT = tuple(state for state in STATES if state not in OVER)
WENT_OUT = (Meaning.DONE.value, Meaning.PARTIAL.value)


@dataclass
class Given:
    """Units made good, cash that went without units, and whether some of it waits for a person's yes."""

    units: int = 0
    bare_fen: int = 0
    waits: bool = False


def given_for(
    *, order_ids: Iterable[int], reasons: Collection[str], decision_ids: Collection[int] = ()
) -> dict[int, Given]:
    """{order: what its decisions of these reasons, and these decisions, gave or are giving}; one statement."""
    rows = Remedy.objects.filter(order_id__in=list(order_ids)).filter(
        Q(decision__reason__in=sorted(reasons)) | Q(decision_id__in=list(decision_ids))
    )
    found: dict[int, Given] = {}
    for remedy in rows.only("order_id", "kind", "state", "amount_fen", "quantity", "delivered", "units_back"):
        _add(found.setdefault(remedy.order_id, Given()), remedy)
    return found


def _add(given: Given, remedy: Remedy) -> None:
    """What came to nothing counts with what of it came all the same."""
    undone = remedy.state in UNDONE
    given.waits |= remedy.state == "awaiting_approval"
    if remedy.amount_fen is None:
        # Of one that ended in part the rest was ordered again, as a remedy of its own.
        ended = undone or (remedy.state == "settled" and remedy.delivered > 0)
        given.units += remedy.delivered if ended else remedy.quantity or 0
    elif not undone and remedy.units_back:
        given.units += remedy.units_back
    elif not undone:
        given.bare_fen += remedy.amount_fen


class Coming(NamedTuple):
    """Lines of which something that was given has not come yet, those of them that wait for a person, and lines
    of which something was taken back and will not come."""

    lines: int = 0
    by_a_person: int = 0
    undone: int = 0


def comings_of(*, rows: QuerySet[Any, Any], by: str) -> dict[Any, Coming]:
    """{group: of what the decisions of its rows gave}, none where all has come; one statement.

    `rows` name each a `decision` and its `order`.
    """
    state = "decision__remedies__state"
    # Called back too late for some of it: what came stays, and nobody orders the rest.
    part = Q(**{state: "settled", "decision__remedies__quantity__gt": F("decision__remedies__delivered")})

    def of(*states: str) -> Q:
        return Q(**{f"{state}__in": states})

    undone = of("voided") | part
    counted = {"lines": of(*STILL_OUT), "by_a_person": of(*BY_A_PERSON), "undone": undone}
    counts = [Count("order", distinct=True, filter=which) for which in counted.values()]
    names = tuple(counted)
    out = of(*STILL_OUT) | undone
    found = (
        rows.filter(out, decision__remedies__followed_by=None)
        .order_by()
        .values_list(by)
        .annotate(**dict(zip(names, counts, strict=True)))
    )
    return {group: Coming(*told) for group, *told in found}


def budgets_of(*, order_ids: Iterable[int]) -> dict[int, LineBudget]:
    """{order: its budget}; a line that nobody ever claimed on has none yet."""
    return LineBudget.objects.in_bulk(list(order_ids))


class CashBack(NamedTuple):
    """A refund of a line that went out or is on its way."""

    order_id: int
    decision_id: int
    settled: bool
    at: datetime


def refunds_of_lines(*, order_ids: Iterable[int]) -> list[CashBack]:
    """All of these lines but those that came to nothing; one statement."""
    rows = Remedy.objects.filter(order_id__in=list(order_ids), kind="refund").exclude(state__in=UNDONE)
    found = rows.order_by("pk").values_list("order_id", "decision_id", "state", "created_at")
    return [
        CashBack(order_id, decision_id, state == "settled", at) for order_id, decision_id, state, at in found
    ]


def forgotten_refunds(*, order_ids: Iterable[int]) -> dict[int, bool]:
    """{line: whether it went out} of refunds that a restored database forgot and nobody made again; one statement.

    False: a person is still looking, whatever was free of the budget to reserve for it. Closed without being made
    again, what the provider had done by then went out, and what it hadn't came to nothing.
    """
    made_again = Remedy.objects.filter(key=OuterRef("key")).exclude(state__in=UNDONE)
    rows = ForgottenRemedy.objects.filter(
        Q(told_by__closed_at=None) | Q(meaning__in=WENT_OUT), ~Exists(made_again),
        order_id__in=list(order_ids), kind="refund", answered_by=None,
    )  # fmt: skip
    looked_at = rows.values_list("order_id", "told_by__closed_at")
    found: dict[int, bool] = {}
    for line, closed_at in looked_at:
        found[line] = found.get(line, False) or closed_at is not None
    return found


def remedies_of_lines(*, order_ids: Iterable[int]) -> list[Remedy]:
    """Every remedy of these orders with what its decision was about and when it was made, the first one first."""
    rows = Remedy.objects.filter(order_id__in=list(order_ids)).select_related("decision").order_by("pk")
    return list(
        rows.only(
            "order_id", "decision__reason", "decision__decided_at", "kind", "state", "amount_fen", "quantity",
            "delivered", "ended_at",
        )
    )  # fmt: skip
