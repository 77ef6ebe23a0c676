"""What must hold for any facts, each as a function that answers what is wrong, or nothing."""

import json
from dataclasses import replace

from compensation.rules.closing import units_given_back
from compensation.rules.decide import decide
from compensation.rules.defaults import default_policy
from compensation.rules.facts import parse_facts
from compensation.rules.vocabulary import CHINESE, ENGLISH
from tests.fuzz import oracle
from tests.fuzz.cases import DAY

ORDER = ("drop.none", "drop.slow", "drop.gift", "drop.tier_a", "drop.tier_b", "drop.tier_c")
OF_UNITS = ("refund.pro_rata", "refund.cooling_off")


class Case:
    """Facts under a policy, and what was decided."""

    def __init__(self, code, raw):
        self.code, self.raw, self.policy = code, raw, default_policy(code)
        self.facts = parse_facts(raw, kind=self.policy.kind, public=False)
        self.decision = decide(self.facts, self.policy)

    def but(self, **changes):
        """What is decided where these facts are others."""
        return decide(replace(self.facts, **changes), self.policy)


def answer_of(decision):
    """As the oracle answers."""
    return (
        decision.clause,
        decision.outcome,
        [(r.kind, r.amount_fen if r.quantity is None else r.quantity, r.grade) for r in decision.remedies],
        list(decision.review_reasons),
        decision.approvals,
        tuple(decision.measures) if decision.measures else None,
    )


def units(decision):
    return sum(remedy.quantity or 0 for remedy in decision.remedies)


def unambiguous(case):
    """The oracle, which knows nothing of clauses in order, arrives at the same."""
    wanted, got = oracle.answer(case.code, case.raw), answer_of(case.decision)
    return None if got == wanted else f"decided {got}, the rules say {wanted}"


def bounded(case):
    """Cash never beyond what was paid, no remedy of nothing or less."""
    f, d = case.facts, case.decision
    if d.cash_fen + f.refunded_fen > f.paid_fen:
        return f"{d.cash_fen} fen on top of {f.refunded_fen} of {f.paid_fen}"
    small = [r for r in d.remedies if (r.amount_fen if r.quantity is None else r.quantity) <= 0]
    return f"gives {small}" if small else None


def explained(case):
    """In both languages, step for step on the same numbers, and the same bytes whenever they are asked for."""
    chinese, english = (case.decision.explained(v) for v in (CHINESE, ENGLISH))
    if not chinese or [step.inputs for step in chinese] != [step.inputs for step in english]:
        return f"{chinese} / {english}"
    if not all(step.text.strip() for step in (*chinese, *english)):
        return "a step without words"
    first, again = (json.dumps(d.as_data(), ensure_ascii=False) for d in (case.decision, case.but()))
    return None if first == again else f"{first} / {again}"


def kept(case):
    """Facts that were stored as JSON are the same facts."""
    again = json.loads(json.dumps(case.facts.as_data()))
    parsed = parse_facts(again, kind=case.policy.kind, public=False)
    return None if parsed == case.facts else f"{again}"


