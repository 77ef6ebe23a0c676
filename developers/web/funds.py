"""Both funds to everybody: what lies in them, what came and went by month and by day. Nothing of any one developer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common import clock, figures
from common.language import say, spoken
from common.pages import refusals_as_pages
from common.refusals import Absent
from developers.queries import fund as queries
from developers.rules import fund_words as words
from developers.rules import months
from developers.rules.fund import CAUSES
from ledger import queries as ledger

MONTHS = 12


@dataclass(frozen=True)
class MonthRow:
    name: str
    came: str
    went: str
    closing: str


@dataclass(frozen=True)
class FundCard:
    slug: str
    name: str
    purpose: str
    balance: str
    advanced: bool
    months: tuple[MonthRow, ...]


@require_safe
def funds(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    cards = [_card(slug, now) for slug in words.FUNDS]
    until = ledger.fund_balance(code=words.FUNDS["guarantee"][0]).until
    context = {"cards": cards, "until": figures.moment(until, now=now) if until else "", "here": "funds"}
    return render(request, "developers/public/funds.html", context)


@require_safe
@refusals_as_pages
def month(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    stretch = months.month_named(name, now=clock.now())
    if slug not in words.FUNDS or stretch is None:
        raise Absent()
    code, title, _ = words.FUNDS[slug]
    since, until = _first(name), _first(months.after(name))
    rows = ledger.fund_days(code=code, since=since, until=until)
    opening = ledger.fund_balance(code=code, before=since).fen
    sums = words.kinds(code, rows)
    page = {
        "slug": slug, "name": name, "title": spoken(title),
        "before": months.before(name), "after": months.after(name) if name < months.name_of(clock.now()) else "",
        "sums": _sums(opening, sums), "days": list(_days(code, rows)),
        "claims": [_claim(row) for row in queries.paid_within(stretch)] if slug == "guarantee" else [],
    }  # fmt: skip
    return render(request, "developers/public/fund_month.html", {"page": page, "here": "funds"})


def _card(slug: str, now: datetime) -> FundCard:
    code, name, purpose = words.FUNDS[slug]
    sums: dict[date, list[int]] = {}
    for (first, _), moved in ledger.fund_months(code=code).items():
        row = sums.setdefault(first, [0, 0])
        row[0] += moved.given
        row[1] += moved.taken
    closings = list(accumulate(given - taken for given, taken in sums.values()))
    rows = [
        MonthRow(f"{first:%Y-%m}", figures.yuan(given), figures.yuan(taken), figures.yuan(closing))
        for (first, (given, taken)), closing in zip(sums.items(), closings, strict=True)
    ]
    fen = closings[-1] if closings else 0
    return FundCard(
        slug, spoken(name), spoken(purpose), figures.yuan(fen), fen < 0, tuple(rows[::-1][:MONTHS])
    )


def _sums(opening: int, sums: list[words.Sum]) -> list[dict[str, Any]]:
    found = [{"label": say("月初"), "value": figures.yuan(opening), "sum": False}]
    found += [{"label": spoken(row.words), "value": _plus(row.fen), "sum": False} for row in sums]
    closing = opening + sum(row.fen for row in sums)
    return [*found, {"label": say("月末，或者到现在"), "value": figures.yuan(closing), "sum": True}]


def _days(code: str, rows: Mapping[tuple[date, str], ledger.Moved]) -> Iterator[dict[str, Any]]:
    for (day, reason), moved in reversed(list(rows.items())):
        for row in words.sides(code, reason, moved):
            yield {
                "day": f"{day:%m-%d}", "machine": day.isoformat(),
                "what": spoken(row.words), "fen": _plus(row.fen), "moves": row.moves,
            }  # fmt: skip


def _claim(row: Any) -> dict[str, str]:
    return {
        "no": row.no, "why": spoken(CAUSES[row.cause].name), "fen": figures.yuan(row.paid_fen),
        "cases": say("{n} 张售后单", n=row.count),
    }  # fmt: skip


def _plus(fen: int) -> str:
    return f"+{figures.yuan(fen)}" if fen > 0 else figures.yuan(fen)


def _first(name: str) -> date:
    return date(int(name[:4]), int(name[5:]), 1)
