"""Drops of metered goods (rules §2, §3): how much was lost, which tier that is, what is granted now."""

from __future__ import annotations

from compensation.rules.decision import Explain, Measures, Remedy, Verdict, cash, units
from compensation.rules.explain import drops as explain
from compensation.rules.facts import Facts
from compensation.rules.figures import Ratio
from compensation.rules.policy import Policy
from compensation.rules.steps import make


def missing(*, delivered: int, present: int, pending: int = 0) -> int:
    """Units that can't be seen now and aren't on their way; more than delivered counts as none missing."""
    return max(0, delivered - present - pending)


def loss(*, delivered: int, present: int, pending: int = 0, restored: int = 0) -> int:
    """L: what the window's earlier top-ups restored, plus what is missing now."""
    return restored + max(0, delivered - present - pending)


def tier_of(*, base: int, loss: int, policy: Policy) -> str:
    """none, A, B or C; a loss exactly on a limit stays in the lower tier (以内 includes the number)."""
    if loss <= 0:
        return "none"
    if loss * policy.tier_a_rate[1] <= base * policy.tier_a_rate[0]:
        return "A"
    if loss * policy.tier_b_rate[1] <= base * policy.tier_b_rate[0]:
        return "B"
    return "C"


def warrants_warning(*, base: int, loss: int, policy: Policy) -> bool:
    """Above the warning rate: exactly 8 % warns nobody."""
    return loss * policy.warn_rate[1] > base * policy.warn_rate[0]


def is_urgent(*, base: int, loss: int, policy: Policy) -> bool:
    """Above the urgency rate: exactly 30 % is not urgent."""
    return loss * policy.urgent_rate[1] > base * policy.urgent_rate[0]


def grade_of(facts: Facts) -> str:
    """A gift line was premium when it came, so what replaces a part of it is too."""
    return "premium" if facts.gift else "standard"


# Each clause asks one of these anew, so they do without the call of max().


def _lost(f: Facts) -> int:
    gone = f.delivered - f.present - f.pending
    return f.restored + gone if gone > 0 else f.restored


def _missing(f: Facts) -> int:
    gone = f.delivered - f.present - f.pending
    return gone if gone > 0 else 0


# ---- clauses, each either the verdict or None where its guard is false


def delivering(f: Facts, p: Policy) -> Verdict | None:
    if f.delivering:
        return Verdict("drop.none", explain.delivering, outcome="nothing")
    return None


def unmeasurable(f: Facts, p: Policy) -> Verdict | None:
    if not f.measurable:
        return Verdict("drop.unmeasurable", explain.unmeasurable, outcome="review", reasons=("unmeasurable",))
    return None


def abnormal_data(f: Facts, p: Policy) -> Verdict:
    return Verdict("drop.unmeasurable", explain.abnormal_data, outcome="review", reasons=("unmeasurable",))


def outside(f: Facts, p: Policy) -> Verdict | None:
    """A gift line has the window and no warranty."""
    if f.window == "outside" or (f.gift and f.window != "inside"):
        # The refusal still shows what was counted: the reader sees that the date decides, not the figure.
        return Verdict(
            "drop.outside", explain.outside, outcome="refuse", measures=Measures(f.delivered, _missing(f))
        )
    return None


def none(f: Facts, p: Policy) -> Verdict | None:
    """No loss; in the warranty, where what the window restored no longer counts: nothing missing now."""
    if f.restored and f.window == "inside":
        return None
    if f.delivered - f.present - f.pending <= 0:
        measures = make(Measures, (f.delivered, 0))
        return make(Verdict, ("drop.none", explain.nothing_lost, (), "nothing", (), measures))
    return None


def slow(f: Facts, p: Policy) -> Verdict | None:
    """1:1 whatever the rate; once slow grants exceed everything delivered, a person looks at it too."""
    if f.window != "warranty":
        return None
    lost = _missing(f)
    reasons = ("person",) if f.slow_granted + lost > f.delivered else ()
    grant = units("top_up", lost, grade_of(f))
    return Verdict(
        "drop.slow", explain.slow, grant, "compensate", reasons=reasons, measures=Measures(f.delivered, lost)
    )


def gift(f: Facts, p: Policy) -> Verdict | None:
    if not f.gift:
        return None
    lost = _missing(f)
    grant = units("top_up", lost, "premium")
    return Verdict("drop.gift", explain.gift, grant, measures=Measures(f.delivered, lost))


def tier_a(f: Facts, p: Policy) -> Verdict | None:
    lost = _lost(f)
    if lost * p.tier_a_rate[1] > f.delivered * p.tier_a_rate[0]:
        return None
    return _top_up("drop.tier_a", explain.tier_a, f, lost, p.factor_a)


def tier_b(f: Facts, p: Policy) -> Verdict | None:
    lost = _lost(f)
    if lost * p.tier_b_rate[1] > f.delivered * p.tier_b_rate[0]:
        return None
    factor = p.factor_b_long_term if f.long_term else p.factor_b
    return _top_up("drop.tier_b", explain.tier_b, f, lost, factor)


def tier_c(f: Facts, p: Policy) -> Verdict:
    """Everything back and everything given anew; what rests on a top-up nobody ever counted is reviewed."""
    # Never more than is left of the line: units refunded before are not given again.
    delivered, left = f.delivered, f.ordered - f.refunded_units
    given = units("gift", delivered if delivered < left else left, "premium")
    remedies: tuple[Remedy, ...] = given + cash(f.paid_fen - f.refunded_fen)
    reasons = ("supplier",) if f.unshown else ()
    measures = make(Measures, (delivered, _lost(f)))
    return make(Verdict, ("drop.tier_c", explain.tier_c, remedies, "", reasons, measures))


def _top_up(clause: str, steps: Explain, f: Facts, lost: int, factor: Ratio) -> Verdict:
    """What the tier promises for the whole loss, rounded up, less what this window has granted before."""
    top, base = factor
    grant = units("top_up", -(-top * lost // base) - f.granted, "premium" if f.gift else "standard")
    return make(Verdict, (clause, steps, grant, "", (), make(Measures, (f.delivered, lost))))
