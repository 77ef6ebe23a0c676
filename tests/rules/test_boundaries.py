"""Each limit of the rules, the last case inside and the first one outside, and sums that must add up."""

from __future__ import annotations

import pytest

from compensation.rules import drops
from compensation.rules.defaults import default_policy
from compensation.rules.figures import yuan
from tests.rules.cases import (
    COURSE,
    GAME_ITEM,
    KEYS,
    LICENCE,
    LIKES,
    METERED,
    SUBSCRIPTION,
    drop,
    got,
    run,
    shown,
)

POLICY = default_policy(METERED)
DAY = 86_400


@pytest.mark.parametrize(
    ("base", "lost", "tier"),
    [
        (1000, 0, "none"), (1000, 1, "A"), (1000, 100, "A"), (1000, 101, "B"), (1000, 200, "B"),
        (1000, 201, "C"), (1000, 1000, "C"),
        (999, 99, "A"), (999, 100, "B"), (999, 199, "B"), (999, 200, "C"),
        (5, 1, "B"), (4, 1, "C"), (10, 1, "A"), (9, 1, "B"), (1, 1, "C"),
        (10**12, 10**11, "A"), (10**12, 10**11 + 1, "B"),
        (10**12, 2 * 10**11, "B"), (10**12, 2 * 10**11 + 1, "C"),
        (0, 0, "none"),
    ],
)  # fmt: skip
def test_tiers(base, lost, tier):
    assert drops.tier_of(base=base, loss=lost, policy=POLICY) == tier
    clause = drop(ordered=max(base, 1), delivered=base, present=base - lost).clause
    assert clause == "drop.none" if tier == "none" else clause == f"drop.tier_{tier.lower()}"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, 0),
        ({"present": 850}, 150),
        ({"present": 850, "pending": 100}, 50),
        ({"present": 1200}, 0),
        ({"present": 1200, "restored": 30}, 30),  # a surplus now doesn't undo what was lost before
        ({"present": 950, "restored": 30}, 80),
    ],
)
def test_loss(facts, expected):
    values = {"delivered": 1000, "present": 1000, **facts}
    assert drops.loss(**values) == expected
    assert drop(**facts).measures == (1000, expected)


@pytest.mark.parametrize(
    ("base", "lost", "warns", "urgent"),
    [
        (1000, 80, False, False),
        (1000, 81, True, False),
        (1000, 300, True, False),
        (1000, 301, True, True),
        (12, 1, True, False),
        (13, 1, False, False),
        (10, 3, True, False),
    ],
)
def test_warning_and_urgency(base, lost, warns, urgent):
    assert drops.warrants_warning(base=base, loss=lost, policy=POLICY) is warns
    assert drops.is_urgent(base=base, loss=lost, policy=POLICY) is urgent


@pytest.mark.parametrize(
    ("lost", "normal", "long_term"),
    [(100, 100, 100), (101, 122, 152), (102, 123, 153), (105, 126, 158), (150, 180, 225), (200, 240, 300)],
)
def test_tier_b_rounds_up(lost, normal, long_term):
    assert got(drop(present=1000 - lost)) == [("top_up", normal)]
    assert got(drop(present=1000 - lost, long_term=True)) == [("top_up", long_term)]


