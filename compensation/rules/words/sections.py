"""The whole text of a policy by topic, as the product page shows it."""

from __future__ import annotations

from common.money import ceil_div
from compensation.rules.decide import decide
from compensation.rules.facts import Facts
from compensation.rules.figures import yuan
from compensation.rules.policy import Policy
from compensation.rules.vocabulary import CHINESE, Vocabulary

Section = tuple[str, list[str]]


def sections(policy: Policy, vocabulary: Vocabulary = CHINESE) -> list[Section]:
    """(heading, paragraphs) for each topic that the policy's clauses touch, in reading order."""
    v = vocabulary
    topics = (
        ("drop.tier_a", v.on_window),
        ("drop.slow", v.on_slow_drops),
        ("refund.trial", v.on_trial),
        ("refund.trial:time", v.on_trial),
        ("refund.cooling_off", v.on_cooling_off),
        ("refund.pro_rata", lambda p: _pro_rata(p, v)),
        ("refund.pro_rata:time", v.on_partly_used),
        ("refund.after_cooling_off", v.on_too_late),
        ("fake.replace", v.on_fakes),
        ("effect.shortfall", lambda p: v.on_effect(p, per_thousand=_per_thousand(p))),
        ("drop.unmeasurable", v.on_uncountable),
        ("defect.verified", v.on_defects),
        ("delay.choice", v.on_delays),
    )
    return [topic(policy) for clause, topic in topics if clause in policy.clauses] + [v.on_people(policy)]


def _pro_rata(p: Policy, v: Vocabulary) -> Section:
    """Undelivered likes, or unused lessons: the same sum under another heading, with one sum worked out."""
    if p.kind != "metered":
        return v.on_partly_used(p)
    facts = Facts(reason="refund", ordered=1000, paid_fen=5000, delivered=800)
    refund = decide(facts, p).cash_fen
    left = facts.ordered - facts.delivered
    sum_ = f"{yuan(facts.paid_fen)} × {left} ÷ {facts.ordered} = {yuan(refund)}"
    return v.on_undelivered(p, delivered=facts.delivered, left=left, sum_=sum_)


def _per_thousand(p: Policy) -> int:
    return ceil_div(p.effect_rate[0] * 1000, p.effect_rate[1])
