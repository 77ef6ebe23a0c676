"""Reads of recalls: by whoever may see them, by the public, and what a few of their lines look like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from common.phrases import mark
from common.refusals import Absent
from compensation.queries import Coming, comings_of
from developers.models import Recall, RecallLine, RecallWord
from developers.rules import masking
from developers.rules.recall_life import GIVEN, LISTED, NOTHING, OPEN, State
from orders.rules.rows import storable

A_PAGE = 30


class RecallAbsent(Absent):
    code = "recall_not_found"
    detail = mark("没有找到这次召回，请核对编号。")


@dataclass(frozen=True)
class Example:
    """A line as whoever reads a dry run may see it: not enough of it to find the buyer."""

    order_no: str
    buyer: str
    paid_fen: int
    fen: int
    units: int
    skip: str
    short: bool
    before_fen: int | None = None  # what earlier remedies take off, where each line is given the rest


def recalls_of(reader: Any) -> QuerySet[Recall]:
    """The reader's recalls, the newest first."""
    return (
        Recall.objects.visible_to(reader)
        .select_related("product__developer", "asked_by", "supplier", "defect")
        .order_by("-id")
    )


def find_recall(*, reader: Any, no: str) -> Recall:
    """The reader's recall; another's looks absent."""
    return _one(recalls_of(reader), no)


def public_recalls(*, before: int | None = None) -> list[Recall]:
    """What was agreed to, the newest first; one more than a page where there are more."""
    rows = Recall.objects.public().select_related("product").order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[: A_PAGE + 1])


def find_public(*, no: str) -> Recall:
    return _one(Recall.objects.public().select_related("product", "supplier"), no)


def open_recalls(*, sku: str) -> list[Recall]:
    """Those of a product that are being carried out."""
    rows = Recall.objects.filter(product__sku=sku, state__in=OPEN).order_by("-id")
    return list(rows[:3]) if storable(sku) else []


def examples(*, recall: Recall) -> list[Example]:
    """The first that are given something, and the first that aren't; none while it is being counted."""
    if not recall.figures:
        return []
    rows = RecallLine.objects.filter(recall=recall).select_related("order__buyer").order_by("id")
    gets, nothing = list(rows.exclude(state=NOTHING)[:5]), list(rows.filter(state=NOTHING)[:3])
    return [_example(row, nets=recall.gives_the_rest) for row in (*gets, *nothing)]


def coming(*, recall: Recall) -> Coming:
    """How many of its lines still wait for what they were given: by the rows, since nothing here hears of that."""
    return comings(recalls=[recall]).get(recall.pk, Coming())


def comings(*, recalls: Iterable[Recall]) -> dict[int, Coming]:
    """{recall: the same}, none of one where all has come; one statement."""
    begun = [recall.pk for recall in recalls if recall.progress]
    given = RecallLine.objects.filter(recall__in=begun, state=GIVEN)
    return comings_of(rows=given, by="recall_id") if begun else {}


def words_of(*, recall: Recall) -> list[RecallWord]:
    """What people did to it, the oldest first."""
    return list(RecallWord.objects.filter(recall=recall).order_by("id"))


def refusal_of(*, recall: Recall) -> str:
    """Why ops did not agree to it; empty where they have not said no."""
    if recall.state != State.REFUSED:
        return ""
    said = RecallWord.objects.filter(recall=recall, action="refuse").order_by("-id")
    return said.values_list("reason", flat=True).first() or ""


def yeses(*, recall: Recall) -> int:
    return RecallWord.objects.filter(recall=recall, action="approve").count()


def _example(row: RecallLine, *, nets: bool) -> Example:
    order = row.order
    return Example(
        masking.order_no(order.order_no), masking.name(order.buyer.name), order.paid_fen, row.shown_fen,
        row.shown_units, row.skip if row.state in (NOTHING, LISTED) else "", row.short,
        order.paid_fen - row.shown_fen if nets and row.shown_fen else None,
    )  # fmt: skip


def _one(rows: Any, no: str) -> Recall:
    found: Recall | None = rows.filter(no=no).first() if storable(no) else None
    if found is None:
        raise RecallAbsent()
    return found
