"""What filing now would give: the facts of a line, read once, and the decision on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from common.clock import rfc3339
from compensation.models import Finding, ForgottenRemedy, LineBudget, Remedy
from compensation.queries.lines import grant_of, line_of, top_ups
from compensation.queries.policies import binding_version, policy_version
from compensation.rules import effects_facts, lines, refunds
from compensation.rules.decide import decide
from compensation.rules.decision import Decision
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy
from orders import queries as orders

if TYPE_CHECKING:
    from orders.models import Order, Usage

# Reasons whose facts nobody can count: a person establishes them.
BY_FINDING = frozenset({"fake_units", "defect", "not_as_described", "compatibility", "account_ban"})


@dataclass(frozen=True)
class Quote:
    """A decision with the line it was read from, and which measurement it rests on."""

    decision: Decision
    facts: Facts
    line: lines.Line
    look: lines.Look | None
    usage: Usage | None = None

    def sources(self) -> dict[str, Any]:
        """Where the facts come from, as the decision keeps it."""
        found: dict[str, Any] = {
            "completed_at": rfc3339(self.line.completed_at),
            "observed_at": rfc3339(self.look.at if self.look else None),
        }
        if self.decision.terms.kind != "metered":
            found["usage_at"] = rfc3339(self.usage.observed_at if self.usage else None)
        return found


def quote(*, order: Order, reason: str, now: datetime, quantity: int | None = None) -> Quote:
    """The decision that filing now would give; nothing is stored. `order` comes with product and rollup."""
    return quotes(order=order, reasons=(reason,), now=now, quantity=quantity)[0]


def quotes(
    *, order: Order, reasons: Sequence[str], now: datetime, quantity: int | None = None
) -> tuple[Quote, ...]:
    """One for each reason, in their order; what all of them rest on is read once."""
    policy = policy_version(order.policy_code, binding_version(order=order, now=now))
    line = line_of(order)
    usage = None if policy.kind == "metered" else orders.usage_of(order=order)
    base = replace(
        _base_facts(order, line, reason=reasons[0], now=now, quantity=quantity), **_reported(usage)
    )
    found = [_facts(order, line, policy, base=replace(base, reason=reason), now=now) for reason in reasons]
    return tuple(Quote(decide(facts, policy), facts, line, look, usage) for facts, look in found)


def _facts(
    order: Order, line: lines.Line, policy: Policy, *, base: Facts, now: datetime
) -> tuple[Facts, lines.Look | None]:
    reason = base.reason
    if reason in BY_FINDING:
        base = replace(base, **_established(order, reason))
    if policy.kind != "metered":
        if reason == "refund" and refunds.has_trial(policy):
            base = replace(base, trial_taken=_took_trial(order))
        return base, None
    if reason == "drop":
        facts, look = lines.drop_facts(base, line, policy=policy, now=now)
        return _with_unshown(facts, order, line, look), look
    if reason == "low_interaction":
        return _effect_facts(base, order, line, policy, now), line.newest
    facts, look = lines.refund_facts(base, line, now=now)
    return facts, look


def _base_facts(order: Order, line: lines.Line, *, reason: str, now: datetime, quantity: int | None) -> Facts:
    budget = LineBudget.objects.filter(order=order).first()
    handed, first_at = orders.handed_over(order=order)
    started = max(order.paid_at, first_at) if first_at else order.paid_at
    return Facts(
        reason=reason,
        ordered=order.quantity,
        paid_fen=order.paid_fen,
        delivered=0 if order.product.kind == "metered" else min(order.quantity, handed),
        refunded_fen=refunded(budget),
        refunded_units=budget.refunded_units if budget else 0,
        elapsed_seconds=max(0, (now - started) // timedelta(seconds=1)),
        total_seconds=order.product.duration_seconds or 0,
        quantity=quantity,
        revocable=order.product.revocable,
        long_term=order.long_term,
        closed=bool(budget and budget.closed_by_id),
        late=now > order.deadline_at and order.rollup.completed_by == "deadline",
        warranty_over=now > line.warranty_ends_at,
    )


def _reported(usage: Usage | None) -> dict[str, Any]:
    """What was reported as used. Nothing reported counts as nothing used; what rests on that waits for a person."""
    if usage is None:
        return {}
    return {
        "used_units": usage.used_units or 0,
        "used_seconds": usage.used_seconds or 0,
        "revealed_units": usage.revealed_units,
        "outage_seconds": usage.outage_seconds,
        "supplier_unused": usage.supplier_unused,
    }


def _took_trial(order: Order) -> bool:
    """Whether this buyer has had the trial of this product: its cash went out, or is on its way."""
    given = Remedy.objects.filter(
        order__buyer_id=order.buyer_id, order__product_id=order.product_id, kind="refund",
        decision__clause="refund.trial",
    )  # fmt: skip
    return given.exclude(state__in=("voided", "failed")).exists()


def refunded(budget: LineBudget | None) -> int:
    """What our own decisions gave back: the same claim, made again, has to come to the same decision."""
    if budget is None:
        return 0
    kept = 0
    if budget.reserved_fen:
        rows = ForgottenRemedy.objects.filter(order_id=budget.order_id, reserved_fen__gt=0)
        kept = rows.aggregate(kept=Sum("reserved_fen"))["kept"] or 0
    return budget.reserved_fen - kept + budget.settled_fen


def _established(order: Order, reason: str) -> dict[str, Any]:
    """What ops found, and how many fakes were replaced before: a grant counts until it is voided, then what came."""
    facts = Finding.objects.facts_for(order=order, reason=reason)
    if reason == "fake_units":
        given = (grant_of(remedy) for remedy in top_ups().filter(order=order, decision__reason=reason))
        facts["fake_replaced"] = sum(grant.counts_as()[1] for grant in given)
    return facts


def _with_unshown(facts: Facts, order: Order, line: lines.Line, look: lines.Look | None) -> Facts:
    """`unshown`: a completed window top-up that a later count should show, and none did."""
    if look is None:
        return facts
    for grant in line.grants:
        if grant.cover != "window" or not grant.ended or not grant.came:
            continue
        first, last = min(at for _, at in grant.came), max(at for _, at in grant.came)
        before = orders.newest_present_until(order=order, until=first)
        if before is not None and orders.rose_after(order=order, after=last, above=before) is False:
            return lines.unshown(facts)
    return facts


def _effect_facts(base: Facts, order: Order, line: lines.Line, policy: Policy, now: datetime) -> Facts:
    given = Remedy.objects.filter(order=order, kind="interaction_pack").exclude(state="voided", delivered=0)
    packs = list(given.prefetch_related("deliveries"))
    return effects_facts.read(
        base,
        line,
        measured=orders.interactions(order=order),
        packs=tuple(grant_of(pack) for pack in packs),
        rounds=sum(1 for pack in packs if pack.follows_id is None),
        due=now >= line.completed_at + timedelta(seconds=policy.effect_after_seconds),
    )
