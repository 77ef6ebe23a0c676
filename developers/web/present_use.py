"""What of a developer's goods is used most, and what is asked about most, as their page lists it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from common.language import say
from common.tables import defused
from developers.queries import Asking, Board, Goods


@dataclass(frozen=True)
class Used:
    address: str
    title: str
    number: str
    a_day: str


@dataclass(frozen=True)
class Asked:
    address: str
    title: str
    reason: str
    number: str


def used(board: Board) -> list[Used]:
    start, end = board.period.this.days()
    return [_used(one, (end - start).days) for one in board.used]


def _used(one: Goods, days: int) -> Used:
    number = one.tally.active
    return Used(reverse("product", args=[one.sku]), one.title, f"{number:,}", tenths(number, days))


def asked(board: Board, names: dict[str, Any], named: str) -> list[Asked]:
    page, whose = reverse("developer-feedback"), {"developer": named} if named else {}
    return [_asked(one, names, page, whose) for one in board.asked]


def _asked(one: Asking, names: dict[str, Any], page: str, whose: dict[str, str]) -> Asked:
    query = urlencode({"reason": one.reason, "sku": one.sku, **whose})
    return Asked(f"{page}?{query}", one.title, str(names[one.reason]), f"{one.number:,}")


def tenths(part: int, whole: int) -> str:
    """A share to a tenth, by whole numbers; of nothing there is none, and what there is is never said to be none."""
    if not whole:
        return "—"
    found = (20 * part + whole) // (2 * whole)
    if part and not found:
        return "< 0.1"
    return f"{found // 10}.{found % 10}"


def file_headings() -> list[str]:
    return [
        say("货号"), say("商品"), say("卖出几单"), say("卖出几个"), say("用过（单·天）"), say("全部售后单"),
        say("属实"), say("咨询与建议"), say("已退（元）"), say("已补（个）"), say("其中送（个）"),
    ]  # fmt: skip


def file_row(one: Goods) -> list[str | int]:
    tally = one.tally
    cash = f"{tally.fen // 100}.{tally.fen % 100:02d}"
    return [
        defused(one.sku), defused(one.title), tally.orders, tally.sold, tally.active, tally.claims,
        tally.real, tally.questions, cash, tally.units, tally.gifts,
    ]  # fmt: skip
