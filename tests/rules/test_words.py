"""What a buyer reads of a policy comes from its data: other numbers, other words."""

from __future__ import annotations

import pytest

from compensation.rules.clauses import CLAUSES, CODES
from compensation.rules.defaults import DEFAULT_POLICIES, METERED, default_policy
from compensation.rules.policy import Policy
from compensation.rules.words import clause_text, sections, worked_examples

LIKES = default_policy("metered-standard")


def test_the_rows_of_the_likes():
    rows = worked_examples(LIKES, quantity=1000, unit_price_fen=5)
    whole = "退 ¥50.00，另送优质 1000 个"
    assert [(row.case, row.share, row.gets, row.gets_long_term, row.edge) for row in rows] == [
        ("80 个", "8%", "补 80 个", "补 80 个", False),
        ("100 个", "10%", "补 100 个", "补 100 个", False),
        ("101 个", "10.1%", "补 122 个", "补 152 个", True),
        ("150 个", "15%", "补 180 个", "补 225 个", False),
        ("200 个", "20%", "补 240 个", "补 300 个", False),
        ("201 个", "20.1%", whole, whole, True),
    ]


ROWS = {
    "licence-standard": (5, 2000, [("没用过", "退 ¥100.00"), ("用掉 1 / 5", "退 ¥80.00"), ("没用过", "不退"),
                                   ("用过的也退", "退 ¥100.00")]),
    "course-standard": (40, 500, [("用掉 4 / 40", "退 ¥200.00"), ("用掉 5 / 40", "退 ¥175.00"),
                                  ("用掉 20 / 40", "退 ¥100.00"), ("用掉 20 / 40", "不退"),
                                  ("用过的也退", "退 ¥200.00")]),
    "subscription-standard": (1, 3000, [("用过 1 小时", "退 ¥30.00"), ("用过 1 小时又 1 秒", "退 ¥29.00"),
                                        ("用过 15 天", "退 ¥15.00"), ("用过的也退", "退 ¥30.00")]),
    "game-item-standard": (1, 648, [("没用过", "退 ¥6.48"), ("用掉 1 / 1", "不退"), ("没用过", "不退"),
                                    ("用过的也退", "退 ¥6.48")]),
}  # fmt: skip


@pytest.mark.parametrize("code", ROWS)
def test_the_rows_of_other_goods(code):
    quantity, price, expected = ROWS[code]
    rows = worked_examples(default_policy(code), quantity=quantity, unit_price_fen=price)
    assert [(row.share, row.gets) for row in rows] == expected
    assert {row.gets_long_term for row in rows} == {None}


def test_the_time_column_says_within_and_beyond_a_limit():
    rows = worked_examples(default_policy("licence-standard"), quantity=5, unit_price_fen=2000)
    assert [row.case for row in rows] == ["24 小时内", "24 小时内", "超过 24 小时", "核实商品有毛病"]
    rows = worked_examples(default_policy("subscription-standard"), quantity=1, unit_price_fen=3000)
    assert [row.case for row in rows] == ["24 小时内", "24 小时内", "满 15 天", "核实商品有毛病"]


@pytest.mark.parametrize("quantity", [1, 2, 5, 9, 10, 11])
@pytest.mark.parametrize("data", DEFAULT_POLICIES, ids=lambda data: data["code"])
def test_small_quantities_have_rows_without_repeats(data, quantity):
    rows = worked_examples(default_policy(data["code"]), quantity=quantity, unit_price_fen=100)
    cases = [(row.case, row.share) for row in rows]
    assert cases
    assert len(cases) == len(set(cases))


def test_the_topics_of_the_likes():
    text = dict(sections(LIKES))
    assert list(text) == [
        "24 小时内掉赞", "24 小时后慢慢掉", "没送完", "像是假号", "没有互动", "数不出来",
        "商品有毛病", "没按时送到", "什么时候由人看",
    ]  # fmt: skip
    assert text["24 小时内掉赞"][0] == (
        "10% 以内，掉多少补多少。超过 10%、不超过 20%，按 1:1.2 补，长期用户按 1:1.5 补。"
        "超过 20%，全额退款，另送等量优质赞。"
    )
    assert "¥50.00 × 200 ÷ 1000 = ¥10.00" in text["没送完"][0]


@pytest.mark.parametrize(
    ("code", "headings"),
    [
        ("licence-standard", ["冷静期", "过了时间"]),
        ("course-standard", ["体验期", "用了一部分", "过了时间"]),
        ("subscription-standard", ["体验期", "用了一部分"]),
        ("game-item-standard", ["体验期", "过了时间"]),
    ],
)
def test_the_topics_of_other_goods(code, headings):
    assert [heading for heading, _ in sections(default_policy(code))] == [
        *headings, "商品有毛病", "没按时送到", "什么时候由人看",
    ]  # fmt: skip


def test_the_words_follow_the_data():
    changed = Policy.from_data(METERED | {"tier_a_rate": [125, 1000], "factor_b": [13, 10]})
    text = dict(sections(changed))["24 小时内掉赞"][0]
    assert text.startswith("12.5% 以内，掉多少补多少。超过 12.5%、不超过 20%，按 1:1.3 补")
    assert clause_text(changed, "drop.tier_b") == (
        "掉赞第二档：24 小时内掉赞超过 12.5%、不超过 20% 的，按 1:1.3 补足，长期用户按 1:1.5 补。"
    )


def test_every_clause_is_one_sentence():
    for data in DEFAULT_POLICIES:
        policy = default_policy(data["code"])
        for name in policy.clauses:
            text = clause_text(policy, CLAUSES[name].code)
            assert text.endswith("。")
            assert text.count("。") == 1
    with pytest.raises(KeyError):
        clause_text(LIKES, "drop.sideways")
    assert all(clause_text(LIKES, code) for code in CODES)


def test_a_buyer_is_never_shouted_at():
    for data in DEFAULT_POLICIES:
        text = str(sections(default_policy(data["code"])))
        assert not [word for word in ("！", "亲", "你") if word in text]
