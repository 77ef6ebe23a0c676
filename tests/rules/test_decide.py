"""Every clause can be reached and is explained; a policy is its data; keys and roundings are fixed."""

from __future__ import annotations

import hashlib
import json
import random
from uuid import NAMESPACE_URL, uuid5

import pytest

from common.money import ceil_div, half_up
from compensation.rules import figures
from compensation.rules.clauses import CLAUSES, CODES
from compensation.rules.decide import chains, decide
from compensation.rules.defaults import DEFAULT_POLICIES, METERED, default_policy
from compensation.rules.facts import DEFAULTS, Facts, parse_facts
from compensation.rules.keys import remedy_key
from compensation.rules.policy import Policy, PolicyUnsound
from compensation.rules.vocabulary import CHINESE
from tests.fuzz.cases import draw
from tests.rules.cases import COURSE, LICENCE, LIKES, WAYS, drop, got, run

CONTRACT = {
    "drop.none", "drop.tier_a", "drop.tier_b", "drop.tier_c",
    "drop.slow", "drop.unmeasurable", "drop.outside", "closed",
    "drop.gift", "refund.pro_rata", "refund.trial", "refund.cooling_off",
    "refund.after_cooling_off", "refund.unmeasurable", "refund.stopping", "defect.verified",
    "defect.claimed", "defect.unproven", "defect.late", "fake.replace",
    "fake.claimed", "effect.early", "effect.shortfall", "effect.met",
    "effect.exhausted", "effect.unmeasurable", "delay.running", "delay.choice",
    "guidance", "message",
}  # fmt: skip


@pytest.mark.parametrize(("policy", "clause", "outcome", "facts"), WAYS)
def test_ways_into_every_clause(policy, clause, outcome, facts):
    terms = default_policy(policy)
    decision = decide(parse_facts(facts, kind=terms.kind, public=False), terms)
    assert (decision.clause, decision.outcome) == (clause, outcome)
    assert decision.explanation
    assert all(step.text.strip() for step in decision.explanation)
    # A reviewed decision says that a person moves next; a refusal says how to object.
    last = decision.explanation[-1].text
    assert not decision.requires_review or "专人" in last
    assert outcome != "refuse" or "申诉" in last


def test_every_clause_of_the_contract_has_a_way_in():
    assert {clause for _, clause, _, _ in WAYS} == CONTRACT == CODES
    listed = {name for data in DEFAULT_POLICIES for name in data["clauses"]}
    assert listed == set(CLAUSES)


def test_the_json_is_exactly_the_contract():
    policy = default_policy("metered-standard")
    answer = drop(present=850).as_data()
    explanation = answer.pop("explanation")
    assert answer == {
        "policy": {"code": "metered-standard", "version": 1, "hash": policy.hash},
        "clause": "drop.tier_b",
        "outcome": "compensate",
        "remedies": [{"kind": "top_up", "amount_fen": None, "quantity": 180, "grade": "standard"}],
        "measures": {"base": 1000, "loss": 150, "rate": {"numerator": 150, "denominator": 1000}},
        "requires_review": False,
        "review_reasons": [],
    }
    assert explanation == [
        {"text": "送完时", "formula": None, "inputs": {"delivered": 1000}, "result": "1000 个"},
        {"text": "现在", "formula": None, "inputs": {"present": 850}, "result": "850 个"},
        {
            "text": "现在少了",
            "formula": "1000 − 850",
            "inputs": {"delivered": 1000, "held": 850},
            "result": "150 个",
        },
        {
            "text": "占送完时的",
            "formula": "150 ÷ 1000",
            "inputs": {"loss": 150, "delivered": 1000},
            "result": "15%",
        },
        {"text": "超过 10%、不超过 20%：按 1:1.2 补", "formula": None, "inputs": {}, "result": "× 1.2"},
        {"text": "应补", "formula": "150 × 1.2", "inputs": {"loss": 150}, "result": "180 个"},
        {
            "text": "减去之前补过的",
            "formula": "180 − 0",
            "inputs": {"entitled": 180, "granted": 0},
            "result": "180 个",
        },
    ]


def test_who_sees_the_risk():
    decision = drop(present=0, paid_fen=30_000, risk=90)
    assert decision.for_reader(ops=True).review_reasons == ("amount", "risk")
    buyers = decision.for_reader(ops=False)
    assert buyers.review_reasons == ("amount", "manual")
    assert buyers.explanation == decision.explanation
    assert buyers.as_data() == decision.as_data() | {"review_reasons": ["amount", "manual"]}


