"""What moves in a fund are called to everybody: {(fund, reason, in | out): words}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from common.phrases import mark
from ledger.rules.sharing import DISPUTES, FUND

IN, OUT = "in", "out"
# The word of an address, what it is called, what it is for.
FUNDS = {
    "guarantee": (FUND, mark("开发者保障基金"), mark("平台的问题让开发者受了损失，从这里赔给开发者。")),
    "disputes": (
        DISPUTES, mark("争议基金"),
        mark("还说不清是谁的责任时，买家的退款先由这里出；说清了，由该承担的人还回来。"),
    ),
}  # fmt: skip
KINDS = {
    (FUND, "fund", IN): mark("平台注入"),
    (FUND, "claim", OUT): mark("赔给开发者"),
    (FUND, "bear", OUT): mark("开发者存着的钱不够，由基金承担"),
    (FUND, "bear", IN): mark("改由别人承担，还回来"),
    (DISPUTES, "fund", IN): mark("平台注入"),
    (DISPUTES, "hold", OUT): mark("先退给买家的"),
    (DISPUTES, "void", IN): mark("没有退成，收回"),
    (DISPUTES, "bear", IN): mark("责任说清了，还回来"),
    (DISPUTES, "bear", OUT): mark("责任又说不清了，由基金承担"),
}  # fmt: skip
OTHER = mark("其他")


class Sum(NamedTuple):
    """One kind of move: what it is called, fen in or out (below nought), how many."""

    words: str
    fen: int
    moves: int


def words(fund: str, reason: str, side: str) -> str:
    return KINDS.get((fund, reason, side), OTHER)


def sides(fund: str, reason: str, moved: tuple[int, int, int, int]) -> list[Sum]:
    """What came in and what went out for one reason, what is nothing left out."""
    taken, given, outs, ins = moved
    both = [Sum(words(fund, reason, IN), given, ins), Sum(words(fund, reason, OUT), -taken, outs)]
    return [row for row in both if row.fen]


def kinds(fund: str, rows: Mapping[tuple[Any, str], tuple[int, int, int, int]]) -> list[Sum]:
    """The rows by kind, in the order of KINDS; their sum is how the fund changed."""
    sums: dict[str, Sum] = {}
    for (_, reason), moved in rows.items():
        for row in sides(fund, reason, moved):
            had = sums.get(row.words, Sum(row.words, 0, 0))
            sums[row.words] = Sum(row.words, had.fen + row.fen, had.moves + row.moves)
    return [sums[name] for name in dict.fromkeys((*KINDS.values(), OTHER)) if name in sums]
