"""The sums of a drop: what was there, what is there, what is missing, which tier, what is granted."""

from __future__ import annotations

from common.money import ceil_div
from compensation.rules.facts import Facts
from compensation.rules.figures import decimal, yuan
from compensation.rules.policy import Policy
from compensation.rules.steps import Step, say
from compensation.rules.vocabulary import Vocabulary


def delivering(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    inputs = {"delivered": f.delivered, "ordered": f.ordered}
    return [Step(v.delivered_so_far, None, inputs, v.units(f.delivered)), say(v.still_delivering)]


def unmeasurable(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.uncountable)]


def abnormal_data(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.data_in_doubt)]


def outside(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    reason = v.gift_is_over if f.gift else v.warranty_is_over
    return [*_counts(f, v), say(reason), say(v.dates_can_be_appealed)]


def nothing_lost(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [*_counts(f, v), say(v.nothing_missing)]


def slow(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    missing = _missing(f)
    steps = [*_counts(f, v), _one_to_one(v.slow_one_to_one, missing, v)]
    total = f.slow_granted + missing
    if total > f.delivered:
        inputs = {"slow_granted": f.slow_granted, "grant": missing, "delivered": f.delivered}
        formula = f"{f.slow_granted} + {missing}"
        steps.append(Step(v.slow_beyond(f.delivered), formula, inputs, v.units(total)))
    return steps


def gift(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [*_counts(f, v), _one_to_one(v.gift_one_to_one, _missing(f), v)]


def tier_a(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return _tier(f, p, v, "A")


def tier_b(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return _tier(f, p, v, "B")


def tier_c(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    left = f.ordered - f.refunded_units
    refund = f.paid_fen - f.refunded_fen
    steps = _loss(f, v)
    steps += (
        say(v.tier_line(p, "C", long_term=f.long_term)),
        Step(
            v.whole_refund,
            f"{yuan(f.paid_fen)} − {yuan(f.refunded_fen)}",
            {"paid_fen": f.paid_fen, "refunded_fen": f.refunded_fen},
            yuan(refund),
        ),
        Step(
            v.premium_too,
            v.smaller_of(f.delivered, f"{f.ordered} − {f.refunded_units}"),
            {"delivered": f.delivered, "ordered": f.ordered, "refunded_units": f.refunded_units},
            v.units(min(f.delivered, left)),
        ),
    )
    return steps


def _tier(f: Facts, p: Policy, v: Vocabulary, tier: str) -> list[Step]:
    lost, granted = f.restored + _missing(f), f.granted
    top, base = factor = p.factor_of(tier, long_term=f.long_term)
    by, due = decimal(factor), ceil_div(top * lost, base)
    owed = v.owed if top * lost == due * base else v.owed_rounded_up
    sum_ = f"{due} − {granted}"
    steps = _loss(f, v)
    steps += (
        Step(v.tier_line(p, tier, long_term=f.long_term), None, {}, f"× {by}"),
        Step(owed, f"{lost} × {by}", {"loss": lost}, v.units(due)),
        Step(
            v.less_granted,
            sum_ if due >= granted else v.not_below_0(sum_),
            {"entitled": due, "granted": granted},
            v.units(max(0, due - granted)),
        ),
    )
    return steps


def _loss(f: Facts, v: Vocabulary) -> list[Step]:
    """The counts, what earlier claims found missing, and the rate of both together."""
    steps, missing = _counts(f, v), _missing(f)
    lost = f.restored + missing
    if f.restored:
        inputs = {"restored": f.restored, "missing": missing}
        steps.append(Step(v.with_restored, f"{f.restored} + {missing}", inputs, v.units(lost)))
    inputs = {"loss": lost, "delivered": f.delivered}
    steps.append(Step(v.share, f"{lost} ÷ {f.delivered}", inputs, v.percent(lost, f.delivered)))
    return steps


def _counts(f: Facts, v: Vocabulary) -> list[Step]:
    """Then, now, and the difference."""
    delivered, present, pending = f.delivered, f.present, f.pending
    held = present + pending
    if pending:
        inputs = {"present": present, "pending": pending}
        now = Step(v.present_and_pending, f"{present} + {pending}", inputs, v.units(held))
    else:
        now = Step(v.present, None, {"present": present}, v.units(present))
    sum_ = f"{delivered} − {held}"
    return [
        Step(v.delivered, None, {"delivered": delivered}, v.units(delivered)),
        now,
        Step(
            v.missing,
            sum_ if held <= delivered else v.not_below_0(sum_),
            {"delivered": delivered, "held": held},
            v.units(max(0, delivered - held)),
        ),
    ]


def _one_to_one(text: str, missing: int, v: Vocabulary) -> Step:
    return Step(text, f"{missing} × 1", {"missing": missing}, v.units(missing))


def _missing(f: Facts) -> int:
    return max(0, f.delivered - f.present - f.pending)
