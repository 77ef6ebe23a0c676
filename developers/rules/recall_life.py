"""The states of a recall and of its lines, and who may move it where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from common.phrases import mark


class State(StrEnum):
    COUNTING = "counting"
    SHOWN = "shown"
    CHECKING = "checking"
    CHANGED = "changed"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    REFUSED = "refused"


LABELS = {
    State.COUNTING: mark("正在试算"),
    State.SHOWN: mark("已试算"),
    State.CHECKING: mark("已批准，正在核对名单"),
    State.CHANGED: mark("名单变了，要重新试算"),
    State.RUNNING: mark("正在办理"),
    State.STOPPED: mark("已暂停"),
    State.DONE: mark("都办过了"),
    State.REFUSED: mark("没有批准"),
}
SUBMITTED = mark("等批准")  # counted, and sent to ops
WALKING = (State.COUNTING, State.CHECKING)  # a worker goes through the orders
AT_WORK = (*WALKING, State.RUNNING)
OPEN = (State.RUNNING, State.STOPPED)  # to the public: on its way
PUBLIC = (*OPEN, State.DONE)


@dataclass(frozen=True)
class Move:
    to: State
    who: str  # system | requester | ops
    or_to: tuple[State, ...] = ()


MOVES: dict[State, dict[str, Move]] = {
    State.COUNTING: {"counted": Move(State.SHOWN, "system", (State.COUNTING,))},
    State.SHOWN: {
        "submit": Move(State.SHOWN, "requester"),
        # Where two of ops have to agree, the first one's yes leaves it as it is.
        "approve": Move(State.CHECKING, "ops", (State.SHOWN,)),
        "refuse": Move(State.REFUSED, "ops"),
    },
    State.CHECKING: {"checked": Move(State.RUNNING, "system", (State.CHECKING, State.CHANGED))},
    State.RUNNING: {"stop": Move(State.STOPPED, "ops"), "carried_out": Move(State.DONE, "system")},
    State.STOPPED: {"resume": Move(State.RUNNING, "ops")},
    # What was skipped is looked at once more; what was given is not given again.
    State.DONE: {"again": Move(State.RUNNING, "ops")},
}

# A line: shown by the dry run as due something or nothing; then given, or skipped for a reason that may pass.
LISTED, NOTHING, GIVEN, SKIPPED = "listed", "nothing", "given", "skipped"
LINE_STATES = {
    LISTED: mark("等着办"),
    NOTHING: mark("没有要给的"),
    GIVEN: mark("已给"),
    SKIPPED: mark("跳过了"),
}


def called(state: str, *, submitted: bool) -> str:
    """What its state is called: what waits for a yes doesn't look like what was only counted."""
    return SUBMITTED if state == State.SHOWN and submitted else LABELS[State(state)]


def allowed(state: str, who: str) -> tuple[str, ...]:
    return tuple(action for action, move in MOVES.get(State(state), {}).items() if move.who == who)