# (facts of a drop, clause, what the buyer gets, review reasons)
DROPS = [
    ({"present": 899, "granted": 121}, "drop.tier_b", [("top_up", 1)], ()),
    ({"present": 899, "granted": 122}, "drop.tier_b", [], ()),
    ({"present": 899, "granted": 123}, "drop.tier_b", [], ()),
    ({"present": 700, "granted": 500}, "drop.tier_c", [("gift", 1000), ("refund", 5000)], ()),
    ({"present": 700, "quantity": 1}, "drop.tier_c", [("gift", 1000), ("refund", 5000)], ()),
    ({"present": 0, "refunded_units": 1000, "refunded_fen": 5000}, "drop.tier_c", [], ()),
    ({"present": 0, "paid_fen": 0}, "drop.tier_c", [("gift", 1000)], ()),
    ({"present": 0, "unshown": True}, "drop.tier_c", [("gift", 1000), ("refund", 5000)], ("supplier",)),
    ({"present": 850, "unshown": True}, "drop.tier_b", [("top_up", 180)], ()),
    ({"present": 0, "window": "warranty", "slow_granted": 0}, "drop.slow", [("top_up", 1000)], ()),
    ({"present": 0, "window": "warranty", "slow_granted": 1}, "drop.slow", [("top_up", 1000)], ("person",)),
    ({"present": 999, "window": "warranty", "restored": 300}, "drop.slow", [("top_up", 1)], ()),
    ({"present": 1, "window": "outside", "measurable": False}, "drop.unmeasurable", [], ("unmeasurable",)),
    ({"present": 999, "delivering": True, "measurable": False}, "drop.none", [], ()),
    ({"present": 990, "pending": 4, "gift": True}, "drop.gift", [("top_up", 6)], ()),
    ({"present": 0, "gift": True, "paid_fen": 0}, "drop.gift", [("top_up", 1000)], ()),
    ({"gift": True}, "drop.none", [], ()),
    ({"present": 1, "gift": True, "window": "outside"}, "drop.outside", [], ()),
]


@pytest.mark.parametrize(("facts", "clause", "gets", "reasons"), DROPS)
def test_drops(facts, clause, gets, reasons):
    decision = drop(**facts)
    assert (decision.clause, got(decision), decision.review_reasons) == (clause, gets, reasons)
    if clause in {"drop.tier_a", "drop.tier_b", "drop.gift"}:
        assert shown(decision)[-1] == f"{gets[0][1] if gets else 0} 个"


@pytest.mark.parametrize(("gift", "grade"), [(False, "standard"), (True, "premium")])
def test_grade_of_what_is_topped_up(gift, grade):
    facts = {**LIKES, "gift": gift, "fake_units": 3, "proof": "verified"}
    assert run(METERED, reason="fake_units", **facts).remedies[0].grade == grade
    assert drop(present=990, gift=gift).remedies[0].grade == grade


