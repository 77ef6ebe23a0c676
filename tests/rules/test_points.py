"""When the last window of a line ends, and what the line has earned by then: each rule and both sides of its limits."""

from datetime import UTC, datetime, timedelta

import pytest

from compensation.rules import points
from compensation.rules.defaults import (
    COURSE,
    DEFAULT_POLICIES,
    GAME_ITEM,
    LICENCE,
    METERED,
    SUBSCRIPTION,
)
from compensation.rules.points import Case, Refund, Times
from compensation.rules.policy import Policy

PAID = datetime(2026, 3, 1, tzinfo=UTC)
DONE = PAID + timedelta(hours=5)
HOUR, DAY = 3600, 86_400


def ends(policy, *, started=PAID, warranty=0, total=0, outage=0, **changes):
    """So many seconds after completion; the window ends a day after it."""
    times = Times(
        completed_at=DONE, window_ends_at=DONE + timedelta(days=1), warranty_ends_at=DONE + timedelta(days=warranty),
        started_at=started, total_seconds=total, outage_seconds=outage,
    )  # fmt: skip
    found = points.last_window_ends(times, Policy.from_data(policy | changes))
    return None if found is None else (found - DONE) // timedelta(seconds=1)


EARLIER = 5 * HOUR  # it was paid so long before it was complete
TABLE = {
    "metered: the warranty outlasts the rest": (METERED, {"warranty": 30}, 30 * DAY),
    "metered: the effect guarantee outlasts the filing limit": (METERED, {}, 7 * DAY),
    "metered: no effect guarantee, the filing limit": (METERED, {"effect_rounds": 0}, 3 * DAY),
    "metered: filed in the window alone": (METERED, {"effect_rounds": 0, "filing_seconds": 0}, DAY),
    "metered: a cooling-off that ends sooner": (
        METERED, {"effect_rounds": 0, "clauses": [*METERED["clauses"], "refund.cooling_off"],
                  "cooling_off_seconds": 3 * DAY + EARLIER}, 3 * DAY,
    ),
    "metered: a cooling-off that ends later": (
        METERED, {"effect_rounds": 0, "clauses": [*METERED["clauses"], "refund.cooling_off"],
                  "cooling_off_seconds": 3 * DAY + EARLIER + 1}, 3 * DAY + 1,
    ),
    "licence: the cooling-off": (LICENCE, {}, 24 * HOUR - EARLIER),
    "licence: the warranty of defects": (LICENCE, {"warranty": 30}, 30 * DAY),
    "licence: from the first delivery": (LICENCE, {"started": DONE + timedelta(days=9)}, 10 * DAY),
    "licence: never handed over": (LICENCE, {"started": None, "warranty": 30}, None),
    "course: refunds by the unit outlast the trial": (COURSE, {}, 30 * DAY - EARLIER),
    "course: refunds by the unit without an end": (COURSE, {"pro_rata_seconds": None}, 7 * DAY - EARLIER),
    "game item: the trial": (GAME_ITEM, {"started": DONE}, 2 * HOUR),
    "subscription: to the end of its time": (SUBSCRIPTION, {"total": 90 * DAY}, 90 * DAY - EARLIER),
    "subscription: an outage remains": (SUBSCRIPTION, {"total": 90 * DAY, "outage": 7}, 90 * DAY - EARLIER + 7),
    "subscription: a trial longer than its time": (SUBSCRIPTION, {"total": HOUR, "started": DONE}, 24 * HOUR),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_when_the_last_window_ends(name):
    policy, given, expected = TABLE[name]
    assert ends(policy, **given) == expected


@pytest.mark.parametrize("policy", DEFAULT_POLICIES, ids=lambda policy: policy["code"])
def test_the_warranty_outlasts_every_window_of_the_default_policies(policy):
    assert ends(policy, warranty=40, total=30 * DAY) == 40 * DAY


END = PAID + timedelta(days=30)
LATE = END + timedelta(microseconds=1)
FILED, WRITTEN = Case("drop", False, END), Case("drop", True, END)
OUT, ON_ITS_WAY = Refund(False, True, END), Refund(False, False, END)
OUTCOMES = {
    "nothing happened": ({}, "earned"),
    "a claim in the last instant": ({"cases": [FILED]}, "claimed"),
    "a claim after it": ({"cases": [Case("drop", False, LATE)]}, "earned"),
    "a claim that the system wrote": ({"cases": [WRITTEN]}, "earned"),
    "one of each": ({"cases": [WRITTEN, FILED]}, "claimed"),
    "a question": ({"cases": [Case("question", False, END)]}, "earned"),
    "a suggestion": ({"cases": [Case("suggestion", False, END)]}, "earned"),
    "something else": ({"cases": [Case("other", False, END)]}, "earned"),
    "a delay": ({"cases": [Case("delay", False, END)]}, "claimed"),
    "a refund": ({"refunds": [OUT]}, "refunded"),
    "a refund after it": ({"refunds": [Refund(False, True, LATE)]}, "earned"),
    "a refund on its way": ({"refunds": [ON_ITS_WAY]}, ""),
    "one on its way, one out": ({"refunds": [ON_ITS_WAY, OUT]}, "refunded"),
    "a refund of the system": ({"refunds": [Refund(True, True, END), Refund(True, False, END)]}, "earned"),
    "a claim and a refund on its way": ({"cases": [FILED], "refunds": [ON_ITS_WAY]}, "claimed"),
    "a gift": ({"is_gift": True, "paid_fen": 0}, "gift"),
    "less than a yuan": ({"paid_fen": 99, "cases": [FILED]}, "small"),
    "one yuan": ({"paid_fen": 100}, "earned"),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_it_came_to(name):
    given, expected = OUTCOMES[name]
    usual = {"paid_fen": 5000, "is_gift": False, "cases": [], "refunds": [], "ends_at": END}
    assert points.came_to(**usual | given) == expected


@pytest.mark.parametrize(("fen", "n"), [(0, 0), (99, 0), (100, 1), (199, 1), (200, 2), (10**12, 10**10)])
def test_a_point_for_each_whole_yuan(fen, n):
    assert points.worth(fen) == n


def test_before_its_end_is_known_everything_counts():
    found = points.came_to(paid_fen=5000, is_gift=False, cases=[FILED], refunds=[], ends_at=None)
    assert found == "claimed"
