"""A backtest's sums, worked by hand; what lies beside a limit; who gains and who loses."""

from dataclasses import replace

import pytest

from compensation.rules.backtest import Backtest, Case, as_stored
from compensation.rules.backtest.near import beside, limits_of
from compensation.rules.backtest.report import BEHIND, MOST
from compensation.rules.decide import decide
from compensation.rules.defaults import COURSE, METERED, SUBSCRIPTION
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy

DAY, HOUR = 86_400, 3600
OLD = Policy.from_data(METERED)
# The first tier to 12 %, the second at 1:1.5, and a person looks above 40 yuan.
NEW = Policy.from_data(
    METERED | {"version": 2, "tier_a_rate": [12, 100], "factor_b": [3, 2], "auto_limit_fen": 4000}
)
COURSE_OLD = Policy.from_data(COURSE)
COURSE_NEW = Policy.from_data(COURSE | {"version": 2, "trial_seconds": 3 * DAY})
LIKES = Facts(reason="drop", ordered=1000, paid_fen=5000, delivered=1000)
LESSONS = Facts(reason="refund", ordered=10, paid_fen=10_000, used_units=1)


def case(ref, facts, *, old=OLD, new=NEW, buyer=1, developer=None, account="dispute_fund"):
    """The row of a decision under the old policy, and the same under the new one."""
    found = decide(facts, old)
    before = as_stored(
        ref=old.ref, facts=facts, terms=old, clause=found.clause, outcome=found.outcome,
        remedies=[remedy.as_data() for remedy in found.remedies], review_reasons=list(found.review_reasons),
    )  # fmt: skip
    return Case(ref, f"A-{ref}", buyer, developer, account, before, decide(facts, new))


def fell(lost):
    return replace(LIKES, present=1000 - lost)


def report(*cases, new=NEW):
    test = Backtest(new)
    for one in cases:
        test.add(one)
    return test.report().as_data()


# loss: under the old policy → under the new one
#  110: second tier, 132 → first tier, 110
#  150: second tier, 180 → second tier, 225
#  300: 50 yuan and 1000 likes → the same, above 40 yuan
#   50: first tier, 50 → the same
FOUR = [
    case(1, fell(110), buyer=1, developer=7),
    case(2, fell(150), buyer=1, developer=7, account="developer_payable.7"),
    case(3, fell(300), buyer=2, account="platform_expense"),
    case(4, fell(50), buyer=3),
]


def amounts(decisions, cash_before, cash_after, units_before, units_after):
    return {
        "decisions": decisions, "cash_before": cash_before, "cash_after": cash_after, "units_before": units_before,
        "units_after": units_after,
    }  # fmt: skip


def behind(*refs):
    return tuple({"ref": ref, "order_no": f"A-{ref}"} for ref in refs)


def test_four_decisions_worked_by_hand():
    found = report(*FOUR)
    assert found["total"] == amounts(4, 5000, 5000, 1362, 1385)
    assert found["verdicts"] == {"better": 1, "worse": 1, "same": 2}
    assert found["accounts"] == (
        {"name": "dispute_fund", "amounts": amounts(2, 0, 0, 182, 160), "behind": behind(1, 4)},
        {"name": "developer_payable.7", "amounts": amounts(1, 0, 0, 180, 225), "behind": behind(2)},
        {"name": "platform_expense", "amounts": amounts(1, 5000, 5000, 1000, 1000), "behind": behind(3)},
    )
    # those that differ most: by 45 and by 22; the others stay, the older first
    assert found["reasons"] == ({"name": "drop", "amounts": found["total"], "behind": behind(2, 1, 3, 4)},)
    assert found["moves"] == (
        {"before": "drop.tier_b", "after": "drop.tier_a", "amounts": amounts(1, 0, 0, 132, 110), "behind": behind(1)},
        {"before": "drop.tier_b", "after": "drop.tier_b", "amounts": amounts(1, 0, 0, 180, 225), "behind": behind(2)},
    )  # fmt: skip
    assert (found["to_person"], found["from_person"]) == (
        {"decisions": 1, "behind": behind(3)}, {"decisions": 0, "behind": ()},
    )  # fmt: skip
    assert (found["unmeasured"], found["resting"], found["unseen"]) == ({}, 0, ())


