"""What a draft has to prove: the default policies do, and each fault is shown with the very case that has it."""

import pytest

from compensation.rules.decide import decide
from compensation.rules.defaults import DEFAULT_POLICIES, GAME_ITEM, LICENCE, METERED, SUBSCRIPTION
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy
from compensation.rules.publishing import compare, first_loss, prove
from tests.rules.cases import run

LAST = "defect.unproven"


def changed(data, **new):
    return Policy.from_data({**data, **new})


def without(data, *names):
    return [name for name in data["clauses"] if name not in names]


@pytest.mark.parametrize("data", DEFAULT_POLICIES, ids=lambda data: data["code"])
def test_the_default_policies_hold(data):
    policy = Policy.from_data(data)
    proof = prove(policy)
    assert (proof.faults, set(proof.reached)) == ((), set(policy.clauses))
    assert proof.walked > 700
    assert first_loss(policy, policy) is None


@pytest.mark.parametrize("data", DEFAULT_POLICIES, ids=lambda data: data["code"])
def test_the_case_named_for_a_clause_is_decided_by_it(data):
    policy = Policy.from_data(data)
    for name, facts in prove(policy).reached.items():
        assert decide(Facts(**facts), policy).clause == name.partition(":")[0]


@pytest.mark.parametrize(
    ("data", "new", "found"),
    [
        (METERED, {"clauses": [*METERED["clauses"], "drop.tier_z"]}, [("unknown_clause", "drop.tier_z")]),
        (METERED, {"clauses": ["closed", *METERED["clauses"]]}, [("twice", "closed")]),
        (LICENCE, {"clauses": ["refund.trial:time", *LICENCE["clauses"]]}, [("other_goods", "refund.trial:time")]),
        (SUBSCRIPTION, {"clauses": ["refund.trial", *SUBSCRIPTION["clauses"]]}, [("other_goods", "refund.trial")]),
        (LICENCE, {"clauses": ["drop.tier_a", *LICENCE["clauses"]]},
         [("unreachable", "drop.tier_a"), *[("missing_number", "drop.tier_a")] * 2]),
        (METERED, {"tier_b_rate": [10, 100]}, [("unreachable", "drop.tier_b")]),
        (METERED, {"tier_b_rate": [1, 1]}, [("unreachable", "drop.tier_c")]),
        (METERED, {"tier_b_rate": [21, 20]}, [("unreachable", "drop.tier_c"), ("above_whole", "tier_b_rate")]),
        (METERED, {"factor_b": [1, 2]}, [("less_for_more_lost", "drop.tier_b")]),
        (METERED, {"factor_b_long_term": [1, 1]}, [("less_for_long_term", "drop.tier_b")]),
        (METERED, {"filing_seconds": 3600}, [("filing_before_window", "filing_seconds")]),
        (METERED, {"warranty_days": 0}, [("missing_number", "drop.slow")]),
        (METERED, {"dual_control_fen": 19_999}, [("nobody_looks", "dual_control_fen")]),
        (GAME_ITEM, {"clauses": without(GAME_ITEM, LAST)}, [("undecided", "defect.claimed")] * 4),
        (LICENCE, {"clauses": without(LICENCE, "refund.after_cooling_off", LAST)},
         [("undecided", "refund.cooling_off"), *[("undecided", "defect.claimed")] * 4]),
    ],
)  # fmt: skip
def test_a_fault_is_found_and_nothing_else(data, new, found):
    proof = prove(changed(data, **new))
    assert sorted((fault.code, fault.clause) for fault in proof.faults) == sorted(found)


def test_an_open_reason_names_the_case_that_no_clause_takes():
    policy = changed(LICENCE, clauses=without(LICENCE, "refund.after_cooling_off", LAST))
    fault = next(fault for fault in prove(policy).faults if fault.clause == "refund.cooling_off")
    # One second beyond the cooling-off, and nobody decides.
    assert fault.facts == {"ordered": 1, "paid_fen": 5, "elapsed_seconds": 86_401, "reason": "refund"}


def test_a_shadowed_clause_names_the_case_and_who_takes_it():
    order = ["drop.tier_c" if name == "drop.tier_b" else name for name in without(METERED, "drop.tier_c")]
    order.insert(order.index("drop.tier_c") + 1, "drop.tier_b")
    fault = next(f for f in prove(changed(METERED, clauses=order)).faults if f.clause == "drop.tier_b")
    policy = changed(METERED, clauses=order)
    assert (fault.code, "drop.tier_c" in fault.detail) == ("unreachable", True)
    assert decide(Facts(**fault.facts), policy).clause == "drop.tier_c"


def test_less_for_more_shows_both_neighbours():
    fault = prove(changed(METERED, factor_b=[1, 2])).faults[0]
    policy = changed(METERED, factor_b=[1, 2])
    fewer, more = decide(Facts(**fault.facts), policy), decide(Facts(**fault.beside), policy)
    assert (fewer.measures.loss - more.measures.loss, compare(more, fewer).verdict) == (1, "worse")


@pytest.mark.parametrize(
    ("data", "new", "found"),
    [
        (METERED, {"factor_b": [13, 10]}, None),
        (METERED, {"factor_a": [9, 10]}, ("retroactive", "drop.tier_a")),
        # 12 % is A now, and gives less than B did; the first case that shows it is the old limit.
        (METERED, {"tier_a_rate": [15, 100]}, ("retroactive", "drop.tier_a")),
        (METERED, {"tier_b_rate": [15, 100]}, None),
        (METERED, {"window_seconds": 3600}, ("shorter", "window_seconds")),
        (METERED, {"warn_rate": [9, 100]}, ("shorter", "warn_rate")),
        (METERED, {"warn_rate": [2, 25]}, None),
        (LICENCE, {"cooling_off_seconds": 86_399}, ("retroactive", "refund.after_cooling_off")),
        (LICENCE, {"cooling_off_seconds": 86_401}, None),
        (LICENCE, {"auto_limit_fen": 100}, None),
    ],
)
def test_a_later_version_binds_older_orders_only_where_nobody_gets_less(data, new, found):
    fault = first_loss(Policy.from_data(data), changed(data, **new))
    assert (fault and (fault.code, fault.clause)) == found


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ({"present": 900}, {"present": 899}, "better"),
        ({"present": 899}, {"present": 900}, "worse"),
        ({"present": 900}, {"present": 900}, "same"),
        # Tier C gives fewer units than a generous B, and everything paid.
        ({"present": 800}, {"present": 799}, "better"),
        ({"present": 799}, {"present": 799, "gift": True}, "worse"),
        ({"present": 1000}, {"present": 999, "window": "outside"}, "same"),
        ({"present": 999, "window": "outside"}, {"measurable": False}, "better"),
    ],
)  # fmt: skip
def test_which_gives_more(before, after, verdict):
    likes = {"reason": "drop", "ordered": 1000, "paid_fen": 5000, "delivered": 1000}
    one, other = (run("metered-standard", **likes, **facts) for facts in (before, after))
    assert compare(one, other).verdict == verdict
