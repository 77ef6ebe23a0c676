"""The states of a defect and who may move it where; and from when on its developer owes an answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from common.phrases import mark


class State(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    FIX_ANNOUNCED = "fix_announced"
    FIXED = "fixed"
    REOPENED = "reopened"
    CLOSED = "closed"
    MERGED = "merged"


LABELS = {
    State.OPEN: mark("还没答复"),
    State.ANSWERED: mark("已答复"),
    State.FIX_ANNOUNCED: mark("已宣布修复"),
    State.FIXED: mark("已修好"),
    State.REOPENED: mark("修过又出现"),
    State.CLOSED: mark("已关闭"),
    State.MERGED: mark("已并到别处"),
}
UNANSWERED = (State.OPEN, State.REOPENED)
WITH_FIX = (State.FIX_ANNOUNCED, State.FIXED)
GONE = (State.CLOSED, State.MERGED)  # no claim comes to these any more

# Whose word it was.
OPS, DEVELOPER, SYSTEM = "ops", "developer", "system"
SIDES = {OPS: mark("运营"), DEVELOPER: mark("开发者"), SYSTEM: mark("系统")}
ANSWER, ANNOUNCE, FIXED, CLOSE, REOPEN, BACK = "answer", "announce", "fixed", "close", "reopen", "back"
MOVE, SPLIT, MERGE, RENAME, OWED = "move", "split", "merge", "rename", "owed"


@dataclass(frozen=True)
class Move:
    to: State
    who: str


_LIVING = {
    ANSWER: Move(State.ANSWERED, DEVELOPER),
    ANNOUNCE: Move(State.FIX_ANNOUNCED, DEVELOPER),
    CLOSE: Move(State.CLOSED, OPS),
    MERGE: Move(State.MERGED, SYSTEM),
}
_BACK = {BACK: Move(State.REOPENED, SYSTEM)}
MOVES: dict[State, dict[str, Move]] = {
    State.OPEN: _LIVING,
    State.REOPENED: _LIVING,
    State.ANSWERED: _LIVING,
    State.FIX_ANNOUNCED: _LIVING
    | _BACK
    | {ANSWER: Move(State.FIX_ANNOUNCED, DEVELOPER), FIXED: Move(State.FIXED, DEVELOPER)},
    State.FIXED: _LIVING | _BACK | {ANSWER: Move(State.FIXED, DEVELOPER)},
    State.CLOSED: {REOPEN: Move(State.OPEN, OPS)},
    State.MERGED: {},
}


def allowed(state: str, who: str) -> tuple[str, ...]:
    return tuple(action for action, move in MOVES[State(state)].items() if move.who == who)


def owes(*, state: str, real: int, major: bool, enough: int) -> bool:
    """Whether its developer owes an answer: it is large enough, or grave, or came back after it was called fixed."""
    if state not in UNANSWERED:
        return False
    return state == State.REOPENED or real >= enough or (major and real > 0)
