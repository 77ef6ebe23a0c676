"""A small cast shared by the tables: usual lines, and a way into each clause of the contract."""

from __future__ import annotations

from typing import Any

from compensation.rules.decide import decide
from compensation.rules.decision import Decision
from compensation.rules.defaults import default_policy
from compensation.rules.facts import Facts
from compensation.rules.vocabulary import CHINESE

LIKES = {"ordered": 1000, "paid_fen": 5000, "delivered": 1000, "present": 1000}
KEYS = {"ordered": 5, "paid_fen": 10_000}
METERED, LICENCE, COURSE = "metered-standard", "licence-standard", "course-standard"
SUBSCRIPTION, GAME_ITEM = "subscription-standard", "game-item-standard"

# (policy, clause, outcome, facts): every clause that contract.md lists, at least once.
WAYS: list[tuple[str, str, str, dict[str, Any]]] = [
    (METERED, "drop.none", "nothing", {"reason": "drop", **LIKES}),
    (METERED, "drop.none", "nothing", {"reason": "drop", **LIKES, "delivering": True, "present": 1}),
    (METERED, "drop.tier_a", "compensate", {"reason": "drop", **LIKES, "present": 999}),
    (METERED, "drop.tier_b", "compensate", {"reason": "drop", **LIKES, "present": 850, "pending": 20}),
    (METERED, "drop.tier_c", "refund", {"reason": "drop", **LIKES, "present": 0, "unshown": True}),
    (METERED, "drop.slow", "compensate", {"reason": "drop", **LIKES, "present": 1, "window": "warranty"}),
    (METERED, "drop.unmeasurable", "review", {"reason": "drop", **LIKES, "measurable": False}),
    (METERED, "drop.unmeasurable", "review", {"reason": "abnormal_data", **LIKES}),
    (METERED, "drop.outside", "refuse", {"reason": "drop", **LIKES, "present": 1, "window": "outside"}),
    (METERED, "drop.gift", "compensate", {"reason": "drop", **LIKES, "present": 999, "gift": True}),
    (METERED, "closed", "refuse", {"reason": "refund", **LIKES, "closed": True}),
    (METERED, "refund.pro_rata", "refund", {"reason": "refund", **LIKES, "delivered": 1, "present": 0}),
    (COURSE, "refund.trial", "refund", {"reason": "refund", "ordered": 40, "paid_fen": 19_900}),
    (SUBSCRIPTION, "refund.trial", "refund", {"reason": "refund", **KEYS, "total_seconds": 9}),
    (LICENCE, "refund.cooling_off", "refund", {"reason": "refund", **KEYS}),
    (LICENCE, "refund.after_cooling_off", "refuse", {"reason": "refund", **KEYS, "elapsed_seconds": 86_401}),
    (METERED, "refund.unmeasurable", "review", {"reason": "refund", **LIKES, "measurable": False}),
    (METERED, "refund.stopping", "guide", {"reason": "refund", **LIKES, "delivering": True}),
    (GAME_ITEM, "defect.verified", "refund", {"reason": "account_ban", **KEYS, "proof": "verified"}),
    (LICENCE, "defect.verified", "replace",
     {"reason": "not_as_described", **KEYS, "proof": "verified", "wants": "replacement", "stock": 5}),
    (LICENCE, "defect.claimed", "review", {"reason": "defect", **KEYS, "proof": "claimed"}),
    (LICENCE, "defect.unproven", "review", {"reason": "compatibility", **KEYS}),
    (LICENCE, "defect.late", "review",
     {"reason": "defect", **KEYS, "proof": "verified", "warranty_over": True}),
    (METERED, "fake.replace", "compensate",
     {"reason": "fake_units", **LIKES, "fake_units": 3, "proof": "verified"}),
    (METERED, "fake.claimed", "review", {"reason": "fake_units", **LIKES}),
    (METERED, "effect.early", "nothing", {"reason": "low_interaction", **LIKES, "effect_due": False}),
    (METERED, "effect.shortfall", "compensate", {"reason": "low_interaction", **LIKES, "pending": 1}),
    (METERED, "effect.met", "nothing", {"reason": "low_interaction", **LIKES, "interactions": 50}),
    (METERED, "effect.exhausted", "review", {"reason": "low_interaction", **LIKES, "effect_round": 3}),
    (METERED, "effect.unmeasurable", "review", {"reason": "low_interaction", **LIKES, "measurable": False}),
    (METERED, "delay.running", "guide", {"reason": "delay", **LIKES}),
    (METERED, "delay.choice", "guide", {"reason": "delay", **LIKES, "late": True}),
    (LICENCE, "guidance", "guide", {"reason": "defect", **KEYS, "fault": "buyer"}),
    (METERED, "guidance", "guide", {"reason": "question", **LIKES}),
    (METERED, "message", "review", {"reason": "other", **LIKES, "closed": True}),
]  # fmt: skip


def run(code: str, **facts: Any) -> Decision:
    """Decide these facts under one of the default policies."""
    return decide(Facts(**facts), default_policy(code))


def drop(**facts: Any) -> Decision:
    """A drop of the usual thousand likes, with what this case changes."""
    return run(METERED, **{"reason": "drop", **LIKES, **facts})


def shown(decision: Decision) -> list[str]:
    """The results of the sums that lead to what the buyer gets, in order."""
    return [step.result for step in decision.explain(decision.facts, decision.terms, CHINESE) if step.result]


def got(decision: Decision) -> list[tuple[str, int | None]]:
    """What the buyer gets: (kind, fen or units)."""
    return [
        (remedy.kind, remedy.quantity if remedy.amount_fen is None else remedy.amount_fen)
        for remedy in decision.remedies
    ]
