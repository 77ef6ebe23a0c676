"""Whole series of counts, looked at after every one: exactly the warnings that the rules give, and no false one."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import InboxMessage
from compensation.services import intake
from compensation.services.scan import scan_drops
from orders.services.observations import take_observations
from tests.orders.conftest import new_order
from watch.models import DropWarning
from watch.services import looking

pytestmark = pytest.mark.django_db
DONE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # nine in Shanghai: of these hours none is at night
TIERS = ("none", "A", "B", "C", "unmeasurable")
HIDDEN = None  # a count that says itself that it can't be trusted

# What is counted at 0, 3, 6, 9, 24, 48, 72 and 96 hours, of a thousand; NOBODY looked.
HOURS = (0, 3, 6, 9, 24, 48, 72, 96)
NOBODY = "-"
# {order number: (counts, the tier of its first day as it is known at the end, what is said of it)}
SERIES = {
    "rising": ((1000, 1001, 1040, 1100, 1300, 1500, 1500, 1500), "none", []),
    "flat": ((1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000), "none", []),
    "wavering": ((1000, 960, 1000, 925, 990, 935, 1000, 1000), "none", []),
    "exactly-eight-in-a-hundred": ((1000, 970, 950, 930, 920, 920, 920, 920), "A", []),
    "tier-a": ((1000, 980, 950, 919, 910, 910, 910, 910), "A", [("inside", 81), ("slow", 90)]),
    "tier-b": ((1000, 950, 930, 921, 880, 880, 880, 880), "B", [("inside", 120), ("slow", 120)]),
    "tier-c": ((1000, 1000, 790, 700, 700, 690, 690, 690), "C", [("inside", 210), ("slow", 310)]),
    "exactly-three-in-ten": ((1000, 700, 700, 700, 700, 950, 1000, 1000), "none", [("inside", 300)]),
    "more-than-three-in-ten": (
        (1000, 699, 500, 500, 500, 500, 500, 921),
        "A",
        [("inside", 301, "urgent"), ("slow", 500)],
    ),
    "recovered": ((1000, 850, 900, 1000, 1000, 1010, 1010, 1010), "none", [("inside", 150)]),
    "recovered-later": ((1000, 1000, 1000, 1000, 850, 990, 1000, 1000), "none", [("inside", 150)]),
    "recovered-unseen": ((1000, NOBODY, NOBODY, NOBODY, 995, 995, 995, 995), "A", []),
    "nothing-left": ((1000, 990, 0, 0, 0, 0, 0, 0), "unmeasurable", []),
    "hidden": ((1000, 990, 985, 980, HIDDEN, HIDDEN, HIDDEN, HIDDEN), "unmeasurable", []),
    "slow": ((1000, 1000, 1000, 1000, 1000, 925, 900, 900), "none", [("slow", 100)]),
    "slow-and-never-by-enough": ((1000, 1000, 1000, 1000, 1000, 960, 920, 920), "none", []),
    "never-complete": ((900, 850, 500, 300, 300, 300, 300, 300), None, []),
}


def sell(name):
    new = new_order(
        name, baseline=0, buyer_external_id=name, target=name, paid_at=DONE - timedelta(hours=5)
    )  # fmt: skip
    intake.take_order(new=new, now=DONE - timedelta(hours=4))


def counted(name, at, count):
    return {
        "order_no": name, "observed_at": at.isoformat(), "count": count,
        "measurable": count is not HIDDEN,
    }  # fmt: skip


def play(by_day, names):
    """Count by count, each looked at as soon as it is there, and a minute later, when what was due has come due."""
    for name in names:
        sell(name)
    for nth, hours in enumerate(HOURS):
        at = DONE + timedelta(hours=hours)
        by_day.move_to(at)
        rows = [counted(name, at, SERIES[name][0][nth]) for name in names if SERIES[name][0][nth] != NOBODY]
        assert take_observations(raw_rows=rows, now=at).accepted == len(rows)
        looking.run_due(now=at)
        looking.run_due(now=at + timedelta(minutes=1))


def said():
    """{order number: [(window, lost, "urgent" where it was)]}; every one has its message."""
    found = {}
    for row in DropWarning.objects.select_related("order").order_by("id"):
        assert (row.said_at is not None, row.base) == (True, 1000)
        told = (row.window, row.loss, "urgent") if row.urgent else (row.window, row.loss)
        found.setdefault(row.order.order_no, []).append(told)
    assert InboxMessage.objects.filter(kind="warning").count() == sum(map(len, found.values()))
    return found


def wanted(names):
    return {name: SERIES[name][2] for name in names if SERIES[name][2]}


def tiers():
    found = scan_drops(at=DONE + timedelta(hours=24))
    return {tier: found[tier] for tier in TIERS if found[tier]}


@pytest.mark.parametrize("name", SERIES)
def test_a_series_is_told_of_as_the_rules_say(shop, by_day, name):
    play(by_day, [name])
    tier = SERIES[name][1]
    assert (said(), tiers()) == (wanted([name]), {tier: 1} if tier else {})


def test_all_of_them_at_once_are_told_of_as_each_by_itself(shop, by_day):
    play(by_day, SERIES)
    assert (said(), tiers()) == (wanted(SERIES), {"none": 8, "A": 4, "B": 1, "C": 1, "unmeasurable": 2})
