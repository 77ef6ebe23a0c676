"""The states of a claim on the guarantee fund, and of money that two of ops book; who may move them where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from common.phrases import mark


class State(StrEnum):
    FILED = "filed"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PAID = "paid"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


LABELS = {
    State.FILED: mark("已提交"),
    State.IN_REVIEW: mark("正在审"),
    State.APPROVED: mark("同意了，等基金有钱"),
    State.PAID: mark("已赔付"),
    State.REFUSED: mark("不赔"),
    State.WITHDRAWN: mark("已撤回"),
}
WAITING = (State.FILED, State.IN_REVIEW)  # for ops
# What is claimed already can't be claimed again; refused, it may be appealed once, and that is all.
LIVE = (State.FILED, State.IN_REVIEW, State.APPROVED, State.PAID, State.REFUSED)


@dataclass(frozen=True)
class Move:
    to: State
    who: str  # system | developer | ops
    needs_words: bool = False
    or_to: tuple[State, ...] = ()


_ANSWERS = {
    # Where two have to agree, the first one's yes leaves it in review.
    "approve": Move(State.APPROVED, "ops", needs_words=True, or_to=(State.IN_REVIEW,)),
    "refuse": Move(State.REFUSED, "ops", needs_words=True),
    "withdraw": Move(State.WITHDRAWN, "developer"),
}
MOVES: dict[State, dict[str, Move]] = {
    State.FILED: {"take": Move(State.IN_REVIEW, "ops"), **_ANSWERS},
    State.IN_REVIEW: _ANSWERS,
    State.APPROVED: {"pay": Move(State.PAID, "system")},
    State.REFUSED: {"appeal": Move(State.FILED, "developer", needs_words=True)},
}


def allowed(state: str, who: str) -> tuple[str, ...]:
    return tuple(action for action, move in MOVES.get(State(state), {}).items() if move.who == who)


# Money that people book: into a fund, a developer's share, or paid out to them.
GUARANTEE, DISPUTES, SHARE, PAID_OUT = "guarantee", "disputes", "share", "paid_out"
SORTS = {
    GUARANTEE: mark("平台注入开发者保障基金"),
    DISPUTES: mark("平台注入争议基金"),
    SHARE: mark("替开发者存的分成"),
    PAID_OUT: mark("付给开发者的"),
}
OF_DEVELOPERS = (SHARE, PAID_OUT)
ASKED, BOOKED, DROPPED = "asked", "booked", "dropped"
BOOKING = {ASKED: mark("等另一位同意"), BOOKED: mark("已入账"), DROPPED: mark("没有入账")}