def more_lost(case):
    """A larger loss never gives less, in the order of the tiers."""
    f, d = case.facts, case.decision
    if f.reason != "drop" or d.clause not in ORDER:
        return None
    for present in {max(0, f.present - 1), f.present // 2, 0}:
        other = case.but(present=present)
        if _worth(other) < _worth(d):
            return f"present {present} gives {answer_of(other)}, {f.present} gives {answer_of(d)}"
    return None


def _worth(decision):
    return ORDER.index(decision.clause), units(decision), decision.cash_fen


def longer_or_more_used(case):
    """Later, more used, more delivered, more revealed: never more cash."""
    f, d = case.facts, case.decision
    # A quantity bounds a subscription's trial and not its pro rata by time: there later may be more, as written.
    if f.reason != "refund" or (case.policy.kind == "subscription" and f.quantity is not None):
        return None
    steps = {
        "elapsed_seconds": (1, DAY, 30 * DAY), "used_seconds": (1, 3600), "used_units": (1, f.ordered),
        "delivered": (1, f.ordered), "revealed_units": (1, f.ordered),
    }  # fmt: skip
    for name, more in steps.items():
        for step in more:
            value = getattr(f, name) + step
            value = value if name.endswith("seconds") else min(f.ordered, value)
            other = case.but(**{name: value})
            if other.cash_fen > d.cash_fen:
                return f"{name} {value} gives {other.cash_fen} fen, not {d.cash_fen}"
    return None


def long_term_no_less(case):
    usual, loyal = (case.but(long_term=flag) for flag in (False, True))
    if usual.clause == loyal.clause and units(loyal) >= units(usual) and loyal.cash_fen == usual.cash_fen:
        return None
    return f"{answer_of(loyal)} is less than {answer_of(usual)}"


def splitting_a_drop(case):
    """Within tiers A and B: claims one after another give what one claim for the same loss gives, never more."""
    f, d = case.facts, case.decision
    if d.clause not in ("drop.tier_a", "drop.tier_b") or f.restored or f.granted:
        return None
    lost, whole = d.measures.loss, units(d)
    for first in {1, lost // 2, lost - 1} - {0, lost}:
        early = units(case.but(present=f.delivered - first, pending=0))
        told = {"restored": first, "granted": early}
        # As much measured in the end as at once; and as much fallen, the bonus of the first top-up still there.
        measured = case.but(**told, present=f.delivered - (lost - first), pending=0)
        fallen = [
            case.but(**told, present=f.delivered - lost + seen, pending=early - seen) for seen in (0, early)
        ]
        if early + units(measured) != whole or any(early + units(later) > whole for later in fallen):
            return f"{first} and then {lost - first} give more or less than {whole}"
    return None


def splitting_a_refund(case):
    """Parts of whatever size add up to what one refund gives: for all units, to exactly what was paid."""
    f, d = case.facts, case.decision
    if d.clause not in OF_UNITS or case.policy.kind == "subscription":
        return None
    count, fen = f.refunded_units, f.refunded_fen
    left = units_given_back(d)
    for part in (1, left // 3, left):
        later = case.but(quantity=min(part, left), refunded_units=count, refunded_fen=fen)
        count, fen, left = count + min(part, left), fen + later.cash_fen, left - min(part, left)
    if fen != f.refunded_fen + d.cash_fen:
        return f"{fen - f.refunded_fen} fen in parts, {d.cash_fen} at once"
    return f"{fen} of {f.paid_fen} fen" if count == f.ordered and fen < f.paid_fen else None


def asked_again(case):
    """Once what was decided is given, the same claim gives nothing more."""
    d, changes = case.decision, _once_given(case.facts, case.decision)
    if not d.remedies or changes is None:
        return None
    other = case.but(**changes)
    return f"again {answer_of(other)} after {answer_of(d)}" if other.remedies else None


def _once_given(f, d):
    """What giving it changes in the facts; None where they don't show it."""
    given = units(d)
    if d.cash_fen:
        told = {"refunded_fen": f.refunded_fen + d.cash_fen}
        told["refunded_units"] = f.refunded_units + units_given_back(d)
        return told if f.quantity is None else told | {"quantity": 0}
    if d.clause in ("drop.tier_a", "drop.tier_b"):
        if given < max(0, f.delivered - f.present - f.pending):
            return None  # more was granted before than restored: what is missing counts again
        return {"restored": d.measures.loss, "granted": f.granted + given, "pending": f.pending + given}
    if f.reason == "fake_units":
        return {"fake_replaced": f.fake_replaced + given}
    if f.reason == "low_interaction":
        return {"pending": f.pending + given}
    return {"present": f.present + given} if d.clause in ("drop.slow", "drop.gift") else None


ALL = (
    unambiguous, bounded, explained, kept, more_lost, longer_or_more_used, long_term_no_less,
    splitting_a_drop, splitting_a_refund, asked_again,
)  # fmt: skip
