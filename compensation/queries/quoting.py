"""What filing now would give: the facts of a line, read once, and the decision on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Sum

from common.clock import rfc3339
from compensation.models import Finding, ForgottenRemedy, LineBudget, Remedy
from compensation.queries.lines import grant_of, line_of, top_ups
from compensation.queries.policies import binding_version, policy_version
from compensation.queries.pools import OnTarget, on_its_target
from compensation.rules import effects_facts, lines, refunds
from compensation.rules.beginning import NEVER_HANDED_OVER, days_begin, is_late
from compensation.rules.decide import decide
from compensation.rules.decision import Decision
from compensation.rules.facts import DEFECTS, Facts
from compensation.rules.policy import Policy
from orders import queries as orders

if TYPE_CHECKING:
    from orders.models import Order, Usage

# Reasons whose facts nobody can count: a person establishes them.
BY_FINDING = DEFECTS | {"fake_units"}


@dataclass(frozen=True)
class Quote:
    """A decision with the line it was read from, and which measurement it rests on."""

    decision: Decision
    facts: Facts
    line: lines.Line
    look: lines.Look | None
    usage: Usage | None = None
    others: tuple[Order, ...] = ()  # on its target
    finding: Finding | None = None  # of ops, where its facts are those that a person established
    unshown: tuple[
        orders.CountRow, ...
    ] = ()  # the counts before and after a top-up that no count ever showed
    given: tuple[lines.Grant, ...] = ()  # what was given before, as far as the facts count it

    def sources(self) -> dict[str, Any]:
        """Where the facts come from, as the decision keeps it."""
        found: dict[str, Any] = {
            "completed_at": rfc3339(self.line.completed_at),
            "observed_at": rfc3339(self.look.at if self.look else None),
        }
        if self.look and self.look.lines:  # by their ids: another line may be another buyer's
            found["pool"] = list(self.look.lines)
        if self.decision.terms.kind != "metered":
            found["usage_at"] = rfc3339(self.usage.observed_at if self.usage else None)
        return found


def quote(
    *, order: Order, reason: str, now: datetime, quantity: int | None = None, wants: str = "refund"
) -> Quote:
    """The decision that filing now would give; nothing is stored. `order` comes with product and rollup."""
    return quotes(order=order, reasons=(reason,), now=now, quantity=quantity, wants=wants)[0]


def quotes(
    *,
    order: Order,
    reasons: Sequence[str],
    now: datetime,
    quantity: int | None = None,
    wants: str = "refund",
) -> tuple[Quote, ...]:
    """One for each reason, in their order; what all of them rest on is read once."""
    policy = policy_version(order.policy_code, binding_version(order=order, now=now))
    pool = on_its_target(order) if policy.kind == "metered" and "drop" in reasons else None
    line = pool.line() if pool else line_of(order)
    usage = None if policy.kind == "metered" else orders.usage_of(order=order)
    base = replace(
        _base_facts(order, line, pool, usage, reason=reasons[0], now=now, quantity=quantity),
        **_reported(order, usage),
        wants=wants,
    )
    others = pool.others if pool else ()
    found = []
    for reason in reasons:
        finding = finding_of(order=order, reason=reason) if reason in BY_FINDING else None
        fakes = _fakes_given(order) if reason == "fake_units" else ()
        facts = replace(base, reason=reason, **_established(reason, finding, fakes))
        read = _facts(order, line, policy, pool, base=facts, now=now)
        found.append(
            Quote(
                decide(read.facts, policy), read.facts, line, read.look, usage, others, finding, read.unshown,
                read.given or fakes,
            )
        )  # fmt: skip
    return tuple(found)


class _Read(NamedTuple):
    facts: Facts
    look: lines.Look | None = None
    unshown: tuple[orders.CountRow, ...] = ()
    given: tuple[lines.Grant, ...] = ()


def _facts(
    order: Order, line: lines.Line, policy: Policy, pool: OnTarget | None, *, base: Facts, now: datetime
) -> _Read:
    reason = base.reason
    if base.wants == "replacement":  # nothing else asks for goods, and only there the stock says anything
        choice = (
            {"stock": orders.stock_of(product=order.product)} if reason in DEFECTS else {"wants": "refund"}
        )
        base = replace(base, **choice)
    if policy.kind != "metered":
        if reason == "refund" and refunds.has_trial(policy):
            base = replace(base, trial_taken=_took_trial(order))
        return _Read(base)
    if reason == "drop":
        if pool and not base.closed and not line.is_delivering(now):
            line = pool.read(line)
        facts, look = lines.drop_facts(base, line, policy=policy, now=now)
        beside = [other.pk for other in pool.others] if pool else []
        seen = _unshown(order, beside, line) if look else ()
        return _Read(lines.unshown(facts) if seen else facts, look, seen, line.grants)
    if reason == "low_interaction":
        packs = _packs(order)
        grants = tuple(grant_of(pack) for pack in packs)
        facts = _effect_facts(base, order, line, policy, now, packs=packs, grants=grants)
        return _Read(facts, line.newest, given=grants)
    return _Read(*lines.refund_facts(base, line, now=now))


def _base_facts(
    order: Order, line: lines.Line, pool: OnTarget | None, usage: Usage | None, *, reason: str, now: datetime,
    quantity: int | None,
) -> Facts:  # fmt: skip
    kept = pool.own if pool else order if hasattr(order, "parcels") else None
    budget = getattr(kept, "budget", None) if kept else LineBudget.objects.filter(order=order).first()
    handed, first_at = orders.handed_over(order=order)
    over = now > order.deadline_at
    # Before the deadline the days of what hasn't come run all the same: nothing says yet that it won't.
    asked = over and order.rollup.completed_by != "count" and not (handed or usage)
    came = not asked or _has_units(order)
    late = is_late(
        kind=order.product.kind, deadline_over=over, completed_by=order.rollup.completed_by, came=came
    )  # fmt: skip
    began = days_begin(kind=order.product.kind, paid_at=order.paid_at, first_at=first_at, came=came)
    return Facts(
        reason=reason,
        ordered=order.quantity,
        paid_fen=order.paid_fen,
        delivered=0 if order.product.kind == "metered" else min(order.quantity, handed),
        refunded_fen=refunded(budget),
        refunded_units=budget.refunded_units if budget else 0,
        elapsed_seconds=max(0, (now - began) // timedelta(seconds=1)) if began else 0,
        total_seconds=order.product.duration_seconds or 0,
        quantity=quantity,
        revocable=order.product.revocable,
        long_term=order.long_term,
        closed=bool(budget and budget.closed_by_id),
        late=late,
        warranty_over=now > line.warranty_ends_at,
        gift=order.is_gift,
    )


def _has_units(order: Order) -> bool:
    """Licences or keys: handed over, whether a delivery was reported or not."""
    if order.product.kind in NEVER_HANDED_OVER:
        return False
    return orders.has_licences(order=order) or orders.has_card_keys(order=order)


def _reported(order: Order, usage: Usage | None) -> dict[str, Any]:
    """What was reported as used. Nothing reported counts as nothing used; what rests on that waits for a person.

    Of keys that are kept here we know ourselves which were looked at; the shop may know of more.
    """
    seen = 0 if order.product.kind == "metered" else orders.revealed_units(order=order)
    if usage is None:
        return {"revealed_units": seen}
    return {
        "used_units": usage.used_units or 0,
        "used_seconds": usage.used_seconds or 0,
        "revealed_units": max(seen, usage.revealed_units),
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


def finding_of(*, order: Order, reason: str) -> Finding | None:
    """What ops found of it and still holds; what was found of goods says nothing of those that came in their place."""
    newest = Finding.objects.newest_for(order=order, reason=reason)
    if newest is None or reason not in DEFECTS:
        return newest
    given = Remedy.objects.filter(order=order, kind="replacement", created_at__gte=newest.at)
    return None if given.exclude(state__in=("voided", "failed")).exists() else newest


def _fakes_given(order: Order) -> tuple[lines.Grant, ...]:
    """What replaced fakes of it before."""
    return tuple(grant_of(remedy) for remedy in top_ups().filter(order=order, decision__reason="fake_units"))


def _established(reason: str, finding: Finding | None, fakes: Sequence[lines.Grant]) -> dict[str, Any]:
    """What a person said is so, and how many fakes were replaced before: until it is voided a grant, then what came."""
    facts = dict(finding.facts) if finding else {}
    if reason == "fake_units":
        facts["fake_replaced"] = sum(grant.counts_as()[1] for grant in fakes)
    return facts


def _unshown(order: Order, beside: Sequence[int], line: lines.Line) -> tuple[orders.CountRow, ...]:
    """The counts around a completed window top-up that the later one should show, under whichever number."""
    for grant in line.grants:
        if grant.cover != "window" or not grant.ended or not grant.came:
            continue
        first, last = min(at for _, at in grant.came), max(at for _, at in grant.came)
        before = orders.newest_until(order=order, beside=beside, until=first)
        highest = before and orders.highest_after(order=order, beside=beside, after=last)
        if before and highest and (highest.counted or 0) <= (before.counted or 0):
            return before, highest
    return ()


def _packs(order: Order) -> list[Remedy]:
    """The interaction packs that count, with what came of them."""
    given = Remedy.objects.filter(order=order, kind="interaction_pack").exclude(state="voided", delivered=0)
    return list(given.prefetch_related("deliveries"))


def _effect_facts(
    base: Facts, order: Order, line: lines.Line, policy: Policy, now: datetime, *,
    packs: Sequence[Remedy], grants: tuple[lines.Grant, ...],
) -> Facts:  # fmt: skip
    return effects_facts.read(
        base,
        line,
        measured=orders.interactions(order=order),
        packs=grants,
        rounds=sum(1 for pack in packs if pack.follows_id is None),
        due=now >= line.completed_at + timedelta(seconds=policy.effect_after_seconds),
    )
