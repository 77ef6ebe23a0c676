"""English says what Chinese says: every sentence, the same steps, the same figures, and nothing Chinese in between."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest

from compensation.rules.clauses import CLAUSES, CODES
from compensation.rules.decide import decide
from compensation.rules.decision import Decision
from compensation.rules.defaults import DEFAULT_POLICIES, METERED, default_policy
from compensation.rules.explain.endings import endings
from compensation.rules.facts import parse_facts
from compensation.rules.policy import Policy
from compensation.rules.vocabulary import CHINESE, ENGLISH
from compensation.rules.words import clause_text, sections, worked_examples
from tests.rules.cases import COURSE, GAME_ITEM, KEYS, LICENCE, LIKES, SUBSCRIPTION, WAYS, drop, run

EXAMPLES = json.loads(Path(__file__).with_name("rules_examples.json").read_text(encoding="utf-8"))
FOREIGN = re.compile("[⺀-〿㐀-鿿＀-￯]")  # ideographs, and the full-width marks between them
METERED_POLICY = default_policy("metered-standard")
HELD = {"reason": "refund", "ordered": 40, "paid_fen": 200_000, "elapsed_seconds": 700_000}
# Ways through an explanation that neither the examples nor the cast walk.
OTHERS = [
    ("metered-standard", {"reason": "drop", **LIKES, "present": 1010, "window": "outside"}),
    ("metered-standard", {"reason": "drop", **LIKES, "present": 900, "restored": 20, "granted": 200}),
    ("metered-standard", {"reason": "drop", **LIKES, "present": 1, "window": "warranty", "slow_granted": 5}),
    ("metered-standard", {"reason": "drop", **LIKES, "present": 1, "window": "outside", "gift": True}),
    ("metered-standard", {"reason": "drop", **LIKES, "present": 863, "long_term": True}),
    ("metered-standard", {"reason": "fake_units", **LIKES, "fake_replaced": 9, "proof": "verified"}),
    ("metered-standard", {"reason": "low_interaction", **LIKES, "interactions": 60, "pending": 1}),
    ("metered-standard", {"reason": "delay", **LIKES, "delivered": 1}),
    ("metered-standard", {"reason": "refund", **LIKES, "closed": True, "refunded_units": 1000}),
    ("metered-standard", {"reason": "refund", **LIKES, "refunded_units": 10, "refunded_fen": 40}),
    (COURSE, HELD),
    (COURSE, HELD | {"used_units": 41, "ordered": 41, "refunded_units": 2, "refunded_fen": 9}),
    (COURSE, HELD | {"quantity": 3, "risk": 99}),
    (COURSE, HELD | {"elapsed_seconds": 10**7}),
    (GAME_ITEM, {"reason": "refund", **KEYS, "elapsed_seconds": 9000}),
    (LICENCE, {"reason": "refund", **KEYS, "quantity": 2}),
    (LICENCE, {"reason": "defect", **KEYS, "quantity": 2, "proof": "verified"}),
    (LICENCE, {"reason": "defect", **KEYS, "stock": 1, "proof": "verified", "wants": "replacement"}),
    (SUBSCRIPTION, {"reason": "refund", **KEYS, "total_seconds": 10**6, "elapsed_seconds": 5 * 86_400,
                    "outage_seconds": 61, "used_seconds": 3601}),
]  # fmt: skip


def examples() -> list[Decision]:
    rows = [(example["policy"], example["facts"]) for example in EXAMPLES]
    rows += [(code, facts) for code, _, _, facts in WAYS] + OTHERS
    policies = [default_policy(code) for code, _ in rows]
    return [
        decide(parse_facts(facts, kind=policy.kind, public=False), policy)
        for policy, (_, facts) in zip(policies, rows, strict=True)
    ]


DECISIONS = examples()


def figures(text: str | None) -> list[str]:
    return re.findall(r"[\d.]+\d|\d", text or "")


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda decision: decision.clause)
def test_the_same_sums_in_english(decision):
    chinese, english = decision.explained(CHINESE), decision.explained(ENGLISH)
    assert chinese == decision.explanation
    assert [step.inputs for step in english] == [step.inputs for step in chinese]
    for ours, theirs in zip(english, chinese, strict=True):
        assert figures(ours.formula) == figures(theirs.formula)
        assert figures(ours.result) == figures(theirs.result)
        assert (ours.formula is None, ours.result is None) == (theirs.formula is None, theirs.result is None)
        assert not FOREIGN.search(f"{ours.text} {ours.formula} {ours.result}")


def test_what_is_stored_is_chinese_and_what_is_shown_may_be_english():
    decision = drop(present=850)
    stored, shown = decision.as_data(), decision.as_data(ENGLISH)
    assert stored == decision.as_data(CHINESE)
    assert {name for name in stored if stored[name] != shown[name]} == {"explanation"}
    assert [step["text"] for step in shown["explanation"]] == [
        "At the end of delivery",
        "Now",
        "Missing now",
        "Share of what was delivered",
        "More than 10% and up to 20%: we top up 1.2 for each one lost",
        "Owed",
        "Less what we topped up before",
    ]
    assert [step["result"] for step in shown["explanation"]] == [
        "1000", "850", "150", "15%", "× 1.2", "180", "180",
    ]  # fmt: skip


SAID = [
    (drop(present=843), 3, "15.7%"),
    (drop(present=863, delivered=999, ordered=999), 3, "just over 13.61%"),
    (drop(present=950), 4, "Up to 10%: we top up one for each one lost"),
    (drop(present=850, long_term=True), 4,
     "More than 10% and up to 20%, and you are a long-term buyer: we top up 1.5 for each one lost"),
    (drop(present=0), 4, "More than 20%: full refund, plus the same number of premium ones as a gift"),
    (drop(present=1010, granted=3), 3, "We counted: none are missing, so there is nothing to top up."
     " If you lose any later, claim again."),
    (run(LICENCE, reason="refund", **KEYS, elapsed_seconds=3601), 0, "1 hour 1 second"),
    (run(GAME_ITEM, reason="refund", **KEYS, used_units=1, elapsed_seconds=60), 1,
     "It must be unused; you have used"),
    (run(GAME_ITEM, reason="refund", **KEYS, trial_taken=True), 1,
     "You have had a refund by the trial of this product already"),
    (run(COURSE, **HELD), -1,
     "Refunds on this order come to more than ¥200.00, so two colleagues check before it is paid;"
     " the amount stays the same"),
]  # fmt: skip


@pytest.mark.parametrize(("decision", "at", "words"), SAID, ids=[words for _, _, words in SAID])
def test_the_words_of_single_steps(decision, at, words):
    step = decision.explained(ENGLISH)[at]
    assert words in (step.text, step.result)


def names_of(vocabulary) -> dict[str, object]:
    return {name: getattr(type(vocabulary), name) for name in dir(vocabulary) if not name.startswith("_")}


def test_english_defines_every_sentence_with_the_same_parameters():
    """What English doesn't say itself would come out in Chinese, since the one builds on the other."""
    ours, theirs = names_of(ENGLISH), names_of(CHINESE)
    assert set(ours) == set(theirs)
    same = {name for name in ours if ours[name] is theirs[name] or ours[name] == theirs[name]}
    assert same == {"per_hundred"}  # a number
    for name, said in theirs.items():
        assert type(said) is type(ours[name])
        if isinstance(said, dict):
            assert list(said) == list(ours[name])
        elif inspect.isfunction(said):
            assert inspect.signature(said) == inspect.signature(ours[name])
        elif isinstance(said, str):
            assert not FOREIGN.search(ours[name])


