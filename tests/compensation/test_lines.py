"""From a line to the facts of its claim: which window, which count, what is pending, restored and granted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from compensation.rules import effects_facts, lines
from compensation.rules.decide import decide
from compensation.rules.defaults import default_policy
from compensation.rules.facts import Facts
from compensation.rules.lines import Grant, Line, Look

DONE = datetime(2025, 3, 1, 4, 0, tzinfo=UTC)
POLICY = default_policy("metered-standard")
BASE = Facts(reason="drop", ordered=1000, paid_fen=5000)


def h(hours, seconds=0):
    return DONE + timedelta(hours=hours, seconds=seconds)


def line(window=(20, 1000), newest=None, *, delivered=1000, grants=(), warranty_days=30):
    """Completed at hour 0; looks as (hours, present), `newest` the window's unless given."""
    looks = [None if look is None else Look(h(look[0]), look[1]) for look in (window, newest or window)]
    return Line(DONE, h(24), DONE + timedelta(days=warranty_days), delivered, *looks, grants=tuple(grants))


def grant(*came, cover="window", quantity=100, share=80, ended=True):
    """`came`: (units, hours)."""
    return Grant(cover, quantity, share, ended, tuple((units, h(hours)) for units, hours in came))


def facts_at(this, hours, seconds=0):
    return lines.drop_facts(BASE, this, policy=POLICY, now=h(hours, seconds))


def answer(this, hours, seconds=0):
    """(clause, units or fen given, hour of the count it rests on)."""
    facts, look = facts_at(this, hours, seconds)
    decision = decide(facts, POLICY)
    given = [remedy.quantity or remedy.amount_fen for remedy in decision.remedies]
    return decision.clause, given, look and (look.at - DONE) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("what", "restored_granted"),
    [
        (grant(ended=False), (80, 100)),  # nothing came yet: in full
        (grant((60, 1), ended=False), (80, 100)),
        (grant((100, 1)), (80, 100)),
        (grant((90, 1)), (80, 90)),  # partial: min(r, d) and d
        (grant((60, 1)), (60, 60)),
        (grant((30, 1), (30, 2)), (60, 60)),
        (grant(), (0, 0)),  # refused, or voided unsent
        (grant((40, 1)), (40, 40)),  # voided half-way: what came stays
        (grant((120, 1)), (80, 120)),
    ],
    ids=[
        "fresh",
        "on its way",
        "full",
        "partial above",
        "partial below",
        "in parts",
        "nothing",
        "voided",
        "over",
    ],
)
def test_what_a_grant_counts_for(what, restored_granted):
    assert what.counts_as() == restored_granted


@pytest.mark.parametrize(
    ("what", "pending"),
    [
        (grant(ended=False), 100),
        (grant((60, 4), ended=False), 40),
        (grant((60, 6), ended=False), 100),
        (grant((60, 4), (30, 6), ended=False), 40),
        (grant((100, 4)), 0),
        (grant((100, 5)), 100),  # delivered at exactly the count's instant: it can't show
        (grant((100, 6)), 100),
        (grant((60, 4), (40, 5)), 40),
        (grant(), 0),
        (grant((30, 6)), 30),  # ended short: what didn't come isn't pending, what came late is
        (grant((120, 4), ended=False), 0),  # never less than nothing
    ],
)
def test_what_a_count_at_hour_5_cannot_show(what, pending):
    assert what.pending_at(h(5)) == pending


@pytest.mark.parametrize(
    ("what", "to_come"),
    [
        (grant(ended=False), 100),
        (grant((60, 6), ended=False), 40),
        (grant((100, 6), ended=False), 0),  # all there, whenever it is counted
        (grant((120, 6), ended=False), 0),
        (grant((60, 6)), 0),  # ended short
    ],
)
def test_what_no_count_can_show_whenever_it_is_taken(what, to_come):
    assert what.to_come == to_come