# (policy, facts, clause, fen)
REFUNDS = [
    (METERED, {"ordered": 3, "paid_fen": 100, "delivered": 2}, "refund.pro_rata", 33),
    (METERED, {"ordered": 3, "paid_fen": 100, "delivered": 1}, "refund.pro_rata", 67),
    (METERED, {"ordered": 2, "paid_fen": 1, "delivered": 1}, "refund.pro_rata", 1),  # one half goes up
    (METERED, {"ordered": 2, "paid_fen": 1, "quantity": 1, "refunded_units": 1, "refunded_fen": 1},
     "refund.pro_rata", 0),
    (METERED, {**LIKES, "delivered": 1000}, "refund.pro_rata", 0),
    (METERED, {"ordered": 10, "paid_fen": 100, "delivered": 6, "quantity": 9}, "refund.pro_rata", 40),
    (METERED, {"ordered": 10, "paid_fen": 100, "delivered": 6, "quantity": 3}, "refund.pro_rata", 30),
    (METERED, {"ordered": 10, "paid_fen": 100, "delivered": 6, "quantity": 0}, "refund.pro_rata", 0),
    (METERED, {"ordered": 10, "paid_fen": 100, "delivered": 6, "refunded_units": 3, "refunded_fen": 30},
     "refund.pro_rata", 10),
    (METERED, {"ordered": 10, "paid_fen": 100, "delivered": 6, "refunded_units": 5, "refunded_fen": 50},
     "refund.pro_rata", 0),
    (LICENCE, {**KEYS, "elapsed_seconds": DAY}, "refund.cooling_off", 10_000),
    (LICENCE, {**KEYS, "elapsed_seconds": DAY + 1}, "refund.after_cooling_off", 0),
    (LICENCE, {**KEYS, "used_units": 5}, "refund.cooling_off", 0),
    (LICENCE, {**KEYS, "revealed_units": 5}, "refund.cooling_off", 10_000),  # can still be revoked
    (LICENCE, {**KEYS, "revealed_units": 4, "used_units": 5, "revocable": False},
     "refund.cooling_off", 0),
    (COURSE, {"ordered": 40, "paid_fen": 4000, "elapsed_seconds": 7 * DAY, "used_units": 4},
     "refund.trial", 4000),
    (COURSE, {"ordered": 40, "paid_fen": 4000, "elapsed_seconds": 7 * DAY + 1, "used_units": 4},
     "refund.pro_rata", 3600),
    (COURSE, {"ordered": 40, "paid_fen": 4000, "used_units": 5}, "refund.pro_rata", 3500),
    (COURSE, {"ordered": 9, "paid_fen": 900, "used_units": 1}, "refund.pro_rata", 800),  # 11 % of nine
    (COURSE, {"ordered": 40, "paid_fen": 4000, "elapsed_seconds": 30 * DAY}, "refund.pro_rata", 4000),
    (COURSE, {"ordered": 40, "paid_fen": 4000, "elapsed_seconds": 30 * DAY + 1},
     "refund.after_cooling_off", 0),
    (COURSE, {"ordered": 40, "paid_fen": 4000, "quantity": 10, "refunded_units": 10, "refunded_fen": 1000},
     "refund.trial", 1000),
    (GAME_ITEM, {"ordered": 1, "paid_fen": 648, "elapsed_seconds": 7200}, "refund.trial", 648),
    (GAME_ITEM, {"ordered": 1, "paid_fen": 648, "elapsed_seconds": 7201}, "refund.after_cooling_off", 0),
    (GAME_ITEM, {"ordered": 1, "paid_fen": 648, "trial_taken": True}, "refund.after_cooling_off", 0),
    (GAME_ITEM, {"ordered": 1, "paid_fen": 648, "revealed_units": 1, "revocable": False},
     "refund.after_cooling_off", 0),
    (SUBSCRIPTION, {"ordered": 1, "paid_fen": 3, "total_seconds": 2, "elapsed_seconds": 1,
                    "trial_taken": True},
     "refund.pro_rata", 2),  # 1.5 fen go up
    (SUBSCRIPTION, {"ordered": 1, "paid_fen": 3000, "total_seconds": 100_000, "elapsed_seconds": 100_001},
     "refund.pro_rata", 0),
    (SUBSCRIPTION, {"ordered": 1, "paid_fen": 3000, "total_seconds": 100_000, "elapsed_seconds": 90_000,
                    "outage_seconds": 99_999}, "refund.pro_rata", 3000),
    (SUBSCRIPTION, {"ordered": 1, "paid_fen": 3000, "total_seconds": 100_000, "elapsed_seconds": 90_000,
                    "refunded_fen": 200, "quantity": 0}, "refund.pro_rata", 100),  # not bound by quantity
]  # fmt: skip


@pytest.mark.parametrize(("policy", "facts", "clause", "fen"), REFUNDS)
def test_refunds(policy, facts, clause, fen):
    decision = run(policy, reason="refund", **facts)
    assert (decision.clause, got(decision)) == (clause, [("refund", fen)] if fen else [])
    assert not fen or shown(decision)[-1] == yuan(fen)
    assert decision.outcome == (
        "refuse" if clause == "refund.after_cooling_off" else "refund" if fen else "nothing"
    )


# (facts of a defect on five keys of ¥20, what the buyer gets)
DEFECTS = [
    ({}, [("refund", 10_000)]),
    ({"quantity": 2}, [("refund", 4000)]),
    ({"quantity": 2, "refunded_units": 1, "refunded_fen": 2000}, [("refund", 4000)]),
    ({"quantity": 5, "refunded_units": 4, "refunded_fen": 8000}, [("refund", 2000)]),
    ({"wants": "replacement", "stock": 5}, [("replacement", 5)]),
    ({"wants": "replacement", "stock": 4}, [("refund", 10_000)]),
    ({"wants": "replacement", "stock": 4, "refunded_units": 1, "refunded_fen": 2000}, [("replacement", 4)]),
    ({"wants": "replacement", "stock": 2, "quantity": 2}, [("replacement", 2)]),
    ({"wants": "replacement", "stock": 1, "quantity": 2}, [("refund", 4000)]),
    ({"stock": 5}, [("refund", 10_000)]),
]


@pytest.mark.parametrize(("facts", "gets"), DEFECTS)
def test_verified_defects(facts, gets):
    decision = run(LICENCE, reason="defect", proof="verified", **KEYS, **facts)
    assert (decision.clause, got(decision)) == ("defect.verified", gets)


