"""From a developer's figures to the page they are shown on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from common import figures
from common.clock import shanghai
from common.language import say, spoken
from developers.queries import Board, Goods, Newest, Tally
from developers.rules import masking, periods
from developers.rules.groups import ALL, COST, COSTS, GIFTS, GROUPS, QUESTIONS, REAL, RECALL, group_of
from developers.web import present_use, rows, words
from developers.web.charts import by_day, by_reason
from developers.web.compared import part, written
from tickets.queries import reason_names
from tickets.rules.lifecycle import FINAL


@dataclass(frozen=True)
class Figure:
    name: str
    value: str
    note: str
    what: str = ""  # opens what it is made of; "" opens nothing
    before: bool = False  # whether the note's own figure opens to something


@dataclass(frozen=True)
class Page:
    """`behind` and `named`: the addresses of what figures open to begin so."""

    name: str
    dates: str
    heading: str
    fresh: str
    counting: bool
    tabs: list[dict[str, Any]]
    figures: list[Figure]
    usage: list[Figure]
    trend: Any
    symptoms: Any
    reasons: SafeString
    months: list[dict[str, str]]
    previous: str
    still_open: str
    days: SafeString
    goods: SafeString
    quiet: int | None
    used: list[present_use.Used]
    asked: list[present_use.Asked]
    newest: SafeString
    made: int
    query: str  # of the period and whose it is
    behind: str
    months_behind: str
    last_behind: str
    named: str


def present(board: Board, *, named: str, now: datetime) -> Page:
    month, alike, names = board.months["month"], board.months["alike"], reason_names()
    cases = reverse("developer-case", args=["-"]).removesuffix("-/")
    trend, behind = by_day(board), _behind(board.period.code, named)
    whose = f"?{urlencode({'developer': named})}" if named else ""
    return Page(
        name=board.developer.get_full_name() or board.developer.get_username(),
        dates=_dates(board.period.this),
        heading=words.headline(board.total.claims, board.total.real, board.total.checking),
        fresh=words.fresh(board.freshness, now=now),
        counting=board.freshness.counting,
        tabs=[
            {"code": code, "name": spoken(name), "here": code == board.period.code}
            for code, name in periods.PERIODS.items()
        ],
        figures=_figures(board),
        usage=_usage(board),
        trend=trend,
        symptoms=by_reason(board),
        reasons=rows.of_reasons(_groups(board, names), behind),
        months=[
            _row(sort, part(month, sort), part(alike, sort))
            for sort in COSTS
            if sort != GIFTS or month.gifts or alike.gifts
        ],
        previous=words.cost(board.months["previous"]) or say("没有花费"),
        still_open=words.cost(board.still_open) or say("没有"),
        days=rows.of_days(trend, behind) if trend else SafeString(),
        goods=rows.of_goods([_goods(row) for row in board.goods], behind),
        quiet=board.quiet,
        used=present_use.used(board),
        asked=present_use.asked(board, names, named),
        newest=rows.of_cases([_claim(row, cases, names, now) for row in board.newest], behind, whose),
        made=board.made,
        query=_query(board.period.code, named),
        behind=behind,
        months_behind=_behind(periods.MONTH, named),
        last_behind=_behind(periods.LAST_MONTH, named),
        named=whose,
    )


def _query(code: str, named: str) -> str:
    return urlencode({"period": code, **({"developer": named} if named else {})})


def _behind(code: str, named: str) -> str:
    return f"{reverse('developer-behind')}?{_query(code, named)}"


def _dates(stretch: periods.Stretch) -> str:
    last = stretch.end - timedelta(microseconds=1)
    return say("{start} 至 {end}", start=f"{shanghai(stretch.start):%m-%d}", end=f"{shanghai(last):%m-%d}")


def _figures(board: Board) -> list[Figure]:
    total, code = board.total, board.period.code
    return [
        _counted(say("属实的问题"), total.real, total.real_before, code, REAL),
        _counted(say("咨询与建议"), total.questions, total.questions_before, code, QUESTIONS),
        _counted(say("全部售后单"), total.claims, total.claims_before, code, ALL),
        Figure(say("已经花费"), figures.yuan(board.cost.fen), words.beside_cash(board.cost), COST),
    ]


def _counted(name: str, now: int, before: int, code: str, what: str) -> Figure:
    return Figure(name, str(now), words.since(code, before=before, more=now - before), what, before > 0)


def _usage(board: Board) -> list[Figure]:
    """How much is in use, and how often it went wrong per hundred that were sold."""
    total, code = board.total, board.period.code
    return [
        _sold(say("卖出几单"), total.orders, total.orders_before, code),
        _sold(say("卖出几个"), total.sold, total.sold_before, code),
        Figure(say("每百单属实"), present_use.tenths(100 * total.real, total.orders), ""),
        Figure(say("每百单咨询"), present_use.tenths(100 * total.questions, total.orders), ""),
    ]


def _sold(name: str, now: int, before: int, code: str) -> Figure:
    return Figure(name, f"{now:,}", words.since(code, before=before, more=now - before))


def _groups(board: Board, names: dict[str, Any]) -> list[tuple[str, list[dict[str, str]]]]:
    shown = [
        (reason, tally)
        for reason, tally in board.reasons.items()
        if tally.claims or tally.cost.fen or tally.cost.units
    ]
    return [
        (spoken(GROUPS[group]), [_reason(reason, tally, names) for reason, tally in inside])
        for group, inside in groupby(shown, key=lambda row: group_of(row[0]))
    ]


def _reason(reason: str, tally: Tally, names: dict[str, Any]) -> dict[str, str]:
    """A reason with its numbers; `count` and `real` are empty where nobody filed anything."""
    filed = reason != RECALL
    return {
        "name": str(names[reason]) if filed else spoken(GROUPS[RECALL]), "reason": reason,
        "count": str(tally.claims) if filed else "", "real": str(tally.real) if filed else "",
        "change": words.change(tally.claims, tally.claims_before) or "—", "cost": words.cost(tally.cost) or "—",
    }  # fmt: skip


def _row(sort: str, now: int, before: int) -> dict[str, str]:
    write = written(sort)
    return {
        "sort": sort, "name": spoken(COSTS[sort]), "now": write(now), "before": write(before),
        "change": words.change(now, before),
    }  # fmt: skip


def _goods(row: Goods) -> dict[str, Any]:
    return {
        "sku": urlencode({"sku": row.sku}), "title": row.title, "claims": str(row.tally.claims),
        "real": str(row.tally.real), "questions": str(row.tally.questions), "cost": words.cost(row.cost) or "—",
    }  # fmt: skip


def _claim(row: Newest, cases: str, names: dict[str, Any], now: datetime) -> dict[str, Any]:
    on_its_way = words.cost(row.still_open)
    cost = say("办理中：{cost}", cost=on_its_way) if on_its_way else words.cost(row.settled) or "—"
    return {
        "no": row.no, "order": masking.order_no(row.order_no), "buyer": masking.name(row.buyer), "title": row.title,
        "reason": str(names[row.reason]), "state": words.state(row.state), "over": row.state in FINAL,
        "when": figures.moment(row.opened_at, now=now), "machine": figures.machine_moment(row.opened_at), "cost": cost,
        "address": f"{cases}{row.no}/",
    }  # fmt: skip
