"""Price tiers at their limits, a fen to each side; and which of two policies is the kinder one."""

import pytest

from compensation.rules.defaults import DEFAULT_POLICIES
from compensation.rules.kinder import kinder
from compensation.rules.policy import Policy
from orders.rules.tiers import Band, Tier, bands, faults, policy_code_at

TIERS = (Tier(500, "middle"), Tier(1000, "dear"))

# total in fen, units, the policy: limits at 5.00 and 10.00 yuan a unit, inclusive
AT = [
    (0, 1, "base"), (499, 1, "base"), (500, 1, "middle"), (501, 1, "middle"),
    (999, 1, "middle"), (1000, 1, "dear"), (1001, 1, "dear"), (10**12, 1, "dear"),
    # three units: a third of a fen below the limit is below it, and nothing is rounded
    (1499, 3, "base"), (1500, 3, "middle"), (1501, 3, "middle"),
    (2999, 3, "middle"), (3000, 3, "dear"), (3001, 3, "dear"),
    (500 * 10**9 - 1, 10**9, "base"), (500 * 10**9, 10**9, "middle"),
]  # fmt: skip


@pytest.mark.parametrize(("total", "units", "policy"), AT)
def test_the_tier_that_a_unit_reaches(total, units, policy):
    assert policy_code_at(base="base", tiers=TIERS, total_fen=total, quantity=units) == policy


def test_without_tiers_it_is_the_goods_own():
    assert policy_code_at(base="base", tiers=(), total_fen=10**12, quantity=1) == "base"


FAULTS = [
    ([], []),
    ([1], []),
    ([500, 501], []),
    ([0], [(0, "below_one")]),
    ([-1], [(0, "below_one")]),
    ([500, 500], [(1, "not_rising")]),
    ([500, 499], [(1, "not_rising")]),
    ([500, 400, 600], [(1, "not_rising")]),
    (list(range(1, 11)), []),
    (list(range(1, 12)), [(10, "too_many")]),
    ([-1, -2], [(0, "below_one"), (1, "below_one"), (1, "not_rising")]),
]


@pytest.mark.parametrize(("limits", "found"), FAULTS)
def test_limits_that_are_none(limits, found):
    assert [(fault.at, fault.code) for fault in faults([Tier(fen, "p") for fen in limits])] == found


def test_the_bands_hold_every_price_once():
    made = bands(base="base", tiers=TIERS)
    assert made == (Band(0, 500, "base"), Band(500, 1000, "middle"), Band(1000, None, "dear"))
    for fen in (0, 499, 500, 501, 999, 1000, 1001):
        held = [band.policy for band in made if band.holds(fen)]
        assert held == [policy_code_at(base="base", tiers=TIERS, total_fen=fen, quantity=1)]


# the goods' own unit price → the one that each band's sums are shown at
SHOWN = {
    5: (5, 500, 1000),
    499: (499, 500, 1000),
    500: (499, 500, 1000),
    700: (499, 700, 1000),
    2000: (499, 999, 2000),
}


@pytest.mark.parametrize("price", SHOWN)
def test_sums_are_shown_at_a_price_of_the_band(price):
    made = bands(base="base", tiers=TIERS)
    assert tuple(band.example_fen(price) for band in made) == SHOWN[price]
    assert all(band.holds(band.example_fen(price)) for band in made)


def policy(**changes):
    data = next(each for each in DEFAULT_POLICIES if each["code"] == "metered-standard")
    return Policy.from_data({**data, **changes})


def test_the_kinder_of_two():
    usual, better = policy(), policy(code="vip", factor_b=[3, 2])
    mixed = policy(code="mixed", factor_b=[3, 2], warranty_days=7)
    assert kinder(better, usual) == better
    assert kinder(usual, better) == better
    assert kinder(usual, usual) == usual
    assert kinder(usual, mixed) == usual  # neither is sure to give more: the price on the tag decides
    assert kinder(mixed, usual) == mixed