CLAUSE_WORDS = {
    "drop.tier_a": "Drops, tier 1: if up to 10% are gone within 24 hours, we top up one for each one lost.",
    "drop.tier_b": "Drops, tier 2: if more than 10% and up to 20% are gone within 24 hours,"
    " we top up 1.2 for each one lost (1.5 for long-term buyers).",
    "drop.tier_c": "Drops, tier 3: if more than 20% are gone within 24 hours,"
    " we refund in full and send the same number of premium likes as a gift.",
    "drop.slow": "Slow losses after 24 hours are topped up one for one within the warranty of 30 days.",
    "effect.shortfall": "There are at least 5 interactions for every 100 likes;"
    " we send as many as are missing, in up to 3 rounds.",
    "refund.pro_rata": "What wasn't delivered is refunded in proportion, rounded to the nearest ¥0.01;"
    " several refunds add up to exactly the full price.",
}


@pytest.mark.parametrize("clause", CLAUSE_WORDS)
def test_the_words_of_a_clause(clause):
    assert clause_text(METERED_POLICY, clause, ENGLISH) == CLAUSE_WORDS[clause]


def test_every_clause_is_one_english_sentence():
    for data in DEFAULT_POLICIES:
        policy = default_policy(data["code"])
        for name in policy.clauses:
            text = clause_text(policy, CLAUSES[name].code, ENGLISH)
            assert (text[-1], text.count(". "), FOREIGN.search(text)) == (".", 0, None)
            assert text[0].isupper()
    assert all(clause_text(METERED_POLICY, code, ENGLISH) for code in CODES)
    with pytest.raises(KeyError):
        clause_text(METERED_POLICY, "drop.sideways", ENGLISH)


