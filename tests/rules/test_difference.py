"""What a change log says of two versions: only what differs in value, and of the clauses only what moved by itself."""

import pytest

from compensation.rules.defaults import COURSE, DEFAULT_POLICIES, METERED, SUBSCRIPTION
from compensation.rules.difference import difference, in_words
from compensation.rules.policy import Policy
from compensation.rules.publishing.limits import NAMES
from compensation.rules.vocabulary import ENGLISH

FAKES = "反映像是假号的，1 小时内核实。"


def rows(data, **new):
    return [tuple(map(str, row)) for row in difference(Policy.from_data(data), Policy.from_data(data | new))]


CHANGED = {
    "nothing": (METERED, {"version": 2}, []),
    "the same ratio otherwise written": (METERED, {"tier_a_rate": [1, 10], "factor_b": [12, 10]}, []),
    "a rate": (METERED, {"tier_a_rate": [12, 100]}, [("number", NAMES["tier_a_rate"], "10%", "12%")]),
    "a rate that no per cent says": (
        METERED, {"tier_b_rate": [1, 3]}, [("number", NAMES["tier_b_rate"], "20%", "1/3")],
    ),
    "a factor": (METERED, {"factor_b": [13, 10]}, [("number", NAMES["factor_b"], "1.2 倍", "1.3 倍")]),
    "a span": (
        METERED, {"window_seconds": 172_800}, [("number", NAMES["window_seconds"], "24 小时", "48 小时")],
    ),
    "money": (METERED, {"auto_limit_fen": 30_050}, [("number", NAMES["auto_limit_fen"], "¥200.00", "¥300.50")]),
    "days": (METERED, {"warranty_days": 45}, [("number", NAMES["warranty_days"], "30 天", "45 天")]),
    "months": (METERED, {"long_term_months": 2}, [("number", NAMES["long_term_months"], "3 个月", "2 个月")]),
    "no limit any more": (
        COURSE, {"pro_rata_seconds": None}, [("number", NAMES["pro_rata_seconds"], "30 天", "不限")],
    ),
    "a number and the title": (
        SUBSCRIPTION, {"trial_used_seconds": 7200, "title": "订阅"},
        [("number", "名称", "订阅类商品标准售后", "订阅"), ("number", NAMES["trial_used_seconds"], "1 小时", "2 小时")],
    ),
    "a clause gone": (
        METERED, {"clauses": [name for name in METERED["clauses"] if name != "fake.claimed"]},
        [("removed", FAKES, "第 17 条", "没有这条")],
    ),
    "a clause added": (
        METERED | {"clauses": [name for name in METERED["clauses"] if name != "fake.claimed"]},
        {"clauses": METERED["clauses"]},
        [("added", FAKES, "没有这条", "第 17 条")],
    ),
    "one clause moved up": (
        METERED,
        {"clauses": ["fake.claimed", *[name for name in METERED["clauses"] if name != "fake.claimed"]]},
        [("moved", FAKES, "第 17 条", "第 1 条")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGED)
def test_what_changed(name):
    data, new, expected = CHANGED[name]
    assert rows(data, **new) == expected


def test_in_english_the_vocabulary_speaks():
    old, new = Policy.from_data(METERED), Policy.from_data(METERED | {"window_seconds": 172_800})
    [row] = difference(old, new, ENGLISH)
    assert (row.before, row.after) == ("24 hours", "48 hours")


@pytest.mark.parametrize("data", DEFAULT_POLICIES, ids=lambda data: data["code"])
def test_every_number_of_a_policy_can_be_said(data):
    policy = Policy.from_data(data)
    named = set(Policy.__dataclass_fields__) - {"code", "version", "kind", "title", "clauses"}
    assert set(NAMES) == named
    assert all(in_words(name, getattr(policy, name), v) for name in NAMES for v in (ENGLISH,))
