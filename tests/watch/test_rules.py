"""What is warned of, what counts as news, and when it may be said: tables."""

from datetime import UTC, datetime

import pytest

from compensation.rules.decide import decide
from compensation.rules.defaults import default_policy
from compensation.rules.facts import Facts
from watch.rules import offers, quiet

METERED = default_policy("metered-standard")
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def decided(**facts):
    usual = {"reason": "drop", "ordered": 1000, "paid_fen": 5000, "delivered": 1000}
    return decide(Facts(**usual | facts), METERED)


@pytest.mark.parametrize(
    ("facts", "window", "urgent"),
    [
        ({"present": 1000}, None, False),
        ({"present": 920}, None, False),  # exactly 8 % warns nobody
        ({"present": 919}, "inside", False),
        ({"present": 700}, "inside", False),  # exactly 30 % is not urgent
        ({"present": 699}, "inside", True),
        ({"present": 0, "measurable": False}, None, False),
        ({"present": 919, "window": "warranty"}, "slow", False),
        ({"present": 600, "window": "warranty"}, "slow", False),
        ({"present": 920, "window": "warranty"}, None, False),
        ({"present": 800, "window": "outside"}, None, False),
        ({"present": 900, "delivering": True}, None, False),
        ({"present": 850, "closed": True}, None, False),
        ({"present": 850, "pending": 71}, None, False),
        (
            {"present": 850, "pending": 180, "restored": 150, "granted": 180},
            None,
            False,
        ),  # all of it is on its way
    ],
)
def test_what_is_warned_of(facts, window, urgent):
    decision = decided(**facts)
    assert (offers.window_of(decision), offers.urgent(decision)) == (window, urgent)


@pytest.mark.parametrize(
    ("at", "urgent", "said"),
    [
        ("11-24T08:00:00", False, "11-24T08:00:00"),
        ("11-24T21:59:59", False, "11-24T21:59:59"),
        ("11-24T22:00:00", False, "11-25T08:00:00"),
        ("11-24T23:30:00", False, "11-25T08:00:00"),
        ("11-24T00:00:00", False, "11-24T08:00:00"),
        ("11-24T07:59:59", False, "11-24T08:00:00"),
        ("11-24T23:30:00", True, "11-24T23:30:00"),
        ("11-30T22:00:00", False, "12-01T08:00:00"),
    ],
)
def test_nobody_is_written_to_at_night_unless_it_is_urgent(at, urgent, said):
    def shop_time(text):
        return datetime.fromisoformat(f"2026-{text}+08:00")

    assert quiet.sayable_at(shop_time(at), urgent=urgent) == shop_time(said)


@pytest.mark.parametrize(
    ("facts", "words", "mark"),
    [
        ({"present": 940}, "补 60 个", "drop.tier_a|top_up:60"),
        ({"present": 850}, "补 180 个", "drop.tier_b|top_up:180"),
        ({"present": 700}, "退 ¥50.00，另送优质的 1000 个", "drop.tier_c|gift:1000|refund:5000"),
    ],
)
def test_what_is_offered(facts, words, mark):
    decision = decided(**facts)
    assert (offers.gives(decision.remedies), offers.fingerprint(decision.clause, decision.remedies)) == (
        words,
        mark,
    )


@pytest.mark.parametrize(
    ("at", "tries", "urgent", "again"),
    [
        ("12:00:00", 0, False, "24T12:01:00"),
        ("12:00:00", 3, False, "24T12:08:00"),
        ("12:00:00", 9, False, "24T18:00:00"),  # never longer than six hours
        ("12:00:00", 1000, False, "24T18:00:00"),
        ("21:59:30", 0, False, "25T08:00:00"),
        ("21:59:30", 0, True, "24T22:00:30"),
    ],
)
def test_what_could_not_be_said_is_tried_ever_more_rarely(at, tries, urgent, again):
    now = datetime.fromisoformat(f"2026-11-24T{at}+08:00")
    wanted = datetime.fromisoformat(f"2026-11-{again}+08:00")
    assert quiet.again_at(now, tries=tries, urgent=urgent) == wanted