@pytest.mark.parametrize("data", DEFAULT_POLICIES, ids=lambda data: data["code"])
def test_the_text_and_the_examples_of_a_policy(data):
    policy = default_policy(data["code"])
    chinese, english = sections(policy), sections(policy, ENGLISH)
    assert [len(lines) for _, lines in english] == [len(lines) for _, lines in chinese]
    assert not FOREIGN.search(str(english))
    rows = [
        worked_examples(policy, quantity=20, unit_price_fen=500, vocabulary=vocabulary)
        for vocabulary in (CHINESE, ENGLISH)
    ]
    for theirs, ours in zip(*rows, strict=True):
        assert ours.decision == theirs.decision
        said = [(ours.case, theirs.case), (ours.share, theirs.share), (ours.gets, theirs.gets)]
        assert [figures(one) for one, _ in said] == [figures(other) for _, other in said]
        assert not FOREIGN.search(str((said[0][0], said[1][0], said[2][0], ours.gets_long_term)))


def test_the_rows_of_the_likes_in_english():
    rows = worked_examples(METERED_POLICY, quantity=1000, unit_price_fen=5, vocabulary=ENGLISH)
    whole = "refund\N{NO-BREAK SPACE}¥50.00, plus 1000 premium as a gift"
    assert [(row.case, row.share, row.gets, row.gets_long_term) for row in rows] == [
        ("80", "8%", "80 topped up", "80 topped up"),
        ("100", "10%", "100 topped up", "100 topped up"),
        ("101", "10.1%", "122 topped up", "152 topped up"),
        ("150", "15%", "180 topped up", "225 topped up"),
        ("200", "20%", "240 topped up", "300 topped up"),
        ("201", "20.1%", whole, whole),
    ]


def test_the_english_words_follow_the_data():
    changed = Policy.from_data(METERED | {"tier_a_rate": [1, 8], "tier_b_rate": [1, 3], "factor_b": [4, 3]})
    assert sections(changed, ENGLISH)[0][1][0] == (
        "Up to 12.5%: we top up one for each one lost. More than 12.5% and up to 1/3: we top up 4/3 for each one"
        " lost (1.5 for long-term buyers). More than 1/3: full refund, plus the same number of premium likes as a gift."
    )


def test_a_score_is_not_told_from_any_other_look():
    """`risk` and `manual` read alike in each language, so that nobody learns of a score by asking twice."""
    for vocabulary in (CHINESE, ENGLISH):
        read = [
            endings(
                reasons=(reason,), approvals=1, cash_fen=1, refunded_fen=0, auto_limit_fen=0, v=vocabulary
            )
            for reason in ("risk", "manual")
        ]
        assert read[0] == read[1]
        assert all(vocabulary.next_step.values())


def test_spans_and_numbers_agree():
    assert [ENGLISH.span(n) for n in (0, 1, 3600, 3661, 86_400, 345_600, 349_201)] == [
        "0 seconds", "1 second", "1 hour", "1 hour 1 minute 1 second", "24 hours", "4 days", "4 days 1 hour 1 second",
    ]  # fmt: skip
    assert [ENGLISH.interactions(n) for n in (0, 1, 2)] == [
        "0 interactions",
        "1 interaction",
        "2 interactions",
    ]
