"""All clauses on one page: the names a policy may list, each with its reasons and its function."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from compensation.rules import answers, defects, drops, effects, refunds
from compensation.rules.decision import Verdict
from compensation.rules.facts import REASONS, Facts
from compensation.rules.policy import Policy

Guard = Callable[[Facts, Policy], Verdict | None]


class Clause(NamedTuple):
    """`name` is the clause code, with a suffix after a colon where several guards lead to the same clause."""

    name: str
    reasons: tuple[str, ...]
    guard: Guard
    always: bool = False  # the guard is true for each of its reasons
    unusual: str = ""  # the guard is false wherever this fact has its default: it needn't be asked

    @property
    def code(self) -> str:
        return self.name.partition(":")[0]


_DROP = ("drop",)
_FAKE = ("fake_units",)
_EFFECT = ("low_interaction",)
_DELAY = ("delay",)
_REFUND = ("refund",)
_DEFECT = ("defect", "not_as_described", "compatibility", "account_ban")

_ALL = (
    Clause("guidance:question", ("question",), answers.question, always=True),
    Clause("message", ("suggestion", "other"), answers.message, always=True),
    Clause("closed", REASONS, answers.closed, unusual="closed"),
    Clause("drop.none:delivering", _DROP, drops.delivering, unusual="delivering"),
    Clause("drop.unmeasurable", _DROP, drops.unmeasurable, unusual="measurable"),
    Clause("drop.outside", _DROP, drops.outside, unusual="window"),
    Clause("drop.none", _DROP, drops.none),
    Clause("drop.slow", _DROP, drops.slow, unusual="window"),
    Clause("drop.gift", _DROP, drops.gift, unusual="gift"),
    Clause("drop.tier_a", _DROP, drops.tier_a),
    Clause("drop.tier_b", _DROP, drops.tier_b),
    Clause("drop.tier_c", _DROP, drops.tier_c, always=True),
    Clause("drop.unmeasurable:abnormal_data", ("abnormal_data",), drops.abnormal_data, always=True),
    Clause("delay.running", _DELAY, answers.delay_running),
    Clause("delay.choice", _DELAY, answers.delay_choice, always=True),
    Clause("fake.replace", _FAKE, effects.fake_replace),
    Clause("fake.claimed", _FAKE, effects.fake_claimed, always=True),
    Clause("effect.early", _EFFECT, effects.early, unusual="effect_due"),
    Clause("effect.unmeasurable", _EFFECT, effects.unmeasurable, unusual="measurable"),
    Clause("effect.exhausted", _EFFECT, effects.exhausted),
    Clause("effect.shortfall", _EFFECT, effects.short),
    Clause("effect.met", _EFFECT, effects.met, always=True),
    Clause("refund.unmeasurable", _REFUND, refunds.unmeasurable, unusual="measurable"),
    Clause("refund.stopping", _REFUND, refunds.stopping, unusual="delivering"),
    Clause("refund.trial", _REFUND, refunds.trial),
    Clause("refund.trial:time", _REFUND, refunds.trial_of_time),
    Clause("refund.cooling_off", _REFUND, refunds.cooling_off),
    Clause("refund.pro_rata", _REFUND, refunds.pro_rata),
    Clause("refund.pro_rata:time", _REFUND, refunds.pro_rata_of_time),
    Clause("refund.after_cooling_off", _REFUND, refunds.too_late, always=True),
    Clause("guidance", _DEFECT, defects.user_error, unusual="fault"),
    Clause("defect.late", _DEFECT, defects.late, unusual="warranty_over"),
    Clause("defect.verified", _DEFECT, defects.verified),
    Clause("defect.claimed", _DEFECT, defects.claimed, unusual="proof"),
    Clause("defect.unproven", REASONS, defects.unproven, always=True),
)

CLAUSES: dict[str, Clause] = {clause.name: clause for clause in _ALL}
CODES: frozenset[str] = frozenset(clause.code for clause in _ALL)