def test_a_buyer_who_gains_here_and_loses_there_is_both_and_who_keeps_all_is_only_counted():
    found = report(*FOUR)["buyers"]
    assert found == {
        "better": {"people": 0, "cash": 0, "units": 0, "most": ()},
        "worse": {"people": 0, "cash": 0, "units": 0, "most": ()},
        "both": {
            "people": 1, "cash": 0, "units": 23,
            "most": (
                {
                    "ref": 1, "decisions": 2, "cash": 0, "units": 23, "sample": behind(2)[0], "borne": 0,
                    "behind": (1, 2),
                },
            ),
        },
        "same": {"people": 2, "cash": 0, "units": 0, "most": ()},
    }  # fmt: skip


def test_cash_that_a_developer_bears_is_told_from_cash_that_others_bear():
    late = replace(LESSONS, elapsed_seconds=4 * DAY)  # the whole 100 yuan → nine lessons of ten
    both = {"old": COURSE_OLD, "new": COURSE_NEW, "developer": 7}
    cases = [
        case(1, late, buyer=1, account="developer_payable.7", **both),
        case(2, late, buyer=2, account="platform_expense", **both),
        case(3, replace(late, elapsed_seconds=DAY), buyer=3, account="developer_payable.7", **both),
    ]
    found = report(*cases, new=COURSE_NEW)
    assert found["developers"] == {
        "people": 1, "cash": -2000, "units": 0,
        "most": (
            {
                "ref": 7, "decisions": 2, "cash": -2000, "units": 0, "sample": behind(1)[0], "borne": -1000,
                "behind": (1, 2),
            },
        ),
    }  # fmt: skip
    assert found["buyers"]["worse"]["people"] == 2
    assert found["buyers"]["worse"]["cash"] == -2000
    assert [row["before"] + " → " + row["after"] for row in found["moves"]] == [
        "refund.trial → refund.pro_rata"
    ]


