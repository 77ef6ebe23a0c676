"""What becomes of a job, and when: the states of both protocols as plain tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SUPPLIER = "supplier"
REFUND = "refund"
LICENCE = "licence"
MESSAGES = "messages"
COLLECTOR = "collector"
MAX_UNITS_PER_ANSWER = 500
FINAL = frozenset({"completed", "partial", "rejected", "succeeded", "failed", "sent"})
# What a licence is after the step, unless it was revoked before: that is the end of it.
AFTER = {"suspend": "suspended", "reinstate": "active", "revoke": "revoked"}
ACTIVE, REVOKED = "active", "revoked"
CHECKING = "manual_check"  # a state that nobody knows


@dataclass(frozen=True)
class Step:
    """After `wait` seconds (at pace 1) the job is in `state` with so many thirds delivered."""

    wait: float
    state: str
    thirds: int = 0


PLANS: dict[tuple[str, str], tuple[Step, ...]] = {
    (SUPPLIER, ""): (
        Step(0.3, "in_progress", 1),
        Step(0.4, "in_progress", 2),
        Step(0.5, "completed", 3),
    ),
    (SUPPLIER, "reject"): (Step(0.3, "rejected"),),
    (SUPPLIER, "partial"): (Step(0.3, "in_progress"), Step(0.4, "partial", 1)),
    (SUPPLIER, "stall"): (Step(0.3, "in_progress", 1),),
    (SUPPLIER, "unknown_state"): (Step(0.3, "quality_check", 1), Step(3.0, "completed", 3)),
    (REFUND, ""): (Step(0.7, "succeeded"),),
    (REFUND, "reject"): (Step(0.3, "failed"),),
    (REFUND, "partial"): (Step(0.7, "succeeded"),),
    (REFUND, "stall"): (),
    (REFUND, "unknown_state"): (Step(0.3, "risk_control"), Step(3.0, "succeeded")),
    # A step on a licence is done at once; only one that is looked into takes time.
    (LICENCE, ""): (),
    (LICENCE, "reject"): (),
    (LICENCE, "used"): (),
    (LICENCE, "stall"): (),
    (LICENCE, "unknown_state"): (Step(3.0, "done"),),
    # A message is sent at once, unless it is told to take its time.
    (MESSAGES, ""): (),
    (MESSAGES, "reject"): (),
    (MESSAGES, "stall"): (),
    (MESSAGES, "slow"): (Step(0.7, "sent"),),
    (MESSAGES, "unknown_state"): (Step(0.3, "with_the_carrier"), Step(3.0, "sent")),
}


STEERS: dict[str, tuple[str, ...]] = {
    SUPPLIER: ("reject", "partial", "stall"),
    REFUND: ("reject", "partial", "stall"),
    LICENCE: ("stall",),
    MESSAGES: ("reject", "stall", "slow"),
    "revoke": ("reject", "used", "stall"),
}


def plan_of(*, channel: str, body: Mapping[str, Any]) -> str:
    """The plan that the body steers to; "" is the ordinary one."""
    steering = steering_of(channel=channel, body=body)
    words = STEERS["revoke" if channel == LICENCE and body.get("kind") == "revoke" else channel]
    return next((word for word in words if word in steering), "")


def at_once(*, plan: str, kind: str, before: str) -> str:
    """The state that a step on a licence answers with; `before`: what the licence was."""
    if plan in ("reject", "used"):
        return "refused" if plan == "reject" else "used"
    return CHECKING if plan in ("stall", "unknown_state") else after_step(kind=kind, before=before)


def after_step(*, kind: str, before: str) -> str:
    return REVOKED if before == REVOKED else AFTER[kind]


def steering_of(*, channel: str, body: Mapping[str, Any]) -> str:
    """The text of the body in which a test may put its steering words."""
    if channel == MESSAGES:  # of a batch: any of them
        rows = body.get("messages")
        tos = [row.get("to") for row in (rows if isinstance(rows, list) else [body]) if isinstance(row, dict)]
        return " ".join(str(to.get("contact")) for to in tos if isinstance(to, dict))
    name = {SUPPLIER: "target", REFUND: "payment_reference", LICENCE: "licence_id"}.get(channel, "")
    return str(body.get(name) or "")


def step_of(*, channel: str, plan: str, number: int) -> Step | None:
    """The step with that number, None after the last."""
    steps = PLANS[channel, plan]
    return steps[number] if number < len(steps) else None


def outcome(*, step: Step, quantity: int) -> tuple[str, int]:
    """State and units delivered after the step; an end with nothing delivered is a rejection."""
    delivered = quantity * step.thirds // 3
    if step.thirds and quantity > 1:
        delivered = max(1, delivered)
    if step.state == "partial" and delivered == 0:
        return "rejected", 0
    return step.state, delivered


def voided(*, state: str, delivered: int) -> str:
    """The state after what is undelivered was voided; what has ended stays as it ended."""
    if state in FINAL:
        return state
    return "partial" if delivered else "rejected"