def test_sums_by_what_the_grants_cover():
    grants = [
        grant((100, 1)), grant(quantity=50, share=40, ended=False), grant((30, 2), cover="slow", quantity=30, share=0),
        grant((5, 3), cover="other", quantity=7, share=0, ended=False),
    ]  # fmt: skip
    facts = lines.counted(BASE, line((20, 900), grants=grants), Look(h(20), 900), "inside")
    expected = replace(
        BASE, delivered=1000, present=900, pending=50 + 2, restored=80 + 40, granted=100 + 50, slow_granted=30
    )
    assert facts == expected


@pytest.mark.parametrize(
    ("delivered", "look", "measurable", "delivered_present"),
    [
        (1000, Look(h(20), 900), True, (1000, 900)),
        (1000, Look(h(20), 0), True, (1000, 0)),
        (0, Look(h(20), 5), True, (0, 0)),  # what came after the deadline is no part of the base
        (1000, Look(h(20), None), False, (1000, 0)),
        (None, Look(h(20), 900), False, (0, 0)),
        (1000, None, False, (1000, 0)),
    ],
)
def test_what_is_measurable(delivered, look, measurable, delivered_present):
    facts = lines.counted(BASE, line(delivered=delivered), look, "inside")
    assert (facts.measurable, (facts.delivered, facts.present)) == (measurable, delivered_present)


@pytest.mark.parametrize(
    ("window", "newest", "used"),
    [
        ((20, 900), (40, 899), (20, 900)),  # a later fall is a slow drop
        ((20, 900), (40, 900), (20, 900)),
        ((20, 900), (40, 901), (40, 901)),  # a recovery counts
        ((20, 900), (40, None), (20, 900)),
        ((20, None), (40, 901), (20, None)),  # the window's count can't be trusted, so the line can't
        (None, (40, 901), None),
    ],
)
def test_the_windows_count_is_raised_to_the_newest_of_all(window, newest, used):
    look = line(window, newest).inside_look()
    assert (look and (look.at, look.present)) == (used and (h(used[0]), used[1]))


WINDOW_900 = {"window": (20, 900)}
TABLE = {
    "in the window": (WINDOW_900, (21,), ("drop.tier_a", [100], 20)),
    "after it, in time": (WINDOW_900, (48,), ("drop.tier_a", [100], 20)),
    "the last second in time": (WINDOW_900, (72,), ("drop.tier_a", [100], 20)),
    "one second late": (WINDOW_900, (72, 1), ("drop.slow", [100], 20)),
    "late, by the newest count": ({"window": (20, 900), "newest": (90, 700)}, (91,), ("drop.slow", [300], 90)),
    "late, and recovered": ({"window": (20, 900), "newest": (90, 1000)}, (91,), ("drop.none", [], 90)),
    "the last second of the warranty": (WINDOW_900, (720,), ("drop.slow", [100], 20)),
    "after the warranty": (WINDOW_900, (720, 1), ("drop.outside", [], 20)),
    "fell after the window": ({"window": (20, 1000), "newest": (30, 900)}, (40,), ("drop.slow", [100], 30)),
    "fell after, at the window's last instant": (
        {"window": (20, 1000), "newest": (30, 900)}, (24,), ("drop.none", [], 20),
    ),
    "fell in and after": ({"window": (20, 900), "newest": (30, 700)}, (40,), ("drop.tier_a", [100], 20)),
    "fell after, the window's loss granted": (
        {"window": (20, 900), "newest": (30, 890), "grants": [grant((100, 22), share=100)]},
        (40,), ("drop.slow", [110], 30),
    ),
    "the window's loss granted and on its way": (
        {"window": (20, 900), "newest": (30, 900), "grants": [grant(share=100, ended=False)]},
        (40,), ("drop.tier_a", [], 20),
    ),
    "fell again while a grant is on its way": (
        {"window": (20, 880), "grants": [grant(share=100, ended=False)]}, (21,), ("drop.tier_b", [44], 20),
    ),
    "recovered": ({"window": (20, 700), "newest": (30, 950)}, (40,), ("drop.tier_a", [50], 30)),
    "nothing fell": ({"window": (20, 1003)}, (21,), ("drop.none", [], 20)),
    "no count in the window": ({"window": None, "newest": (30, 900)}, (40,), ("drop.unmeasurable", [], None)),
    "the window's count is no count": (
        {"window": (20, None), "newest": (30, 900)}, (40,), ("drop.unmeasurable", [], 20),
    ),
    "late, the newest is no count": (
        {"window": (20, 900), "newest": (90, None)}, (91,), ("drop.unmeasurable", [], 90),
    ),
    "late, only the newest is a count": (
        {"window": (20, None), "newest": (90, 900)}, (91,), ("drop.slow", [100], 90),
    ),
    "never counted": ({"window": None, "delivered": None}, (21,), ("drop.unmeasurable", [], None)),
    "nothing was delivered": ({"window": (20, 5), "delivered": 0}, (21,), ("drop.none", [], 20)),
    "a warranty shorter than the filing limit": (
        {"window": (20, 1000), "newest": (30, 900), "warranty_days": 1}, (40,), ("drop.none", [], 20),
    ),
    "completion itself": ({"window": (0, 1000)}, (0,), ("drop.none", [], 0)),
    "the second before completion": ({"window": (0, 700)}, (0, -1), ("drop.none", [], 0)),
}  # fmt: skip


