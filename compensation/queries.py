"""Reads of policies, facts and remedies; `quote` is what filing now would give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import F, Prefetch, QuerySet, Sum

from common.clock import month_of, rfc3339
from common.language import is_english
from common.phrases import mark
from common.refusals import Absent
from compensation.models import (
    DecisionRecord,
    DeliveredUnit,
    Finding,
    ForgottenRemedy,
    LineBudget,
    PolicyVersion,
    Remedy,
    UnitDelivery,
)
from compensation.rules import effects_facts, lines
from compensation.rules.decide import decide
from compensation.rules.decision import Decision
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy, PolicyUnsound
from compensation.rules.steps import Step
from compensation.rules.vocabulary import CHINESE, ENGLISH, Vocabulary
from orders import queries as orders

if TYPE_CHECKING:
    from orders.models import Order, Rollup

# Reasons whose facts nobody can count: a person establishes them.
BY_FINDING = frozenset({"fake_units", "defect", "not_as_described", "compatibility", "account_ban"})


ACCOUNTS_SHOWN = 200  # of each remedy in a list; a page of its own has them all


@dataclass(frozen=True)
class Quote:
    """A decision with the line it was read from, and which measurement it rests on."""

    decision: Decision
    facts: Facts
    line: lines.Line
    look: lines.Look | None

    def sources(self) -> dict[str, Any]:
        """Where the facts come from, as the decision keeps it."""
        return {
            "completed_at": rfc3339(self.line.completed_at),
            "observed_at": rfc3339(self.look.at if self.look else None),
        }


@lru_cache(maxsize=256)
def policy_version(code: str, version: int) -> Policy:
    """A published version; immutable, so that each process reads it once."""
    row = PolicyVersion.objects.filter(code=code, version=version).first()
    if row is None:
        raise Absent(mark("没有这一版规则，请核对代码和版本号。"))
    return Policy.from_data(row.data)


def policies_in_force() -> QuerySet[PolicyVersion]:
    """The versions that an order placed now may pin."""
    return PolicyVersion.objects.filter(retirement=None).select_related("retirement")


def newest_policy(code: str) -> PolicyVersion | None:
    """The version that an order placed now pins; None where every version is retired, or there was none."""
    return policies_in_force().filter(code=code).order_by("-version").first()


def policies_of(*, order: Order) -> list[dict[str, Any]]:
    """[{code, version, hash, data}] of all that the order's decisions were made by."""
    used = PolicyVersion.objects.filter(pk__in=order.decisions.values("policy_id")).order_by("pk")
    return [dict(row) for row in used.values("code", "version", "hash", "data")]


def paid_months(buyers: set[str]) -> dict[str, set[tuple[int, int]]]:
    """{buyer: calendar months with at least one order paid and not fully refunded}."""
    spent = LineBudget.objects.filter(order__buyer__external_id__in=sorted(buyers), paid_fen__gt=0)
    refunded = set(
        spent.filter(paid_fen=F("reserved_fen") + F("settled_fen")).values_list("order_id", flat=True)
    )
    months: dict[str, set[tuple[int, int]]] = {}
    for order_id, buyer, paid_at in orders.payments_of(buyers):
        if order_id not in refunded:
            months.setdefault(buyer, set()).add(month_of(paid_at))
    return months


def line_of(order: Order, *, grants: tuple[lines.Grant, ...] | None = None) -> lines.Line:
    """The line as the rules read it: rollup and grants (read here unless the caller knows them)."""
    rollup: Rollup = order.rollup
    if grants is None:
        grants = tuple(_grant(remedy) for remedy in top_ups().filter(order=order))
    return lines.Line(
        completed_at=rollup.completed_at,
        window_ends_at=rollup.window_ends_at,
        warranty_ends_at=rollup.completed_at + timedelta(days=order.warranty_days),
        delivered=rollup.delivered,
        window=_look(rollup.window_seen_at, rollup.window_present),
        newest=_look(rollup.newest_seen_at, rollup.newest_present),
        grants=grants,
    )


def metered_lines(*, ended_by: datetime) -> Iterator[tuple[Order, lines.Line]]:
    """Metered lines whose drop window ended by then, with their grants; three queries for two thousand lines."""
    ended = orders.metered_ended(by=ended_by).prefetch_related(
        Prefetch("remedies", top_ups(), to_attr="top_ups")
    )
    for order in ended.iterator(chunk_size=2000):
        grants = tuple(_grant(remedy) for remedy in order.top_ups)  # type: ignore[attr-defined]
        yield order, line_of(order, grants=grants)


