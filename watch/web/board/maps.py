"""At which hours units fell: of all goods in one sentence, of those that fell most in the chart and its table."""

from __future__ import annotations

from typing import Any

from common.language import say
from watch.rules import health
from watch.web.board import panel
from watch.web.board.panel import Panel
from watch.web.board.read import MAP_DAYS, Board, Falls

NIGHT = 6  # hours: midnight to six
TOO_MUCH = 40  # per cent of what fell at night that makes engineering look


def goods(board: Board) -> Panel:
    fell, night = sum(board.fell), sum(board.fell[:NIGHT])
    percent = 100 * night // fell if fell else 0
    lead = say(
        "{days} 天里掉了 {n} 个，其中 {percent}% 在夜里 0 到 6 点。", days=MAP_DAYS, n=fell, percent=percent
    )
    if percent >= TOO_MUCH:
        lead += say("超过四成，请技术查夜里的负载。")
    heads, rows, chart = _by_hour(board, board.falls, board.fell)
    return Panel(
        "map", say("几点掉的"), lead, heads, rows, chart,
        "" if fell else _nothing_fell(), must=percent >= TOO_MUCH,
    )  # fmt: skip


def suppliers(board: Board) -> Panel:
    """The same by whoever delivered them; how much of it is of nobody known is said first."""
    fell = sum(board.supplied_fell)
    nobodys = sum(sum(units) for subject, units in board.supplied_falls if subject == health.NOBODYS)
    lead = say(
        "{days} 天里掉了 {n} 个，其中 {m} 个所在的单没写明是哪一家送的：发货没写，或是几家一起送的。",
        days=MAP_DAYS, n=fell, m=nobodys,
    )  # fmt: skip
    heads, rows, chart = _by_hour(board, board.supplied_falls, board.supplied_fell)
    return Panel(
        "supplied-map", say("谁家的几点掉的"), lead, heads, rows, chart,
        "" if fell else _nothing_fell(),
    )  # fmt: skip


def _by_hour(
    board: Board, falls: Falls, fell: list[int]
) -> tuple[list[str], list[list[str]], dict[str, Any]]:
    """(the table's heads, its rows, the chart): the same cells in both. Hours in which nothing fell have no row."""
    named = [(panel.name(board, subject), units) for subject, units in falls]
    named += panel.others(fell, [units for _, units in falls])
    rows = [
        [say("{a}–{b} 点", a=hour, b=hour + 1), *(str(units[hour]) for _, units in named)]
        for hour in range(24) if any(units[hour] for _, units in named)
    ]  # fmt: skip
    rows.append([say("一共"), *(str(sum(units)) for _, units in named)])
    hours = [f"{hour:02d}" for hour in range(24)]
    heads = [say("几点"), *(name for name, _ in named)]
    return heads, rows, panel.chart("heat", hours, named, shade=[hours[0], hours[NIGHT]])


def _nothing_fell() -> str:
    return say("{days} 天里没有数到掉的。", days=MAP_DAYS)
