"""The board in words: what each chart is drawn from, the same figures as rows, and one sentence over them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from common import figures
from common.intervals import PARTS, interval
from common.language import say, spoken
from common.phrases import mark
from tickets import queries as tickets
from watch.models import Proposal
from watch.rules import health
from watch.web.board import maps, panel
from watch.web.board.panel import Panel
from watch.web.board.read import OF_GOODS, OF_SUPPLIERS, Board, Rates, Sums

STATES = {
    "open": mark("刚提交"), "waiting_ops": mark("等我们"), "waiting_buyer": mark("等买家补充"),
    "waiting_developer": mark("等开发者答复"), "fulfilling": mark("正在办"), "confirming": mark("等买家确认"),
    "refused": mark("未予补偿，买家可申诉"), "appealed": mark("买家申诉"), "arbitrating": mark("评审中"),
}  # fmt: skip


def panels(board: Board) -> list[Panel]:
    return [
        _now(board),
        _queue(board),
        _breaches(board),
        maps.goods(board),
        maps.suppliers(board),
        _rates(board),
        _supplied_rates(board),
        _fakes(board),
        _money(board),
        _incidents(board),
        _satisfaction(board),
    ]


def _now(board: Board) -> Panel:
    shown = [(spoken(STATES[state]), number) for state, number in board.states]
    total = sum(number for _, number in shown)
    return Panel(
        "now", say("现在没办完的"), say("一共 {n} 张。", n=_capped(total)), [say("状态"), say("几张")],
        [[name, _capped(number)] for name, number in shown],
        panel.chart("bars", [name for name, _ in shown], [(say("几张"), [number for _, number in shown])]),
        "" if total else say("没有没办完的售后单。来了新的，这里按状态数好。"),
    )  # fmt: skip


def _queue(board: Board) -> Panel:
    opened, ended = sum(board.opened), sum(board.ended)
    series = [(say("提交"), board.opened), (say("办结"), board.ended)]
    return Panel(
        "queue", say("每天来了多少，办结多少"), say("30 天里来了 {n} 张，办结 {m} 张。", n=opened, m=ended),
        [say("日期"), say("提交"), say("办结")], panel.by_day(board, board.opened, board.ended),
        panel.chart("line", panel.days(board), series),
        "" if opened or ended else say("30 天里没有售后单。"),
    )  # fmt: skip


def _breaches(board: Board) -> Panel:
    names = tickets.clock_names()
    series = [(str(names[kind]), numbers) for kind, numbers in sorted(board.breaches.items())]
    total = sum(sum(numbers) for _, numbers in series)
    return Panel(
        "breaches", say("超时"), say("30 天里超时 {n} 次。", n=total), [say("日期"), *(name for name, _ in series)],
        panel.by_day(board, *(numbers for _, numbers in series)), panel.chart("stack", panel.days(board), series),
        "" if total else say("30 天里没有一次超时。"), must=bool(total),
    )  # fmt: skip


def _rates(board: Board) -> Panel:
    rows, chart = _per_cent(board, board.rates, OF_GOODS)
    lead = say("30 天里每一百单出问题的有几单；置信区间按 95% 的把握算。")
    nothing = say("还没有窗口结束的单。送完 24 小时以后，一单一单算进来。")
    heads = _rate_heads(say("哪件商品、哪一样"))
    return Panel("rates", say("商品的状况"), lead, heads, rows, chart, "" if rows else nothing)


def _supplied_rates(board: Board) -> Panel:
    rows, chart = _per_cent(board, board.supplied_rates, OF_SUPPLIERS)
    lead = say(
        "30 天里它送的单、补的单每一百单出问题的有几单；满 {n} 单才判断，没写明供货商的只列出来，不判断。",
        n=settings.HEALTH_AT_LEAST,
    )
    nothing = say("还没有窗口结束的单，也没有补完的单。推送发货时写上供货商，就一家一家分开数。")
    heads = _rate_heads(say("哪家供货商、哪一样"))
    return Panel("supplied-rates", say("供货商的状况"), lead, heads, rows, chart, "" if rows else nothing)


def _rate_heads(whose: str) -> list[str]:
    return [whose, say("几单"), say("百分之几"), say("置信区间（95%）")]


def _per_cent(board: Board, rates: Rates, names: Sequence[str]) -> tuple[list[list[str]], dict[str, Any]]:
    """Per cent of lines, with the ends of the interval in the table."""
    lines = [
        (panel.name(board, subject), name, sums[name])
        for subject, sums in rates for name in names if sums.get(name, (0, 0))[1]
    ]  # fmt: skip
    rows = [
        [
            say("{who}：{what}", who=who, what=spoken(health.NAMES[name])), f"{part} / {whole}",
            _percent(part, whole), _between(part, whole),
        ]
        for who, name, (part, whole) in lines
    ]  # fmt: skip
    # Only those with any trouble are drawn, or the legend would be longer than the chart; the table has them all.
    bad = [(subject, sums) for subject, sums in rates if any(part for part, _ in sums.values())]
    series = [(panel.name(board, subject), [_point(sums, name) for name in names]) for subject, sums in bad]
    return rows, panel.chart("groups", [spoken(health.NAMES[name]) for name in names], series, unit="%")


def _fakes(board: Board) -> Panel:
    fake, delivered = (sum(one[side] for one in board.fakes) for side in (0, 1))
    beyond = health.fakes_beyond(fakes=fake, delivered=delivered)
    points = [round(100 * part / whole, 2) if whole else None for part, whole in board.fakes]
    rows = [
        [panel.day_of(day), str(part), str(whole), _percent(part, whole)]
        for day, (part, whole) in reversed(list(zip(board.days, board.fakes, strict=True))) if whole
    ]  # fmt: skip
    return Panel(
        "fakes", say("假号率"),
        say("30 天里核实的假号占 {percent}，承诺不超过 3%。", percent=_percent(fake, delivered)),
        [say("日期"), say("核实的假号"), say("送到"), say("百分之几")], rows,
        panel.chart("line", panel.days(board), [(say("假号率"), points)], unit="%", limit=3, limit_name=say("承诺 3%")),
        "" if rows else say("30 天里没有窗口结束、数得出来的单。"), must=beyond,
    )  # fmt: skip


def _money(board: Board) -> Panel:
    total = sum(board.paid_fen)
    yuan = [round(fen / 100, 2) for fen in board.paid_fen]
    days = reversed(list(zip(board.days, board.paid_fen, strict=True)))
    rows = [[panel.day_of(day), figures.yuan(fen)] for day, fen in days if fen]
    return Panel(
        "money", say("退出去的钱"), say("30 天里退了 {yuan}。", yuan=figures.yuan(total)), [say("日期"), say("退了")],
        rows, panel.chart("bars", panel.days(board), [(say("退了"), yuan)], unit=say("元")),
        "" if total else say("30 天里没有退出去的钱。"),
    )  # fmt: skip


def _incidents(board: Board) -> Panel:
    """How many lines each held back, on the day it began."""
    total = sum(board.held)
    series = [(panel.name(board, subject), lines) for subject, lines in board.held_of]
    series += panel.others(board.held, [lines for _, lines in series])
    lead = say("30 天里 {n} 起，一共压过 {m} 单。", n=board.happened, m=total)
    if board.waiting:
        lead += say("{n} 起等人看。", n=board.waiting)
    nothing = say(
        "30 天里没有。一件商品、一家供货商的货一小时里超过 200 单掉量或缺互动时，压过几单按天画在这里。"
    )
    return Panel(
        "incidents", say("一起出的事"), lead, [say("始于"), *(name for name, _ in series)],
        panel.by_day(board, *(lines for _, lines in series)),
        panel.chart("stack", panel.days(board), series),
        "" if total else nothing, must=bool(board.waiting),
    )  # fmt: skip


def _satisfaction(board: Board) -> Panel:
    """Of the newest reports, from five stars down."""
    given = sorted(board.stars.items(), reverse=True)
    total, tenths = sum(board.stars.values()), sum(stars * number for stars, number in given) * 10
    year, month = board.month.split("-")
    mean = tenths // total if total else 0
    return Panel(
        "satisfaction", say("满意度：{year} 年 {month} 月的报告", year=year, month=int(month)),
        say("{n} 位评了，平均 {mean} 星。", n=total, mean=f"{mean // 10}.{mean % 10}"),
        [say("星"), say("几位")], [[str(stars), str(number)] for stars, number in given],
        panel.chart("bars", [say("{n} 星", n=stars) for stars, _ in given], [(say("几位"), [n for _, n in given])]),
        "" if total else say("还没有人评。报告 1 日写给买家，评了就数在这里。"),
    )  # fmt: skip


def _capped(number: int) -> str:
    return f"{tickets.CAP}+" if number > tickets.CAP else str(number)


def _point(sums: Sums, name: str) -> float | None:
    part, whole = sums.get(name, (0, 0))
    return round(100 * part / whole, 1) if whole else None


def _percent(part: int, whole: int) -> str:
    return hundredths(part * PARTS // whole) if whole else "—"


def _between(part: int, whole: int) -> str:
    lower, upper = interval(part=part, whole=whole)
    return f"{hundredths(lower)} – {hundredths(upper)}"


def hundredths(parts: int) -> str:
    """7224 → 72.24%."""
    return f"{parts // 100}.{parts % 100:02d}%"


def beside(board: Board, *, now: datetime) -> dict[str, Any]:
    """What a person has to say a word on, and what they said last."""
    return {
        "incidents": [
            {
                "pk": one.pk, "who": one.called, "about": one.get_about_display(), "lines": one.lines,
                "state": one.get_state_display(), "open": one.state == "open",
                "when": figures.moment(one.opened_at, now=now),
            }
            for one in board.incidents
        ],
        "proposals": [
            {
                "pk": one.pk, "who": panel.name(board, one.subject), "said": _proposed(one),
                "state": one.get_state_display(), "open": one.state == "open",
                "flagged": _flagged(board, one),
            }
            for one in board.proposals
        ],
        "more": _more(board),
    }  # fmt: skip


def _more(board: Board) -> str:
    """ "": all of them are listed."""
    listed = len(board.proposals)
    return say("一共 {n} 条，看全部", n=board.standing) if board.standing > listed else ""


def _flagged(board: Board, one: Proposal) -> str:
    """What a suspended supplier handed over all the same."""
    came = board.flagged.get(one.subject, 0)
    return say("停用以后又送来 {n} 批", n=came) if came else ""


def _proposed(one: Proposal) -> str:
    return say(
        "{what} {part} / {whole}，至少 {lower}，允许 {limit}", what=spoken(health.NAMES[one.figure]), part=one.part,
        whole=one.whole, lower=hundredths(one.lower), limit=hundredths(one.limit),
    )  # fmt: skip
