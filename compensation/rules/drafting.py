"""The states of a draft policy, and what each action asks for."""

from __future__ import annotations

from typing import NamedTuple

from common.phrases import mark

STATES = {
    "draft": mark("起草中"),
    "proposed": mark("等另一位发布"),
    "published": mark("已发布"),
    "dropped": mark("已放弃"),
}


class Move(NamedTuple):
    to: str
    proves: bool = False  # only what holds may go there
    by_another: bool = False  # only who has neither written nor proposed it


MOVES: dict[str, dict[str, Move]] = {
    "draft": {
        "save": Move("draft"),
        "propose": Move("proposed", proves=True),
        "drop": Move("dropped"),
    },
    "proposed": {
        "publish": Move("published", proves=True, by_another=True),
        "back": Move("draft"),
        "drop": Move("dropped"),
    },
    "published": {},
    "dropped": {},
}  # fmt: skip


def allowed(state: str) -> tuple[str, ...]:
    return tuple(MOVES[state])