# (facts, how many interactions are owed, clause)
EFFECTS = [
    ({"delivered": 21}, 2, "effect.shortfall"),  # 1.05 rounds up
    ({"delivered": 20}, 1, "effect.shortfall"),
    ({"delivered": 0}, 0, "effect.met"),
    ({"interactions": 49}, 1, "effect.shortfall"),
    ({"interactions": 50, "effect_round": 3}, 0, "effect.met"),
    ({"interactions": 49, "effect_round": 2}, 1, "effect.shortfall"),
    ({"interactions": 49, "effect_round": 3}, 0, "effect.exhausted"),
    ({"interactions": 0, "effect_due": False, "measurable": False}, 0, "effect.early"),
]


@pytest.mark.parametrize(("facts", "owed", "clause"), EFFECTS)
def test_effects(facts, owed, clause):
    decision = run(METERED, **{"reason": "low_interaction", **LIKES, **facts})
    assert (decision.clause, got(decision)) == (clause, [("interaction_pack", owed)] if owed else [])


@pytest.mark.parametrize(
    ("fakes", "replaced", "owed"), [(1001, 0, 1000), (40, 40, 0), (40, 41, 0), (40, 39, 1), (0, 0, 0)]
)
def test_fakes(fakes, replaced, owed):
    facts = {"reason": "fake_units", **LIKES, "fake_units": fakes, "fake_replaced": replaced}
    decision = run(METERED, **facts, proof="verified")
    assert (decision.clause, got(decision)) == ("fake.replace", [("top_up", owed)] if owed else [])


# (facts of a whole refund, review reasons, how many approve)
REVIEWS = [
    ({"paid_fen": 20_000}, (), 0),
    ({"paid_fen": 20_001}, ("amount",), 1),
    ({"paid_fen": 20_001, "refunded_fen": 1}, ("amount",), 1),
    ({"paid_fen": 100_000}, ("amount",), 1),
    ({"paid_fen": 100_001}, ("amount",), 2),
    ({"paid_fen": 100_001, "refunded_fen": 90_000}, ("amount",), 2),
    ({"paid_fen": 50_000, "credit": 700}, (), 0),
    ({"paid_fen": 50_000, "credit": 699}, ("amount",), 1),
    ({"paid_fen": 50_001, "credit": 700}, ("amount",), 1),
    ({"paid_fen": 50_000, "credit": 700, "open_auto_fen": 1}, ("amount",), 1),
    ({"paid_fen": 50_000, "credit": 700, "risk": 66}, ("risk",), 1),
    ({"paid_fen": 20_000, "risk": 65}, (), 0),
    ({"paid_fen": 20_000, "risk": 66}, ("risk",), 1),
    ({"paid_fen": 100_001, "risk": 66, "unshown": True}, ("supplier", "amount", "risk"), 2),
]


@pytest.mark.parametrize(("facts", "reasons", "people"), REVIEWS)
def test_reviews(facts, reasons, people):
    decision = drop(present=0, **facts)
    assert (decision.review_reasons, decision.approvals) == (reasons, people)
    assert decision.requires_review is bool(reasons)
    assert decision.outcome == "refund"


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({"present": 850, "paid_fen": 10**9}, ()),  # no cash, no amount
        ({"present": 1000, "risk": 100}, ()),  # no remedies, no risk
        ({"present": 0, "window": "outside", "risk": 100}, ()),  # a score never refuses, nor doubts a refusal
        ({"present": 0, "window": "warranty", "slow_granted": 1, "risk": 100}, ("person", "risk")),
    ],
)
def test_reviews_without_cash(facts, reasons):
    assert drop(**facts).review_reasons == reasons


@pytest.mark.parametrize("parts", [(1, 1, 1), (333, 333, 334), (1, 998, 1), (500, 500), (7,) * 142 + (6,)])
@pytest.mark.parametrize("paid", [1, 99, 990, 4999])
def test_parts_add_up_to_what_was_paid(parts, paid):
    ordered, units, fen = sum(parts), 0, 0
    for part in parts:
        facts = {"ordered": ordered, "paid_fen": paid, "quantity": part}
        decision = run(METERED, reason="refund", refunded_units=units, refunded_fen=fen, **facts)
        units, fen = units + part, fen + decision.cash_fen
    assert fen == paid
