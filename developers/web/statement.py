"""A developer's statement on a page, and as a file that spreadsheet programs open."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import clock, figures
from common.language import say, spoken
from common.pages import refusals_as_pages
from common.phrases import mark
from common.refusals import Absent
from common.tables import defused
from compensation.rules.bearing import contest_until
from developers.permissions import developer_for
from developers.queries import cost_of
from developers.queries import statement as queries
from developers.queries.claims import total
from developers.rules import masking, months
from developers.rules.periods import Stretch
from developers.rules.statement import BORNE, FROM_FUND, PAID_OUT, SHARE, SOURCES, Kept
from developers.web import words

CHUNK = 500
_SAID = {
    FROM_FUND: mark("保障基金赔付，改由基金承担"), SHARE: mark("您的分成，先存在平台"),
    PAID_OUT: mark("付给您了"),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    when: str
    machine: str
    no: str
    order: str
    title: str
    what: str
    amount: str
    reference: str


@dataclass(frozen=True)
class Page:
    month: str
    before: str
    after: str
    sums: tuple[tuple[str, str, bool], ...]
    lines: tuple[Line, ...]
    more: int
    paid: tuple[tuple[str, str], ...]
    contestable: tuple[tuple[str, str, str, str], ...]  # number, product, what it cost, until when
    kept: tuple[tuple[str, str, bool], ...]
    owing: str  # where what was put on them is more than what is kept: then there is something else to pay
    booked: tuple[Line, ...]


@never_cache
@require_safe
@login_required
@refusals_as_pages
def statement(request: HttpRequest) -> HttpResponse:
    developer, now = _whose(request), clock.now()
    name, stretch = _month(request, now)
    found = queries.statement(developer=developer, stretch=stretch, now=now)
    named = "" if developer == request.user else developer.username
    context = {"page": present(found, name=name, now=now), "named": named, "here": "developers"}
    return render(request, "developers/statement.html", context)


@never_cache
@require_safe
@login_required
@refusals_as_pages
def file(request: HttpRequest) -> Any:
    developer, now = _whose(request), clock.now()
    name, stretch = _month(request, now)
    rows = queries.moves(developer=developer, stretch=stretch)
    headers = {"Content-Disposition": f'attachment; filename="statement-{developer.username}-{name}.csv"'}
    return StreamingHttpResponse(
        _rows(rows, developer), content_type="text/csv; charset=utf-8", headers=headers
    )


def _rows(rows: list[Any], developer: Any) -> Iterator[str]:
    writer = csv.writer(_Echo())
    heads = [
        say("记于"), say("售后单"), say("订单（已遮）"), say("商品"), say("哪一种"), say("另一边"),
        say("金额（元）"), say("分录"), say("凭据"),
    ]  # fmt: skip
    yield "\ufeff" + writer.writerow(heads)
    chunks = (rows[at : at + CHUNK] for at in range(0, len(rows), CHUNK))
    for line in (each for chunk in chunks for each in queries.lines(rows=chunk, developer=developer)):
        remedy, fen = line.remedy, line.fen
        texts = [
            f"{clock.shanghai(line.at):%Y-%m-%d %H:%M}", line.ticket.no if line.ticket else "",
            masking.order_no(remedy.order.order_no) if remedy else "",
            remedy.order.product.title if remedy else "", _what(line), spoken(SOURCES[line.other]),
        ]  # fmt: skip
        # A number, which no program runs.
        amount = f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
        yield writer.writerow([*map(defused, texts), amount, line.id, defused(line.reference)])


def present(found: queries.Statement, *, name: str, now: datetime) -> Page:
    present_month = months.name_of(now)
    return Page(
        month=name,
        before=months.before(name),
        after=months.after(name) if name < present_month else "",
        sums=(
            (say("月初应付"), _yuan(found.opening), False),
            (say("本月记到您名下"), _yuan(found.borne), False),
            (say("本月更正"), _yuan(found.corrected), False),
            *([(say("保障基金赔付"), _yuan(found.from_fund), False)] if found.from_fund else []),
            (say("月末应付") if name < present_month else say("到现在应付"), _yuan(found.closing), True),
        ),
        lines=tuple(_line(line, now) for line in found.lines),
        more=found.more,
        paid=tuple((spoken(SOURCES[source]), figures.yuan(fen)) for source, fen in found.paid.items()),
        contestable=tuple(_contestable(found, now)),
        kept=tuple(_kept(found.kept)) if found.kept else (),
        owing=figures.yuan(-found.kept.closing) if found.kept and found.kept.closing < 0 else "",
        booked=tuple(_line(replace(line, fen=-line.fen), now) for line in found.booked),
    )


def _kept(kept: Kept) -> Iterator[tuple[str, str, bool]]:
    yield say("月初存着") if kept.opening >= 0 else say("月初还欠着"), figures.yuan(abs(kept.opening)), False
    yield say("本月分成"), _yuan(kept.shares), False
    yield say("本月由您承担"), _yuan(-kept.borne), False
    yield say("本月付给您"), _yuan(-kept.paid_out), False
    yield say("现在存着") if kept.closing >= 0 else say("现在还欠"), figures.yuan(abs(kept.closing)), True


def _line(line: queries.Line, now: datetime) -> Line:
    order = line.remedy.order if line.remedy else None
    return Line(
        when=figures.moment(line.at, now=now),
        machine=figures.machine_moment(line.at),
        no=line.ticket.no if line.ticket else "",
        order=masking.order_no(order.order_no) if order else "",
        title=order.product.title if order else "",
        what=_what(line),
        amount=_yuan(line.fen),
        reference=say("分录第 {id} 号", id=line.id),
    )


def _what(line: queries.Line) -> str:
    other = spoken(SOURCES[line.other])
    if line.sort in _SAID:
        return spoken(_SAID[line.sort])
    if line.sort == BORNE:
        return say("退款记到您名下，原由{other}垫付", other=other)
    if line.fen > 0:
        return say("更正：从{other}改记到您名下", other=other)
    return say("更正：改由{other}承担", other=other)


def _contestable(found: queries.Statement, now: datetime) -> Iterator[tuple[str, str, str, str]]:
    for row, no in found.contestable:
        until = say("{when} 以前可以提一次异议。", when=figures.moment(contest_until(row.at), now=now))
        cost = words.cost(total(cost_of(row)))
        yield no, row.decision.order.product.title, cost, until


def _yuan(fen: int) -> str:
    return figures.yuan(fen) if fen >= 0 else f"−{figures.yuan(-fen)}"


def _month(request: HttpRequest, now: datetime) -> tuple[str, Stretch]:
    """The one asked for; a month that there isn't looks absent."""
    name = request.GET.get("month", "") or months.name_of(now)
    stretch = months.month_named(name, now=now)
    if stretch is None:
        raise Absent()
    return name, stretch


def _whose(request: HttpRequest) -> Any:
    return developer_for(reader=request.user, named=request.GET.get("developer", ""))


class _Echo:
    """What csv.writer asks of a file: each row is handed back as it is."""

    def write(self, text: str) -> str:
        return text
