"""The part of a monthly report on points: earned, kept, and what may come; each row opens the order that it is of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from common import figures
from common.language import say


@dataclass(frozen=True)
class PointsRow:
    """`address` "": the reader can't open it."""

    title: str
    note: str
    points: str
    address: str


@dataclass(frozen=True)
class PointsPart:
    sums: tuple[dict[str, str], ...]
    rows: tuple[PointsRow, ...]
    unlisted: str
    coming: tuple[str, ...]


def present(said: dict[str, Any] | None, *, own: bool, now: datetime) -> PointsPart | None:
    """None in a report of before points were kept."""
    if said is None:
        return None
    earned = say("{n} 积分，{orders} 单", n=said["earned"], orders=said["orders"])
    sums = (
        {"label": say("这个月得了"), "value": earned if said["orders"] else say("0 积分")},
        {"label": say("月底一共"), "value": say("{n} 积分", n=said["balance"])},
    )
    more = said["orders"] - len(said["rows"])
    return PointsPart(
        sums, tuple(_row(row, own, now) for row in said["rows"]),
        say("另有 {n} 单没有列出，合计里都有。", n=more) if more > 0 else "", _coming(said, now),
    )  # fmt: skip


def _row(row: dict[str, Any], own: bool, now: datetime) -> PointsRow:
    day = figures.day(datetime.fromisoformat(row["at"]), now=now)
    note = say("{day}，订单 {order}", day=day, order=figures.mask_order(row["order_no"]))
    address = reverse("order", args=[row["order_no"]]) if own else ""
    return PointsRow(row["title"], note, say("{n} 积分", n=row["points"]), address)


def _coming(said: dict[str, Any], now: datetime) -> tuple[str, ...]:
    coming, over = said["coming"], said.get("recording") or {"orders": 0}
    told = [_to_come(coming, now)] if coming["orders"] or not over["orders"] else []
    if over["orders"]:
        recording = say(
            "{n} 单期限过了，正在记，一共 {points} 积分。", n=over["orders"], points=over["points"]
        )
        told.insert(0, recording)
    return tuple(told)


def _to_come(coming: dict[str, Any], now: datetime) -> str:
    if not coming["orders"]:
        return say("现在没有等着算积分的单；新的一单，售后期限都过了就算。")
    if coming["next_at"] is None:
        return say("另有 {n} 单还没有发货的记录，发货以后才起算。", n=coming["orders"])
    day = figures.day(datetime.fromisoformat(coming["next_at"]), now=now)
    return say(
        "还有 {n} 单期限没到，到时没申请过售后、没退过款的话，一共再得 {points} 积分；最早的到 {day}。",
        n=coming["orders"], points=coming["points"], day=day,
    )  # fmt: skip
