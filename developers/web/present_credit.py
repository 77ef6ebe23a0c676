"""A developer's credit in finished words: each part with its sums, the months before, and what raises it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common import figures
from common.language import say, spoken
from compensation.rules.steps import Step
from developers.models import Credit, CreditRow
from developers.rules import credit as rules
from developers.rules import masking, months
from developers.rules.credit import DEFECTS, GRADES, LOW, NAMES, SCALES, TOTAL, hundredths
from developers.rules.credit_words import CAME_TO, advice

SALES = "sales"


@dataclass(frozen=True)
class Sum:
    """One step, as components/_calc.html shows it."""

    text: str
    result: str
    note: str


@dataclass(frozen=True)
class Part:
    code: str
    name: str
    bad: int
    whole: int
    whole_opens: str  # what the whole opens to
    between: str
    points: str


@dataclass(frozen=True)
class Month:
    month: str
    total: str
    grade: str
    sales: int
    defects: int


@dataclass(frozen=True)
class Page:
    month: str
    stretch: str
    total: int | None
    grade: str
    low: bool
    steps: tuple[Sum, ...]
    parts: tuple[Part, ...]
    advice: tuple[str, ...]
    months: tuple[Month, ...]
    chart: dict[str, Any]
    made: str


@dataclass(frozen=True)
class Row:
    """One thing that is counted; `no` opens to its case."""

    no: str
    order: str
    buyer: str
    title: str
    what: str
    bad: bool
    when: str
    machine: str


def present(row: Credit, history: Sequence[Credit]) -> Page:
    counts, scale = rules.counts_of(row.counts), SCALES[row.scale]
    found = rules.credit(counts, scale)
    return Page(
        month=row.month,
        stretch=f"{months.name_of(row.since)} – {row.month}",
        total=row.total,
        grade=spoken(GRADES[row.grade]),
        low=row.grade == LOW,
        steps=tuple(_said(step) for step in rules.steps(counts, scale)),
        parts=tuple(_part(part, known=row.total is not None) for part in found.parts),
        advice=tuple(spoken(text) for text in advice(counts, scale)),
        months=tuple(_month(one) for one in history),
        chart=_chart(history),
        made=figures.full_moment(row.made_at),
    )


def _said(step: Step) -> Sum:
    return Sum(spoken(step.text), spoken(step.result or ""), step.formula or "")


def _part(part: rules.Part, *, known: bool) -> Part:
    between = f"{hundredths(part.lower)} – {hundredths(part.upper)}" if part.whole else "—"
    points = f"{part.points} / {part.weight.points}" if known else "—"
    opens = SALES if part.name == DEFECTS else part.name
    return Part(part.name, spoken(NAMES[part.name]), part.bad, part.whole, opens, between, points)


def _month(row: Credit) -> Month:
    total = "—" if row.total is None else str(row.total)
    return Month(row.month, total, spoken(GRADES[row.grade]), row.counts["sales"], row.counts["defects"])


def _chart(history: Sequence[Credit]) -> dict[str, Any]:
    """As static/js/charts.js reads it; nothing where two months can't be joined."""
    rows = list(reversed(history))
    if sum(row.total is not None for row in rows) < 2:
        return {}
    least = dict(SCALES[rows[-1].scale].grades)[rules.FAIR]
    return {
        "kind": "line", "x": [row.month for row in rows], "limit": least, "most": TOTAL,
        "limit_name": say("{n} 以下是「{grade}」", n=least, grade=spoken(GRADES[LOW])),
        "series": [{"name": say("信用"), "data": [row.total for row in rows]}],
    }  # fmt: skip


def behind(row: CreditRow) -> Row:
    ticket = row.ticket
    order = ticket.order if ticket else None
    return Row(
        no=ticket.no if ticket else "",
        order=masking.order_no(order.order_no) if order else "",
        buyer=masking.name(order.buyer.name) if order else "",
        title=order.product.title if order else "",
        what=spoken(CAME_TO[row.source, row.bad]),
        bad=row.bad,
        when=figures.full_moment(row.at),
        machine=figures.machine_moment(row.at),
    )


def sold(order: Any) -> Row:
    return Row(
        no="",
        order=masking.order_no(order.order_no),
        buyer=masking.name(order.buyer.name),
        title=order.product.title,
        what=figures.yuan(order.paid_fen),
        bad=False,
        when=figures.full_moment(order.paid_at),
        machine=figures.machine_moment(order.paid_at),
    )