def test_the_lists_name_those_with_most_first_and_no_more_than_fit():
    cases = [case(n, fell(100 + n), buyer=n) for n in range(1, 31)]  # 1 to 20 lose, and 21 on gain
    found = report(*cases)
    lost = {n: -(-6 * (100 + n) // 5) - (100 + n) for n in range(1, 21)}
    worst = sorted(lost, key=lambda n: (-lost[n], n))[:MOST]
    assert [(hit["ref"], hit["units"]) for hit in found["buyers"]["worse"]["most"]] == [
        (n, -lost[n]) for n in worst
    ]
    assert (found["buyers"]["worse"]["people"], found["buyers"]["better"]["people"]) == (20, 10)
    assert found["buyers"]["worse"]["units"] == -sum(lost.values())


def test_behind_a_figure_stand_those_that_differ_most_and_no_more_than_fit():
    alike = report(*(case(n, fell(110), buyer=n) for n in range(1, BEHIND + 6)))
    assert alike["moves"][0]["behind"] == behind(*range(1, BEHIND + 1))
    refs = range(1, BEHIND + 6)
    rising = report(*(case(n, fell(120 + n), buyer=1, developer=7) for n in refs))
    gain = {n: -(-3 * (120 + n) // 2) - -(-6 * (120 + n) // 5) for n in refs}
    assert rising["accounts"][0]["behind"] == behind(*sorted(refs, key=lambda n: (-gain[n], n))[:BEHIND])
    assert rising["buyers"]["better"]["most"][0]["behind"] == tuple(range(1, BEHIND + 1))


def test_developers_stand_in_the_order_of_what_differs_whether_it_costs_them_or_spares_them():
    late = replace(LESSONS, elapsed_seconds=4 * DAY)
    course = {"old": COURSE_OLD, "new": COURSE_NEW}
    cases = [
        case(1, replace(late, paid_fen=5000), developer=1, **course),
        case(2, replace(late, paid_fen=20_000), developer=2, **course),
        case(3, late, developer=3, old=COURSE_NEW, new=COURSE_OLD),
    ]
    hits = report(*cases, new=COURSE_NEW)["developers"]["most"]
    assert [(hit["ref"], hit["cash"]) for hit in hits] == [(2, -2000), (3, 1000), (1, -500)]


def test_what_cannot_be_tried_is_counted_apart():
    test = Backtest(NEW)
    test.add(FOUR[3])
    for ref, why in enumerate(("kind", "facts", "facts"), 5):
        test.skip(why, ref, f"A-{ref}")
    found = test.report()
    assert (found.total.decisions, found.unmeasured) == (1, {"kind": 1, "facts": 2})
    kept = {name: (shift["decisions"], shift["behind"]) for name, shift in found.as_data()["apart"].items()}
    assert kept == {"kind": (1, behind(5)), "facts": (2, behind(6, 7)), "resting": (0, ())}


def test_grants_of_before_and_numbers_that_no_fact_shows_are_named():
    test = Backtest(Policy.from_data(METERED | {"version": 2, "window_seconds": HOUR, "long_term_months": 6}))
    test.against(OLD)
    test.add(case(1, replace(fell(110), restored=10, granted=12)))
    test.add(case(2, fell(110)))
    found = test.report()
    assert (found.resting, found.unseen) == (1, ("window_seconds", "long_term_months"))
    assert found.as_data()["apart"] == {"resting": {"decisions": 1, "behind": behind(1)}}


def near(facts, policy):
    return sorted(beside(decide(facts, policy), limits_of(policy)))


DROPS = [
    # 12 % of 1000 is 120: a hundredth of it is 1.2
    (118, []),
    (119, [("tier_a_rate", False)]),
    (120, [("tier_a_rate", False)]),
    (121, [("tier_a_rate", True)]),
    (122, []),
    # 20 % is 200: a hundredth is 2
    (197, []),
    (198, [("tier_b_rate", False)]),
    (200, [("tier_b_rate", False)]),
    (202, [("tier_b_rate", True)]),
    (203, []),
]


@pytest.mark.parametrize(("lost", "found"), DROPS)
def test_rates_beside_the_tiers(lost, found):
    assert near(fell(lost), NEW) == found


def test_a_slow_drop_is_held_against_no_tier():
    assert near(replace(fell(120), window="warranty"), NEW) == []


AMOUNTS = [(3959, []), (3960, [False]), (4000, [False]), (4001, [True]), (4040, [True]), (4041, [])]


@pytest.mark.parametrize(("paid", "sides"), AMOUNTS)
def test_amounts_beside_the_limit_that_a_person_looks_at(paid, sides):
    facts = replace(fell(900), paid_fen=paid)
    assert near(facts, NEW) == [("auto_limit_fen", side) for side in sides]


def test_what_was_refunded_before_counts_towards_the_limit():
    assert near(replace(fell(900), paid_fen=5000, refunded_fen=1000), NEW) == []  # 5000 in all, 4000 now
    assert near(replace(fell(900), paid_fen=4001, refunded_fen=1000), NEW) == [("auto_limit_fen", True)]


TIMES = [
    (COURSE_NEW, 3 * DAY, 1, [("trial_seconds", False), ("trial_units", False)]),
    (COURSE_NEW, 3 * DAY + 1, 2, [("trial_seconds", True)]),
    (COURSE_NEW, 3 * DAY + 2592, 2, [("trial_seconds", True)]),
    (COURSE_NEW, 3 * DAY + 2593, 2, []),
    (COURSE_NEW, 30 * DAY, 2, [("pro_rata_seconds", False)]),
    (COURSE_NEW, 30 * DAY + 25_921, 2, []),
]


@pytest.mark.parametrize(("policy", "elapsed", "used", "found"), TIMES)
def test_times_beside_their_limits(policy, elapsed, used, found):
    assert near(replace(LESSONS, paid_fen=100, elapsed_seconds=elapsed, used_units=used), policy) == found


def test_a_trial_that_was_taken_before_has_no_limit_to_lie_beside():
    facts = replace(LESSONS, paid_fen=100, elapsed_seconds=3 * DAY, trial_taken=True)
    assert near(facts, COURSE_NEW) == []


def test_hours_of_use_beside_a_trial_of_time():
    whole = replace(LESSONS, ordered=1, paid_fen=100, total_seconds=30 * DAY, elapsed_seconds=HOUR)
    policy = Policy.from_data(SUBSCRIPTION)
    assert near(replace(whole, used_seconds=HOUR), policy) == [("trial_used_seconds", False)]
    assert near(replace(whole, used_seconds=HOUR + 36), policy) == [("trial_used_seconds", True)]
    assert near(replace(whole, used_seconds=HOUR + 37), policy) == []


def test_both_sides_of_a_pile_are_counted():
    found = report(*(case(n, fell(lost)) for n, lost in enumerate((119, 120, 121, 150), 1)))
    piles = {row["name"]: row for row in found["piles"]}
    assert list(piles) == ["tier_a_rate", "tier_b_rate", "auto_limit_fen", "dual_control_fen"]
    assert piles["tier_a_rate"] == {
        "name": "tier_a_rate", "limit": (12, 100), "below": 2, "above": 1, "below_behind": behind(1, 2),
        "above_behind": behind(3),
    }  # fmt: skip