def remedies() -> Any:
    """All remedies, as they were given."""
    return Remedy.objects.order_by("id")


def remedies_of(*, order: Order) -> Any:
    """All that the order was given, oldest first, with what came and how far its accounts are known."""
    return remedies().filter(order=order).select_related("unit_list").prefetch_related("deliveries")


def unit_records(*, order: Order) -> Any:
    """补单记录: the order's remedies, newest first, with what came and the first of the accounts it came from."""
    first = DeliveredUnit.objects.order_by("n")[:ACCOUNTS_SHOWN]
    return (
        Remedy.objects.filter(order=order)
        .prefetch_related(
            Prefetch("deliveries", UnitDelivery.objects.order_by("id")), Prefetch("accounts", first, to_attr="listed")
        )
        .order_by("-id")
    )  # fmt: skip


def delivered_units(*, order: Order, remedies: Iterable[int] | None = None) -> QuerySet[DeliveredUnit]:
    """Every unit that the supplier named an account of, newest first; of some remedies, or of all."""
    rows = DeliveredUnit.objects.filter(order=order).order_by("-id")
    return rows if remedies is None else rows.filter(remedy_id__in=list(remedies))


def top_ups() -> Any:
    """Everything granted back on lines, with what came of it."""
    return Remedy.objects.filter(kind="top_up").prefetch_related("deliveries").order_by("id")


def _look(at: datetime | None, present: int | None) -> lines.Look | None:
    return None if at is None else lines.Look(at, present)


def _grant(remedy: Remedy) -> lines.Grant:
    return lines.Grant(
        cover=remedy.cover,
        quantity=remedy.quantity or 0,
        loss_share=remedy.loss_share,
        ended=remedy.ended,
        came=tuple((unit.quantity, unit.delivered_at) for unit in remedy.deliveries.all()),
    )


def quote(*, order: Order, reason: str, now: datetime, quantity: int | None = None) -> Quote:
    """The decision that filing now would give; nothing is stored. `order` comes with product and rollup."""
    return quotes(order=order, reasons=(reason,), now=now, quantity=quantity)[0]


def quotes(
    *, order: Order, reasons: Sequence[str], now: datetime, quantity: int | None = None
) -> tuple[Quote, ...]:
    """One for each reason, in their order; what all of them rest on is read once."""
    policy, line = policy_version(order.policy_code, order.policy_version), line_of(order)
    base = _base_facts(order, line, reason=reasons[0], now=now, quantity=quantity)
    found = [_facts(order, line, policy, base=replace(base, reason=reason), now=now) for reason in reasons]
    return tuple(Quote(decide(facts, policy), facts, line, look) for facts, look in found)


def _facts(
    order: Order, line: lines.Line, policy: Policy, *, base: Facts, now: datetime
) -> tuple[Facts, lines.Look | None]:
    reason = base.reason
    if reason in BY_FINDING:
        base = replace(base, **_established(order, reason))
    if policy.kind != "metered":
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
        given = (_grant(remedy) for remedy in top_ups().filter(order=order, decision__reason=reason))
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
        packs=tuple(_grant(pack) for pack in packs),
        rounds=sum(1 for pack in packs if pack.follows_id is None),
        due=now >= line.completed_at + timedelta(seconds=policy.effect_after_seconds),
    )


def vocabulary() -> Vocabulary:
    """What the rules say to the reader of this request; where nobody reads, Chinese."""
    return ENGLISH if is_english() else CHINESE


def explanation_of(record: DecisionRecord) -> tuple[Step, ...]:
    """The stored sums in the reader's language; as they are stored where its facts don't give them again."""
    stored, reader = record.body["explanation"], vocabulary()
    if reader is not CHINESE:
        ref = record.body["policy"]
        try:
            again = decide(Facts(**record.facts), policy_version(ref["code"], ref["version"]))
            if [step.as_data() for step in again.explanation] == stored:
                return again.explained(reader)
        except (Absent, PolicyUnsound, ArithmeticError, LookupError, TypeError, ValueError):
            pass
    return tuple(Step(**step) for step in stored)
