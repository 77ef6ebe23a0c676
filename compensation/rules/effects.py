"""What metered goods are worth beyond their number: fake units (rules §2) and the effect guarantee (§4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from common.money import ceil_div
from compensation.rules.decision import Verdict, units
from compensation.rules.drops import grade_of
from compensation.rules.explain import effects as explain
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy


def due_at(completed_at: datetime, p: Policy) -> datetime | None:
    """From when on interactions are measured; None where the policy promises none."""
    if not p.effect_rounds or not p.effect_rate[0]:
        return None
    return completed_at + timedelta(seconds=p.effect_after_seconds)


def shortfall(f: Facts, p: Policy) -> int:
    """Interactions still owed; packs on their way count as if they had arrived."""
    return max(0, ceil_div(p.effect_rate[0] * f.delivered, p.effect_rate[1]) - f.interactions - f.pending)


def fake_replace(f: Facts, p: Policy) -> Verdict | None:
    if f.proof != "verified":
        return None
    owed = min(f.fake_units, f.delivered) - f.fake_replaced
    return Verdict("fake.replace", explain.fake_replace, units("top_up", owed, grade_of(f)))


def fake_claimed(f: Facts, p: Policy) -> Verdict:
    return Verdict("fake.claimed", explain.fake_claimed, outcome="review", reasons=("proof",))


def early(f: Facts, p: Policy) -> Verdict | None:
    if f.effect_due:
        return None
    return Verdict("effect.early", explain.early, outcome="nothing")


def unmeasurable(f: Facts, p: Policy) -> Verdict | None:
    if f.measurable:
        return None
    return Verdict("effect.unmeasurable", explain.unmeasurable, outcome="review", reasons=("unmeasurable",))


def exhausted(f: Facts, p: Policy) -> Verdict | None:
    if f.effect_round < p.effect_rounds or shortfall(f, p) == 0:
        return None
    return Verdict("effect.exhausted", explain.exhausted, outcome="review", reasons=("person",))


def short(f: Facts, p: Policy) -> Verdict | None:
    owed = shortfall(f, p)
    if owed == 0:
        return None
    return Verdict("effect.shortfall", explain.short, units("interaction_pack", owed))


def met(f: Facts, p: Policy) -> Verdict:
    return Verdict("effect.met", explain.met, outcome="nothing")
