"""The published graph of a ticket: which moves there are, who may make them, and how long a state waits."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from common.phrases import mark


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
    State.OPEN: mark("已提交"),
    State.WAITING_OPS: mark("等专人处理"),
    State.WAITING_BUYER: mark("等您补充"),
    State.WAITING_DEVELOPER: mark("等开发者答复"),
    State.FULFILLING: mark("正在办理"),
    State.CONFIRMING: mark("等您确认"),
    State.REFUSED: mark("不予补偿"),
    State.APPEALED: mark("已申诉"),
    State.ARBITRATING: mark("评审中"),
    State.RESOLVED: mark("已办结"),
    State.CLOSED: mark("已关闭"),
    State.WITHDRAWN: mark("已撤销"),
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
    """What an action leads to; `who` ∈ system, buyer, developer, ops; `needs` what must come with it.

    `or_to`: where else it leads, as the decision or what was said before has it.
    """

    to: State
    who: str
    needs: str = ""
    or_to: tuple[State, ...] = ()

    def leads_to(self, state: State) -> bool:
        return state == self.to or state in self.or_to


def _at_the_desk(state: State) -> dict[str, Move]:
    """What ops do to a case without moving it."""
    return {"assign": Move(state, "ops"), "set_responsibility": Move(state, "ops", "reason")}


def _decided_by_ops(state: State, *, refused: State) -> dict[str, Move]:
    """What ops decide, and that they ask somebody first. An appeal is answered once: its refusal ends the case."""
    return {
        # Where nothing is to be given the reason is the answer; where two have to approve, the first one waits.
        "approve": Move(State.FULFILLING, "ops", "reason", (State.CONFIRMING, state)),
        # Above the limit a colleague has to approve what was overridden.
        "override": Move(State.FULFILLING, "ops", "reason", (State.WAITING_OPS,)),
        "refuse": Move(refused, "ops", "reason", (State.CLOSED,)),
        "request_proof": Move(State.WAITING_BUYER, "ops", "text", (State.WAITING_DEVELOPER,)),
        # Decided again in the same breath: `open` is left by `decided`.
        "establish": Move(State.OPEN, "ops", "reason"),
    }


# Only moves that the program can make today; each later capability adds its own.
MOVES: dict[State, dict[str, Move]] = {
    State.OPEN: {
        "decided": Move(
            State.FULFILLING,
            "system",
            or_to=(State.WAITING_OPS, State.CONFIRMING, State.REFUSED, State.RESOLVED, State.CLOSED),
        ),
    },
    State.FULFILLING: {
        "fulfilled": Move(State.CONFIRMING, "system"),
        "hand_over": Move(State.WAITING_OPS, "system"),
        "withdraw": Move(State.WITHDRAWN, "buyer"),
        **_at_the_desk(State.FULFILLING),
    },
    State.WAITING_OPS: {
        "resume": Move(State.FULFILLING, "system"),
        "fulfilled": Move(State.CONFIRMING, "system"),
        "escalate": Move(State.WAITING_OPS, "system"),
        # A recall gives what two people have agreed to for all its lines: decisions/0030.
        "recalled": Move(State.FULFILLING, "system"),
        "withdraw": Move(State.WITHDRAWN, "buyer"),
        **_decided_by_ops(State.WAITING_OPS, refused=State.REFUSED),
        **_at_the_desk(State.WAITING_OPS),
    },
    State.WAITING_BUYER: {
        "answer": Move(State.WAITING_OPS, "buyer", "text"),
        # Nobody answered: ops decide on what is there.
        "lapse": Move(State.WAITING_OPS, "system"),
        "withdraw": Move(State.WITHDRAWN, "buyer"),
        **_at_the_desk(State.WAITING_BUYER),
    },
    State.WAITING_DEVELOPER: {
        "answer": Move(State.WAITING_OPS, "developer", "text"),
        "lapse": Move(State.WAITING_OPS, "system"),
        "withdraw": Move(State.WITHDRAWN, "buyer"),
        # What the developer said elsewhere may be enough.
        **_decided_by_ops(State.WAITING_DEVELOPER, refused=State.REFUSED),
        **_at_the_desk(State.WAITING_DEVELOPER),
    },
    State.CONFIRMING: {
        "confirm": Move(State.RESOLVED, "buyer"),
        # The buyer says that it is not solved: a person answers, and nothing is resolved by silence.
        "not_yet": Move(State.WAITING_OPS, "buyer", "text"),
        # Late goods: the buyer gives another delivery time.
        "wait": Move(State.FULFILLING, "buyer"),
        "lapse": Move(State.RESOLVED, "system"),
        **_at_the_desk(State.CONFIRMING),
    },
    State.REFUSED: {
        "appeal": Move(State.APPEALED, "buyer", "text"),
        "withdraw": Move(State.WITHDRAWN, "buyer"),
        "lapse": Move(State.CLOSED, "system"),
        **_at_the_desk(State.REFUSED),
    },
    State.APPEALED: {
        "escalate": Move(State.APPEALED, "system"),
        "withdraw": Move(State.WITHDRAWN, "buyer"),
        **_decided_by_ops(State.APPEALED, refused=State.CLOSED),
        **_at_the_desk(State.APPEALED),
    },
    # Who bears the cost is often known only afterwards.
    **{state: {"set_responsibility": Move(state, "ops", "reason")} for state in sorted(FINAL)},
}


def allowed(state: str, who: str) -> tuple[str, ...]:
    """The moves that this side may make now, in the table's order."""
    return tuple(action for action, move in MOVES.get(State(state), {}).items() if move.who == who)


def after_decision(*, outcome: str, requires_review: bool) -> State:
    """Where a ticket stands once its claim is decided."""
    if requires_review or outcome == "review":
        return State.WAITING_OPS
    return {
        "nothing": State.RESOLVED,
        "guide": State.CONFIRMING,
        "refuse": State.REFUSED,
    }.get(outcome, State.FULFILLING)


# How long a person has, by the severity; so much sooner that is over where a usual case turns out to be major.
USUAL, PRESSING = timedelta(hours=4), timedelta(hours=2)
SOONER = USUAL - PRESSING


def waits(state: str, *, severity: str) -> timedelta | None:
    """How long a state may stay before `lapse` or `escalate`; None: it does not end by time. rules.md §3."""
    if state == State.WAITING_OPS:
        return USUAL if severity == "normal" else PRESSING
    return {
        State.WAITING_BUYER: timedelta(hours=72),
        State.WAITING_DEVELOPER: timedelta(hours=48),
        State.CONFIRMING: timedelta(hours=48),
        State.REFUSED: timedelta(days=7),
        State.APPEALED: timedelta(hours=24),
    }.get(State(state))


def on_time_out(state: str) -> str | None:
    """The action at the limit. Nothing is ever paid or refused by running out of time alone."""
    moves = MOVES.get(State(state), {})
    return next((action for action in ("lapse", "escalate") if action in moves), None)
