"""Which clocks a new ticket runs, and what stops them. rules.md §3."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NewClock:
    """A clock as it starts: `met` at once where the decision was made in the claim's own request."""

    kind: str
    due_at: datetime
    met: bool
    explanation: str


def severity_of(*, clause: str, urgent: bool) -> str:
    """major: the data itself is anomalous; urgent: a drop above the urgency rate."""
    if clause in ("drop.unmeasurable", "refund.unmeasurable", "effect.unmeasurable"):
        return "major"
    return "urgent" if urgent else "normal"


NEXT_REPLY = 30 * MINUTE
FULFILMENT = 24 * HOUR
DEVELOPER_ANSWER = 48 * HOUR


def first_reply_within(*, severity: str, reason: str) -> timedelta:
    if reason == "fake_units":
        return HOUR
    return 30 * MINUTE if severity == "major" else 10 * MINUTE


def start(
    *, severity: str, reason: str, decided: bool, fulfilling: bool, long_term: bool, now: datetime
) -> Iterator[NewClock]:
    """The clocks of a ticket opened now. `decided`: no person is needed. Long-term buyers: halved."""
    share = 2 if long_term else 1

    def clock(kind: str, within: timedelta, met: bool, what: str) -> NewClock:
        due = within / share
        half = "（长期用户减半）" if long_term else ""
        return NewClock(kind, now + due, met, f"{what}：提交后 {_words(due)}内{half}")

    yield clock("first_reply", first_reply_within(severity=severity, reason=reason), decided, "首次答复")
    if severity == "urgent":
        yield clock("intervention", 2 * HOUR, decided, "紧急介入")
    yield clock("decision", 2 * HOUR, decided, "做出决定")
    if fulfilling:
        yield clock("fulfilment", FULFILMENT, False, "办理完成")


def _words(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60} 小时" if minutes % 60 == 0 else f"{minutes} 分钟"
