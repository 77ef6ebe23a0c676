"""decide(): the first clause of the policy that matches the facts says what is owed."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from compensation.rules.clauses import CLAUSES, Clause, Guard
from compensation.rules.decision import Decision, Remedy, Verdict
from compensation.rules.facts import REASONS, Facts
from compensation.rules.policy import Policy, PolicyUnsound
from compensation.rules.review import approvals, review_reasons
from compensation.rules.steps import make


def decide(facts: Facts, policy: Policy) -> Decision:
    """Total and pure: the same facts under the same policy give the same bytes."""
    ways = policy.memo.get(facts.reason)
    if ways is None:
        ways = _ways(policy, facts.reason)
    told, usual, few, all_ = ways
    for guard in few if told(facts) == usual else all_:
        verdict = guard(facts, policy)
        if verdict is not None:
            return _decision(facts, policy, verdict)
    raise AssertionError("chains() lets no policy through whose last guard isn't always true")


def _ways(policy: Policy, reason: str) -> tuple[Any, Any, tuple[Guard, ...], tuple[Guard, ...]]:
    """The guards to ask: few where the facts that most clauses wait for are as usual, else all of them."""
    chain = chains(policy)[reason]
    names = dict.fromkeys(clause.unusual for clause in chain if clause.unusual)
    told = attrgetter(*names or ("reason",))
    few = tuple(clause.guard for clause in chain if not clause.unusual)
    ways = (told, told(Facts(reason=reason, ordered=1)), few, tuple(clause.guard for clause in chain))
    policy.memo[reason] = ways
    return ways


def chains(policy: Policy) -> dict[str, tuple[Clause, ...]]:
    """The policy's clauses per reason, in its order; PolicyUnsound where the list can't decide everything."""
    unknown = [name for name in policy.clauses if name not in CLAUSES]
    if unknown:
        raise PolicyUnsound(f"unknown clause {unknown[0]!r}")
    last = CLAUSES[policy.clauses[-1]]
    if not last.always or last.reasons != REASONS:
        raise PolicyUnsound(f"the last clause must always be true, and {last.name!r} is not")
    listed = [CLAUSES[name] for name in policy.clauses]
    return {reason: tuple(clause for clause in listed if reason in clause.reasons) for reason in REASONS}


def _decision(facts: Facts, policy: Policy, verdict: Verdict) -> Decision:
    clause, explain, remedies, outcome, reasons, measures = verdict  # remedies in the order of their kinds
    cash_fen = 0
    if remedies:
        for remedy in remedies:
            cash_fen += remedy.amount_fen or 0
        if cash_fen or facts.risk >= policy.risk_review:
            reasons = review_reasons(facts, policy, reasons, cash_fen)
    fields = (
        policy.ref,
        clause,
        outcome or _outcome_of(remedies, cash_fen),
        remedies,
        measures,
        reasons,
        approvals(facts, policy, cash_fen) if reasons else 0,
        facts,
        policy,
        explain,
    )
    return make(Decision, fields)


def _outcome_of(remedies: tuple[Remedy, ...], cash_fen: int) -> str:
    """Where the clause names no outcome, the remedies do: cash before a replacement before anything else."""
    if cash_fen:
        return "refund"
    for remedy in remedies:
        if remedy.kind == "replacement":
            return "replace"
    return "compensate" if remedies else "nothing"
