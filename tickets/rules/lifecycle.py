"""The published graph of a ticket: which moves there are, who may make them, and how long a state waits."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    OPEN = "open"
    WAITING_OPS = "waiting_ops"
    WAITING_BUYER = "waiting_buyer"
    WAITING_DEVELOPER = "waiting_developer"
    FULFILLING = "fulfilling"
    CONFIRMING = "confirming"
    REFUSED = "refused"
    APPEALED = "appealed"
    ARBITRATING = "arbitrating"
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


LABELS = {
    State.OPEN: "已提交",
    State.WAITING_OPS: "等专人处理",
    State.WAITING_BUYER: "等您补充",
    State.WAITING_DEVELOPER: "等开发者答复",
    State.FULFILLING: "正在办理",
    State.CONFIRMING: "等您确认",
    State.REFUSED: "不予补偿",
    State.APPEALED: "已申诉",
    State.ARBITRATING: "评审中",
    State.RESOLVED: "已办结",
    State.CLOSED: "已关闭",
    State.WITHDRAWN: "已撤销",
}
FINAL = frozenset({State.RESOLVED, State.CLOSED, State.WITHDRAWN})
# Whose move it is.
TURN = {
    State.OPEN: "system",
    State.WAITING_OPS: "ops",
    State.WAITING_BUYER: "buyer",
    State.WAITING_DEVELOPER: "developer",
    State.FULFILLING: "system",
    State.CONFIRMING: "buyer",
    State.REFUSED: "buyer",
    State.APPEALED: "ops",
    State.ARBITRATING: "panel",
    State.RESOLVED: "nobody",
    State.CLOSED: "nobody",
    State.WITHDRAWN: "nobody",
}


@dataclass(frozen=True, slots=True)
class Move:
    """What an action leads to; `who` ∈ system, buyer, ops; `needs` what must come with it."""

    to: State
    who: str
    needs: str = ""


# Only moves that the program can make today; each later capability adds its own.
MOVES: dict[State, dict[str, Move]] = {
    State.FULFILLING: {
        "fulfilled": Move(State.CONFIRMING, "system"),
        "hand_over": Move(State.WAITING_OPS, "system"),
        "withdraw": Move(State.WITHDRAWN, "buyer"),
    },
    State.WAITING_OPS: {
        "resume": Move(State.FULFILLING, "system"),
        "fulfilled": Move(State.CONFIRMING, "system"),
        "escalate": Move(State.WAITING_OPS, "system"),
        "withdraw": Move(State.WITHDRAWN, "buyer"),
    },
    State.CONFIRMING: {
        "confirm": Move(State.RESOLVED, "buyer"),
        # The buyer says that it is not solved: a person answers, and nothing is resolved by silence.
        "not_yet": Move(State.WAITING_OPS, "buyer", "text"),
        "lapse": Move(State.RESOLVED, "system"),
    },
    State.REFUSED: {
        "appeal": Move(State.APPEALED, "buyer", "text"),
        "withdraw": Move(State.WITHDRAWN, "buyer"),
        "lapse": Move(State.CLOSED, "system"),
    },
    State.APPEALED: {
        "escalate": Move(State.APPEALED, "system"),
        "withdraw": Move(State.WITHDRAWN, "buyer"),
    },
}


def after_decision(*, outcome: str, requires_review: bool) -> State:
    """Where a ticket stands once its claim is decided."""
    if requires_review or outcome == "review":
        return State.WAITING_OPS
    return {
        "nothing": State.RESOLVED,
        "guide": State.CONFIRMING,
        "refuse": State.REFUSED,
    }.get(outcome, State.FULFILLING)


def waits(state: str, *, severity: str) -> timedelta | None:
    """How long a state may stay before `lapse` or `escalate`; None: it does not end by time. rules.md §3."""
    if state == State.WAITING_OPS:
        return timedelta(hours=4 if severity == "normal" else 2)
    return {
        State.CONFIRMING: timedelta(hours=48),
        State.REFUSED: timedelta(days=7),
        State.APPEALED: timedelta(hours=24),
    }.get(State(state))


def on_time_out(state: str) -> str | None:
    """The action at the limit. Nothing is ever paid or refused by running out of time alone."""
    moves = MOVES.get(State(state), {})
    return next((action for action in ("lapse", "escalate") if action in moves), None)