@pytest.mark.parametrize("data", DEFAULT_POLICIES, ids=lambda data: data["code"])
def test_a_policy_is_its_data(data):
    policy = Policy.from_data(data)
    again = Policy.from_data(json.loads(json.dumps(policy.as_data())))
    assert (policy, policy.hash) == (again, again.hash)
    text = json.dumps(policy.as_data(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert policy.hash == hashlib.sha256(text.encode()).hexdigest()
    assert Policy.from_data(data | {"version": 2}).hash != policy.hash


# (what changes in a policy's data, facts, what the buyer gets before and after)
PARAMETERS = [
    ("metered-standard", {"tier_a_rate": [15, 100]}, {"reason": "drop", **LIKES, "present": 850}, 180, 150),
    ("metered-standard", {"tier_b_rate": [10, 100]}, {"reason": "drop", **LIKES, "present": 850}, 180, 1000),
    ("metered-standard", {"factor_a": [2, 1]}, {"reason": "drop", **LIKES, "present": 950}, 50, 100),
    ("metered-standard", {"factor_b": [4, 3]}, {"reason": "drop", **LIKES, "present": 850}, 180, 200),
    ("metered-standard", {"factor_b_long_term": [2, 1]},
     {"reason": "drop", **LIKES, "present": 850, "long_term": True}, 225, 300),
    ("metered-standard", {"effect_rate": [1, 100]}, {"reason": "low_interaction", **LIKES}, 50, 10),
    ("metered-standard", {"effect_rounds": 1},
     {"reason": "low_interaction", **LIKES, "effect_round": 1}, 50, None),
    ("licence-standard", {"cooling_off_seconds": 60},
     {"reason": "refund", "ordered": 1, "paid_fen": 648, "elapsed_seconds": 61}, 648, None),
    ("course-standard", {"trial_units": [1, 2]},
     {"reason": "refund", "ordered": 10, "paid_fen": 100, "used_units": 5}, 50, 100),
    ("course-standard", {"trial_seconds": 10},
     {"reason": "refund", "ordered": 10, "paid_fen": 100, "used_units": 1, "elapsed_seconds": 11}, 100, 90),
    ("course-standard", {"pro_rata_seconds": 10},
     {"reason": "refund", "ordered": 10, "paid_fen": 100, "used_units": 5, "elapsed_seconds": 11}, 50, None),
    ("subscription-standard", {"trial_used_seconds": 7200},
     {"reason": "refund", "ordered": 1, "paid_fen": 100, "total_seconds": 40_000, "elapsed_seconds": 20_000,
      "used_seconds": 7200}, 50, 100),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change", "facts", "before", "after"), PARAMETERS)
def test_the_engine_runs_from_the_data(code, change, facts, before, after):
    data = next(data for data in DEFAULT_POLICIES if data["code"] == code)
    for terms, expected in ((data, before), (data | change, after)):
        first = next(iter(got(decide(Facts(**facts), Policy.from_data(terms)))), (None, None))
        assert first[1] == expected


REVIEW_PARAMETERS = [
    ({"auto_limit_fen": 4999}, {}, ("amount",)),
    ({"risk_review": 10}, {"risk": 10}, ("risk",)),
    ({"auto_limit_fen": 1, "fast_lane_credit": 10}, {"credit": 10}, ()),
    ({"auto_limit_fen": 1, "fast_lane_quota_fen": 4999}, {"credit": 900}, ("amount",)),
]


@pytest.mark.parametrize(("change", "facts", "reasons"), REVIEW_PARAMETERS)
def test_review_runs_from_the_data(change, facts, reasons):
    policy = Policy.from_data(METERED | change)
    decision = decide(Facts(**{"reason": "drop", **LIKES, "present": 0, **facts}), policy)
    assert decision.review_reasons == reasons


def test_dual_control_runs_from_the_data():
    policy = Policy.from_data(METERED | {"auto_limit_fen": 0, "dual_control_fen": 4999})
    assert decide(Facts(**{"reason": "drop", **LIKES, "present": 0}), policy).approvals == 2


def test_the_order_of_the_clauses_is_data():
    clauses = [name for name in METERED["clauses"] if name != "closed"]
    facts = Facts(**{"reason": "drop", **LIKES, "present": 850, "closed": True})
    assert decide(facts, Policy.from_data(METERED)).clause == "closed"
    assert decide(facts, Policy.from_data(METERED | {"clauses": clauses})).clause == "drop.tier_b"


def test_what_no_clause_foresaw_goes_to_a_person():
    policy = Policy.from_data(METERED | {"clauses": ["defect.unproven"]})
    assert all(chain for chain in chains(policy).values())
    assert decide(Facts(reason="drop", ordered=1), policy).outcome == "review"


@pytest.mark.parametrize(
    "change",
    [
        {"colour": 1},
        {"version": "1"},
        {"version": True},
        {"kind": "boat"},
        {"title": ""},
        {"clauses": []},
        {"tier_a_rate": [1, 0]},
        {"tier_a_rate": [1]},
        {"tier_a_rate": 0.1},
        {"factor_b": [1.2, 1]},
        {"auto_limit_fen": -1},
        {"auto_limit_fen": None},
    ],
)
def test_data_that_is_no_policy(change):
    with pytest.raises(PolicyUnsound):
        Policy.from_data(METERED | change)


@pytest.mark.parametrize("missing", ["code", "clauses", "risk_review"])
def test_data_that_lacks_an_entry(missing):
    with pytest.raises(PolicyUnsound):
        Policy.from_data({name: value for name, value in METERED.items() if name != missing})


@pytest.mark.parametrize("clauses", [["drop.sideways", "defect.unproven"], ["defect.unproven", "closed"]])
def test_a_list_that_cannot_decide_everything(clauses):
    with pytest.raises(PolicyUnsound):
        chains(Policy.from_data(METERED | {"clauses": clauses}))


def test_remedy_keys():
    key = remedy_key(order_no="LD1", kind="top_up", ordinal=2)
    assert key == uuid5(NAMESPACE_URL, "LD1:top_up:2")
    with pytest.raises(ValueError, match="1"):
        remedy_key(order_no="LD1", kind="top_up", ordinal=0)


@pytest.mark.parametrize(
    ("n", "d", "half", "up"),
    [(0, 3, 0, 0), (1, 3, 0, 1), (1, 2, 1, 1), (2, 3, 1, 1), (3, 2, 2, 2), (5, 2, 3, 3), (6, 3, 2, 2),
     (10**30 + 1, 2, 5 * 10**29 + 1, 5 * 10**29 + 1), (-1, 2, 0, 0), (-3, 2, -1, -1)],
)  # fmt: skip
def test_money(n, d, half, up):
    assert (half_up(n, d), ceil_div(n, d)) == (half, up)
    for rounding in (half_up, ceil_div):
        with pytest.raises(ValueError, match="positive"):
            rounding(n, 0)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (figures.yuan(1250), "¥12.50"),
        (figures.yuan(5), "¥0.05"),
        (figures.yuan(10**12), "¥10000000000.00"),
        (CHINESE.percent(21, 200), "10.5%"),
        (CHINESE.percent(100, 1000), "10%"),
        (CHINESE.percent(1, 1), "100%"),
        (CHINESE.percent(0, 0), "0%"),
        (CHINESE.percent(10**11 + 1, 10**12), "10% 多"),  # never "10%", which would be another tier
        (CHINESE.percent(14, 137), "10.21% 多"),
        (figures.decimal((6, 5)), "1.2"),
        (figures.decimal((1, 1)), "1"),
        (figures.decimal((20, 1)), "20"),
        (figures.decimal((4, 3)), "4/3"),
        (CHINESE.span(86_400), "24 小时"),
        (CHINESE.span(259_200), "72 小时"),
        (CHINESE.span(604_800), "7 天"),
        (CHINESE.span(86_401), "24 小时 1 秒"),
        (CHINESE.span(1_058_400), "12 天 6 小时"),
        (CHINESE.span(0), "0 秒"),
    ],
)
def test_figures(written, expected):
    assert written == expected


def test_facts_under_the_wrong_kind_still_get_an_answer():
    assert run(LICENCE, reason="drop", ordered=1).clause == "defect.unproven"
    assert run(COURSE, reason="fake_units", ordered=1).outcome == "review"


@pytest.mark.parametrize("name", sorted(name for name, clause in CLAUSES.items() if clause.unusual))
def test_a_clause_that_waits_for_a_fact_never_matches_without_it(name):
    """So decide() may leave it out; whatever the other facts are."""
    clause, r = CLAUSES[name], random.Random(name)
    for _ in range(300):
        code, raw = draw(r)
        facts = Facts(**raw | {clause.unusual: DEFAULTS[clause.unusual]})
        assert clause.guard(facts, default_policy(code)) is None, facts
