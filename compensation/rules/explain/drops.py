"""The sums of a drop: what was there, what is there, what is missing, which tier, what is granted."""

from __future__ import annotations

from common.money import ceil_div
from compensation.rules.facts import Facts
from compensation.rules.figures import Ratio, decimal, yuan
from compensation.rules.policy import Policy
from compensation.rules.steps import Step, make, say
from compensation.rules.vocabulary import Vocabulary

Steps = tuple[Step, ...]


def delivering(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    inputs = {"delivered": f.delivered, "ordered": f.ordered}
    return [Step(v.delivered_so_far, None, inputs, v.units(f.delivered)), say(v.still_delivering)]


def unmeasurable(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.uncountable)]


def abnormal_data(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.data_in_doubt)]


def outside(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    reason = v.gift_is_over if f.gift else v.warranty_is_over
    return [*_counts(v, f.delivered, f.present, f.pending), say(reason), say(v.dates_can_be_appealed)]


def nothing_lost(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [*_counts(v, f.delivered, f.present, f.pending), say(v.nothing_missing)]


def slow(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    missing = _missing(f)
    steps = [*_counts(v, f.delivered, f.present, f.pending), _one_to_one(v.slow_one_to_one, missing, v)]
    total = f.slow_granted + missing
    if total > f.delivered:
        inputs = {"slow_granted": f.slow_granted, "grant": missing, "delivered": f.delivered}
        formula = f"{f.slow_granted} + {missing}"
        steps.append(Step(v.slow_beyond(f.delivered), formula, inputs, v.units(total)))
    return steps


def gift(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [*_counts(v, f.delivered, f.present, f.pending), _one_to_one(v.gift_one_to_one, _missing(f), v)]


def tier_a(f: Facts, p: Policy, v: Vocabulary) -> Steps:
    return _tier(f, v, p.factor_a, _line(v, p, "A", False))


def tier_b(f: Facts, p: Policy, v: Vocabulary) -> Steps:
    factor = p.factor_b_long_term if f.long_term else p.factor_b
    return _tier(f, v, factor, _line(v, p, "B", f.long_term))


def tier_c(f: Facts, p: Policy, v: Vocabulary) -> Steps:
    return (
        *_loss(v, f.delivered, f.present, f.pending, f.restored),
        _line(v, p, "C", False),
        *_all_back(v, f.paid_fen, f.refunded_fen, f.delivered, f.ordered, f.refunded_units),
    )


def _line(v: Vocabulary, p: Policy, tier: str, long_term: bool) -> Step:
    """What a tier gives reads alike in each of its decisions: put into words once per policy."""
    key = (v, tier, long_term)
    line: Step | None = p.memo.get(key)
    if line is None:
        text = v.tier_line(p, tier, long_term=long_term)
        factor = None if tier == "C" else f"× {decimal(p.factor_of(tier, long_term=long_term))}"
        line = p.memo[key] = Step(text, None, {}, factor)
    return line


def _tier(f: Facts, v: Vocabulary, factor: Ratio, line: Step) -> Steps:
    delivered, present, pending, restored = f.delivered, f.present, f.pending, f.restored
    gone = delivered - present - pending
    lost = restored + gone if gone > 0 else restored
    return (*_loss(v, delivered, present, pending, restored), line, *_granted(v, lost, factor, f.granted))


def _loss(v: Vocabulary, delivered: int, present: int, pending: int, restored: int) -> Steps:
    """The counts, what earlier claims found missing, and the rate of both together."""
    steps = _counts(v, delivered, present, pending)
    lost = max(0, delivered - present - pending)
    if restored:
        inputs = {"restored": restored, "missing": lost}
        sum_ = f"{restored} + {lost}"
        lost += restored
        steps = (*steps, make(Step, (v.with_restored, sum_, inputs, v.units(lost))))
    inputs = {"loss": lost, "delivered": delivered}
    return (*steps, make(Step, (v.share, f"{lost} ÷ {delivered}", inputs, v.percent(lost, delivered))))


def _granted(v: Vocabulary, lost: int, factor: Ratio, granted: int) -> Steps:
    """What the tier promises for the loss, less what this window has granted before."""
    top, base = factor
    due = ceil_div(top * lost, base)
    text = v.owed_rounded_up if top * lost % base else v.owed
    given = {"entitled": due, "granted": granted}
    return (
        make(Step, (text, f"{lost} × {decimal(factor)}", {"loss": lost}, v.units(due))),
        make(Step, (v.less_granted, _difference(v, due, granted), given, v.units(max(0, due - granted)))),
    )


def _all_back(
    v: Vocabulary, paid_fen: int, refunded_fen: int, delivered: int, ordered: int, refunded: int
) -> Steps:
    """The whole refund, and the gift beside it."""
    paid = {"paid_fen": paid_fen, "refunded_fen": refunded_fen}
    sum_ = f"{yuan(paid_fen)} − {yuan(refunded_fen)}"
    came = {"delivered": delivered, "ordered": ordered, "refunded_units": refunded}
    smaller = v.smaller_of(delivered, f"{ordered} − {refunded}")
    return (
        make(Step, (v.whole_refund, sum_, paid, yuan(paid_fen - refunded_fen))),
        make(Step, (v.premium_too, smaller, came, v.units(min(delivered, ordered - refunded)))),
    )


def _counts(v: Vocabulary, delivered: int, present: int, pending: int) -> Steps:
    """Then, now, and the difference."""
    held = present + pending
    now = make(Step, (v.present, None, {"present": present}, v.units(present)))
    if pending:
        inputs = {"present": present, "pending": pending}
        now = make(Step, (v.present_and_pending, f"{present} + {pending}", inputs, v.units(held)))
    both = {"delivered": delivered, "held": held}
    return (
        make(Step, (v.delivered, None, {"delivered": delivered}, v.units(delivered))),
        now,
        make(Step, (v.missing, _difference(v, delivered, held), both, v.units(max(0, delivered - held)))),
    )


def _difference(v: Vocabulary, one: int, other: int) -> str:
    sum_ = f"{one} − {other}"
    return sum_ if one >= other else v.not_below_0(sum_)


def _one_to_one(text: str, missing: int, v: Vocabulary) -> Step:
    return make(Step, (text, f"{missing} × 1", {"missing": missing}, v.units(missing)))


def _missing(f: Facts) -> int:
    return max(0, f.delivered - f.present - f.pending)
