"""Which rows a developer's credit is made of: confirmed defects, answers, refusals that stood or fell. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from common.phrases import mark
from compensation.rules.bearing import DEVELOPER
from compensation.rules.facts import DEFECTS
from developers.rules import months
from developers.rules.groups import gives
from developers.rules.periods import Stretch
from tickets.rules.lifecycle import State

# What a row that was counted is.
DEFECT, ASKED, CLUSTER, CONTEST, APPEAL = "defect", "asked", "cluster", "contest", "appeal"
SOURCES = {
    DEFECT: mark("货有毛病的一单"), ASKED: mark("请您答复的一次"), CLUSTER: mark("要您答复的缺陷"),
    CONTEST: mark("您提的异议"), APPEAL: mark("照您说的拒绝、买家申诉的"),
}  # fmt: skip
# The counts of the last day and what was answered at night have come by then.
FROM_HOUR = 2


def month_due(now: datetime) -> str:
    """The newest month whose credit should be there by now."""
    return months.before(months.name_of(now - timedelta(hours=FROM_HOUR)))


def stretch_of(month: str, *, length: int, now: datetime) -> Stretch:
    """The months that a month's credit looks at: so many, it being the last of them."""
    first = month
    for _ in range(length - 1):
        first = months.before(first)
    return Stretch(_whole(first, now).start, _whole(month, now).end)


def _whole(month: str, now: datetime) -> Stretch:
    found = months.month_named(month, now=now)
    assert found is not None, month
    return found


def is_confirmed(*, reason: str, party: str | None) -> bool:
    """Of a case that certainly gives something: whether it is held against the developer.

    Put on them, whatever it was; on somebody else, never. Where nobody has said who bears it, the goods' own faults.
    """
    return party == DEVELOPER if party else reason in DEFECTS


def came_of_appeal(happened: Iterable[tuple[str, str, str, str]]) -> bool | None:
    """Whether a refusal on the developer's word was overturned; None where none was appealed and answered.

    `happened`: (kind, actor, state that it led to, outcome where decided anew), the oldest first.
    """
    heard = refused = appealed = False
    for kind, actor, to, outcome in happened:
        if kind == "answer" and actor == "developer":
            heard = True
        elif not appealed:
            refused = refused or (heard and kind == "refuse")
            appealed = refused and kind == "appeal"
        elif kind == "refuse":
            return False
        elif kind == "override" or (kind == "approve" and to == State.FULFILLING):
            return True
        elif kind == "decided":
            return outcome in gives()
    return None