@pytest.mark.parametrize(("given", "when", "expected"), TABLE.values(), ids=TABLE)
def test_a_drop_claimed_then(given, when, expected):
    assert answer(line(**given), *when) == expected


@pytest.mark.parametrize(
    ("newest", "delivered", "present"),
    [(None, 0, 0), ((-5, None), 0, 0), ((-5, 600), 600, 600), ((-5, 1200), 1000, 1200)],
)
def test_while_delivering_the_newest_count_is_shown(newest, delivered, present):
    facts, _ = facts_at(line(newest), -1)
    assert facts == replace(BASE, delivered=delivered, present=present, delivering=True)


@pytest.mark.parametrize(
    ("hours", "delivered", "newest", "expected"),
    [
        (-1, None, None, (0, True, True)),
        (-1, None, (-5, 600), (600, True, True)),
        (-1, None, (-5, 1200), (1000, True, True)),
        (-1, None, (-5, None), (0, False, True)),
        (
            0,
            800,
            (5, None),
            (800, True, False),
        ),  # what was delivered is known, whatever the counter says today
        (0, None, (5, 800), (0, False, False)),
    ],
)
def test_facts_of_a_refund(hours, delivered, newest, expected):
    facts, look = lines.refund_facts(BASE, line(newest, delivered=delivered), now=h(hours))
    assert (facts.delivered, facts.measurable, facts.delivering) == expected
    assert (look and look.present) == (newest and newest[1])


@pytest.mark.parametrize(
    ("clause", "cover", "share"),
    [
        ("drop.tier_a", "window", 80), ("drop.tier_b", "window", 80), ("drop.slow", "slow", 0),
        ("drop.gift", "other", 0), ("fake.replace", "other", 0), ("drop.tier_c", "other", 0),
    ],
)  # fmt: skip
def test_what_a_clause_covers_and_its_loss_share(clause, cover, share):
    facts = replace(BASE, delivered=1000, present=900, pending=20, restored=50)
    assert (lines.covers(clause), lines.loss_share(facts, clause)) == (cover, share)
    assert lines.loss_share(replace(facts, present=990), clause) == 0


@pytest.mark.parametrize(
    ("measured", "delivered", "expected"),
    [
        ((h(170), 40), 1000, (1000, 40, 30, True)),
        ((h(160), 40), 1000, (1000, 40, 50, True)),  # a pack that came later can't be in the count
        (None, 1000, (1000, 0, 0, False)),
        ((h(170), 40), None, (0, 40, 30, False)),
    ],
)
def test_facts_of_the_effect_guarantee(measured, delivered, expected):
    packs = (grant((20, 165), quantity=20), grant(quantity=30, ended=False))
    facts = effects_facts.read(
        BASE, line(delivered=delivered), measured=measured, packs=packs, rounds=2, due=True
    )
    assert (facts.delivered, facts.interactions, facts.pending, facts.measurable) == expected
    assert (facts.effect_round, facts.effect_due) == (2, True)
