"""Which clocks a new ticket runs, and what stops them. rules.md §3."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.phrases import mark

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NewClock:
    """A clock as it starts: `met` at once where the decision was made in the claim's own request."""

    kind: str
    due_at: datetime
    met: bool
    explanation: str


def severity_of(*, clause: str, urgent: bool, together: bool = False) -> str:
    """major: the data itself is anomalous, or many lines fell together; urgent: a drop above the urgency rate."""
    if together or clause in ("drop.unmeasurable", "refund.unmeasurable", "effect.unmeasurable"):
        return "major"
    return "urgent" if urgent else "normal"


NEXT_REPLY = TEAM = 30 * MINUTE
INTERVENTION = DECISION = 2 * HOUR
FULFILMENT = 24 * HOUR
DEVELOPER_ANSWER = 48 * HOUR


def fulfilment_within(*, long_term: bool) -> timedelta:
    """Long-standing buyers wait half as long."""
    return FULFILMENT // 2 if long_term else FULFILMENT


def first_reply_within(*, severity: str, reason: str) -> timedelta:
    if reason == "fake_units":
        return HOUR
    return 30 * MINUTE if severity == "major" else 10 * MINUTE


def team(*, long_term: bool, now: datetime) -> NewClock:
    """The promise of a case that a person has, and that turned out to be major after it was filed."""
    usual, halved = _SAID["intervention", TEAM]
    return NewClock(
        "intervention", now + TEAM / (2 if long_term else 1), False, halved if long_term else usual
    )


def start(
    *, severity: str, reason: str, decided: bool, fulfilling: bool, long_term: bool, now: datetime
) -> Iterator[NewClock]:
    """The clocks of a ticket opened now. `decided`: no person is needed. Long-term buyers: halved."""
    share = 2 if long_term else 1

    def clock(kind: str, within: timedelta, met: bool) -> NewClock:
        usual, halved = _SAID[kind, within]
        return NewClock(kind, now + within / share, met, halved if long_term else usual)

    yield clock("first_reply", first_reply_within(severity=severity, reason=reason), decided)
    if severity == "urgent":
        yield clock("intervention", INTERVENTION, decided)
    yield clock("decision", DECISION, decided)
    if fulfilling:
        yield clock("fulfilment", FULFILMENT, False)


# As a clock keeps it; whoever shows one says it in the reader's language. Whole sentences, so that they can be found.
_SAID = {
    ("first_reply", 10 * MINUTE): (
        mark("首次答复：提交后 10 分钟内"), mark("首次答复：提交后 5 分钟内（长期用户减半）"),
    ),
    ("first_reply", 30 * MINUTE): (
        mark("首次答复：提交后 30 分钟内"), mark("首次答复：提交后 15 分钟内（长期用户减半）"),
    ),
    ("first_reply", HOUR): (
        mark("首次答复：提交后 1 小时内"), mark("首次答复：提交后 30 分钟内（长期用户减半）"),
    ),
    ("intervention", INTERVENTION): (
        mark("紧急介入：提交后 2 小时内"), mark("紧急介入：提交后 1 小时内（长期用户减半）"),
    ),
    ("intervention", TEAM): (
        mark("专门小组介入：定为重大后 30 分钟内"), mark("专门小组介入：定为重大后 15 分钟内（长期用户减半）"),
    ),
    ("decision", DECISION): (
        mark("做出决定：提交后 2 小时内"), mark("做出决定：提交后 1 小时内（长期用户减半）"),
    ),
    ("fulfilment", FULFILMENT): (
        mark("办理完成：提交后 24 小时内"), mark("办理完成：提交后 12 小时内（长期用户减半）"),
    ),
}  # fmt: skip
