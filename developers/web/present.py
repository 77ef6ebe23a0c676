"""From a developer's figures to the page they are shown on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from common import figures
from common.clock import shanghai
from common.language import say, spoken
from developers.queries import Board, Goods, cost_of
from developers.rules import masking, periods
from developers.rules.groups import GROUPS, group_of
from developers.web import words
from tickets.queries import reason_names


@dataclass(frozen=True)
class Figure:
    name: str
    value: str
    note: str


@dataclass(frozen=True)
class Bar:
    """A reason with its number; `width` of the longest in percent, for the drawing only."""

    name: str
    count: int
    width: str
    note: str


@dataclass(frozen=True)
class Page:
    name: str
    dates: str
    heading: str
    tabs: list[dict[str, Any]]
    figures: list[Figure]
    groups: list[tuple[str, list[Bar]]]
    months: list[dict[str, str]]
    previous: str
    still_open: str
    goods: list[dict[str, Any]]
    quiet: int
    newest: list[dict[str, Any]]
    has_goods: bool


def present(board: Board, *, now: datetime) -> Page:
    shown = [row for row in board.goods if row.tally.claims or row.cost.fen or row.cost.units]
    month, alike = board.months["month"], board.months["alike"]
    return Page(
        name=board.developer.get_full_name() or board.developer.get_username(),
        dates=_dates(board.period.this),
        heading=words.headline(board.total.claims, board.total.real, board.total.checking),
        tabs=[
            {"code": code, "name": spoken(name), "here": code == board.period.code}
            for code, name in periods.PERIODS.items()
        ],
        figures=_figures(board),
        groups=_groups(board),
        months=[
            _row(say("退款"), figures.yuan, month.fen, alike.fen),
            _row(say("补发"), _units, month.units - month.gifts, alike.units - alike.gifts),
            *([_row(say("赠送"), _units, month.gifts, alike.gifts)] if month.gifts or alike.gifts else []),
        ],
        previous=words.cost(board.months["previous"]) or say("没有花费"),
        still_open=words.cost(board.still_open) or say("没有"),
        goods=[_goods(row) for row in shown],
        quiet=len(board.goods) - len(shown),
        newest=[_claim(ticket, now) for ticket in board.newest],
        has_goods=bool(board.goods),
    )


def _dates(stretch: periods.Stretch) -> str:
    last = stretch.end - timedelta(microseconds=1)
    return say("{start} 至 {end}", start=f"{shanghai(stretch.start):%m-%d}", end=f"{shanghai(last):%m-%d}")


def _figures(board: Board) -> list[Figure]:
    total, code = board.total, board.period.code
    return [
        _counted(say("属实的问题"), total.real, total.real_before, code),
        _counted(say("咨询与建议"), total.questions, total.questions_before, code),
        _counted(say("全部售后单"), total.claims, total.claims_before, code),
        Figure(say("已经花费"), figures.yuan(board.cost.fen), words.beside_cash(board.cost)),
    ]


def _counted(name: str, now: int, before: int, code: str) -> Figure:
    return Figure(name, str(now), words.since(code, before=before, more=now - before))


def _groups(board: Board) -> list[tuple[str, list[Bar]]]:
    names = reason_names()
    rows = [(reason, tally) for reason, tally in board.reasons.items() if tally.claims]
    most = max((tally.claims for _, tally in rows), default=1)
    return [
        (
            spoken(GROUPS[group]),
            [
                Bar(
                    str(names[reason]), tally.claims, f"{100 * tally.claims / most:.1f}%",
                    say("属实 {n}", n=tally.real) if tally.real else "",
                )
                for reason, tally in inside
            ],
        )
        for group, inside in groupby(rows, key=lambda row: group_of(row[0]))
    ]  # fmt: skip


def _row(name: str, write: Any, now: int, before: int) -> dict[str, str]:
    return {"name": name, "now": write(now), "before": write(before), "change": words.change(now, before)}


def _units(count: int) -> str:
    return say("{n} 个", n=count)


def _goods(row: Goods) -> dict[str, Any]:
    return {
        "sku": row.sku, "title": row.title, "claims": row.tally.claims, "real": row.tally.real,
        "questions": row.tally.questions, "cost": words.cost(row.cost) or "—",
    }  # fmt: skip


def _claim(ticket: Any, now: datetime) -> dict[str, Any]:
    done, waiting = cost_of(ticket)
    order = ticket.order
    on_its_way = words.cost(waiting)
    cost = say("办理中：{cost}", cost=on_its_way) if on_its_way else words.cost(done) or "—"
    return {
        "no": ticket.no, "order": masking.order_no(order.order_no), "buyer": masking.name(order.buyer.name),
        "title": order.product.title, "reason": ticket.get_reason_display(), "state": words.state(ticket.state),
        "over": ticket.is_final, "when": figures.moment(ticket.opened_at, now=now),
        "machine": figures.machine_moment(ticket.opened_at), "cost": cost,
    }  # fmt: skip
