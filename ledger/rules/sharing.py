"""Which accounts a cost moves to, and how much to each, where some accounts may hold no less than nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

FUND, DISPUTES = "guarantee_fund", "dispute_fund"
_OF_DEVELOPER = "developer_payable."


class Move(NamedTuple):
    """So much moves: from now on `to` bears it, and `off` no more."""

    to: str
    off: str
    fen: int


def is_kept(code: str) -> bool:
    """Whether what lies on the account is known at any moment."""
    return code == FUND or is_developers(code)


def is_developers(code: str) -> bool:
    return code.startswith(_OF_DEVELOPER)


def borne(cost: str, fen: int, moves: Iterable[Move]) -> dict[str, int]:
    """{account: fen} of a cost that `cost` bore first, after these moves; its sum is always `fen`."""
    lies = {cost: fen}
    for to, off, part in moves:
        lies[to] = lies.get(to, 0) + part
        lies[off] = lies.get(off, 0) - part
    return {code: part for code, part in lies.items() if part}


def plan(lies: Mapping[str, int], *, goal: str, room: Mapping[str, int]) -> list[Move]:
    """The moves after which `goal` bears the cost that lies there now; `room`: {account marked: what it holds}.

    A developer's account that is marked bears as much as it holds, the guarantee fund the rest as far as it holds
    that, and what neither can bear stays where it is. What the fund bears already, it bore for a developer.
    """
    bounded = is_developers(goal)
    stays = {goal, FUND} if bounded else {goal}
    sources = {code: fen for code, fen in lies.items() if code not in stays}
    takers = [goal, FUND] if bounded and goal in room else [goal]
    moves, left = [], dict(room)
    for to in takers:
        for off, fen in sources.items():
            part = min(fen, left[to]) if to in left and bounded else fen
            if part > 0:
                moves.append(Move(to, off, part))
                sources[off] -= part
                if to in left:
                    left[to] -= part
    return moves
