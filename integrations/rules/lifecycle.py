"""The states of an intent and the only moves between them: never backwards, and what is final stays."""

from enum import StrEnum


class State(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    PROCESSING = "processing"
    UNKNOWN = "unknown"
    HELD = "held"
    SETTLED = "settled"
    FAILED = "failed"
    VOIDED = "voided"


class Action(StrEnum):
    TAKE = "take"  # a worker is about to send
    LOSE = "lose"  # nobody heard how the sending ended
    ACCEPT = "accept"  # the provider works on it
    SETTLE = "settle"
    FAIL = "fail"
    HOLD = "hold"  # a person has to look
    VOID = "void"
    RELEASE = "release"  # a person has looked
    DONE_BY_HAND = "done_by_hand"  # a person did it, outside of here
    GIVE_UP = "give_up"  # a person knows that it was not done, and it won't be


_ENDS = {Action.SETTLE: State.SETTLED, Action.FAIL: State.FAILED, Action.VOID: State.VOIDED}

MOVES: dict[State, dict[Action, State]] = {
    # A restored database may hear of work it has not sent yet, so a pending intent can end like any other.
    State.PENDING: {
        Action.TAKE: State.SENDING, Action.ACCEPT: State.PROCESSING, Action.HOLD: State.HELD, **_ENDS,
    },
    State.SENDING: {
        Action.LOSE: State.UNKNOWN, Action.ACCEPT: State.PROCESSING, Action.HOLD: State.HELD, **_ENDS,
    },
    State.UNKNOWN: {
        Action.TAKE: State.SENDING, Action.ACCEPT: State.PROCESSING, Action.HOLD: State.HELD, **_ENDS,
    },
    State.PROCESSING: {Action.HOLD: State.HELD, **_ENDS},
    # Released to `unknown`, never to `pending`, once anything was sent: the provider is asked first.
    State.HELD: {
        Action.ACCEPT: State.PROCESSING, Action.RELEASE: State.UNKNOWN, Action.DONE_BY_HAND: State.SETTLED,
        Action.GIVE_UP: State.VOIDED, **_ENDS,
    },
    State.SETTLED: {},
    State.FAILED: {},
    State.VOIDED: {},
}  # fmt: skip

FINAL = frozenset(state for state, moves in MOVES.items() if not moves)


class Held(StrEnum):
    """Why a person has to look."""

    PROVIDER_ABSENT = "provider_absent"
    UNAUTHORISED = "unauthorised"
    DECLINED = "declined"
    FAULTS = "faults"
    NO_SECOND_SEND = "no_second_send"
    GONE = "gone"
    CONFLICT = "conflict"
    MISMATCH = "mismatch"
    RESTORED = "restored"


# Here the provider's word and ours differ: no later report may settle it, only a person.
DISPUTED = frozenset({Held.CONFLICT, Held.MISMATCH})
# Here nobody was heard, or nobody believed us: once its provider says that it is not there, it may go out.
OUTAGES = frozenset({Held.FAULTS, Held.UNAUTHORISED})


class IllegalMove(Exception):
    """A move that is not on the table."""


def after(state: str, action: Action) -> State:
    """The state that the action leads to."""
    try:
        return MOVES[State(state)][action]
    except KeyError:
        raise IllegalMove(f"{state} has no {action}") from None
