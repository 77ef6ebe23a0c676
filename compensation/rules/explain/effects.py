"""The sums of fake units and of the effect guarantee."""

from __future__ import annotations

from common.money import ceil_div
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy
from compensation.rules.steps import Step, say
from compensation.rules.vocabulary import Vocabulary


def fake_replace(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    counted = min(f.fake_units, f.delivered)
    owed = counted - f.fake_replaced
    sum_ = f"{counted} − {f.fake_replaced}"
    return [
        Step(
            v.fakes_counted,
            v.smaller_of(f.fake_units, f.delivered),
            {"fake_units": f.fake_units, "delivered": f.delivered},
            v.units(counted),
        ),
        Step(
            v.fakes_owed,
            sum_ if owed >= 0 else v.not_below_0(sum_),
            {"counted": counted, "fake_replaced": f.fake_replaced},
            v.units(max(0, owed)),
        ),
    ]


def fake_claimed(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.fakes_to_verify)]


def early(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.measured_later(p))]


def unmeasurable(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.interactions_uncountable)]


def short(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [*_shortfall(f, p, v), say(v.interactions_sent(p))]


def met(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [*_shortfall(f, p, v), say(v.interactions_enough)]


def exhausted(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [*_shortfall(f, p, v), say(v.interactions_exhausted(f.effect_round))]


def _shortfall(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    top, base = p.effect_rate
    promised = ceil_div(top * f.delivered, base)
    rest = promised - f.interactions - f.pending
    sum_ = f"{promised} − {f.interactions}" + (f" − {f.pending}" if f.pending else "")
    return [
        Step(
            v.interactions_promised(p),
            f"{f.delivered} × {top} ÷ {base}",
            {"delivered": f.delivered},
            v.interactions(promised),
        ),
        Step(
            v.less_interactions_and_packs if f.pending else v.less_interactions,
            sum_ if rest >= 0 else v.not_below_0(sum_),
            {"promised": promised, "interactions": f.interactions, "pending": f.pending},
            v.interactions(max(0, rest)),
        ),
    ]
