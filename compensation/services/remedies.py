"""Remedies: one row each, cash reserved under the line's budget, a hold in the books, an intent to send."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F

from common.inserting import insert
from common.phrases import mark
from common.refusals import StateMoved
from compensation.models import DecisionRecord, LineBudget, Remedy
from compensation.rules import closing, lines, refunds
from compensation.rules import decision as rules
from compensation.rules.fate import ENDED
from compensation.rules.keys import remedy_key
from compensation.services import binding, licences, recording, replacing, standing
from compensation.services.licences import Progress
from compensation.signals import remedy_moved
from integrations.services import intents
from ledger.services import books

if TYPE_CHECKING:
    from orders.models import Order

# The shop's own backend pays these; for every other gateway a person does, until its adapter is built.
PAID_BY_SHOP = "shop"
# Held without the kernel ever having heard of it: a person does it by hand.
OF_LICENCES = ("licence_unknown", "licence_refused", "licence_used")
WITHOUT_INTENT = (
    "manual_gateway", "revocation", "usage_unknown", *OF_LICENCES, "no_adapter", "rest_again", "forgotten",
    "refund_again", replacing.GONE, replacing.STALE,
)  # fmt: skip
SUPPLIED = ("top_up", "gift", "interaction_pack")

# A gift is no part of the line: it comes with the decision that closes it.
UNITS_OF_A_LINE = ("top_up", "interaction_pack", "replacement")


class BudgetSpent(StateMoved):
    code = "budget_spent"
    detail = mark("这一单能退的钱刚刚已被另一笔占用，请刷新后再看。")


def grant(*, record: DecisionRecord, decision: rules.Decision, now: datetime) -> list[Remedy]:
    """Write the decision's remedies; those that need a person wait, the others go to the kernel."""
    sent = [remedy for remedy in decision.remedies if not by_hand(record.order, remedy.kind)]
    known = binding.known(order=record.order, wanted=sent) if decision.remedies else binding.FREE
    closes = not decision.requires_review and _closes(record, decision) and known.exactly
    if closes:
        void_unfinished(record=record, now=now)
    granted = [_grant_one(record, decision, remedy, known, now) for remedy in decision.remedies]
    if closes:
        LineBudget.objects.filter(order_id=record.order_id, closed_by=None).update(closed_by=record)
    return granted


def _closes(record: DecisionRecord, decision: rules.Decision) -> bool:
    if not closing.closes(decision) or not decision.facts.refunded_fen:
        return closing.closes(decision)
    return closing.closes(decision, waiting=standing.waiting_on(order_id=record.order_id))


def _grant_one(
    record: DecisionRecord,
    decision: rules.Decision,
    remedy: rules.Remedy,
    known: binding.Known,
    now: datetime,
) -> Remedy:
    units_back = closing.units_given_back(decision) if remedy.kind == "refund" else 0
    if remedy.kind == "refund":
        if known is not binding.FREE:
            binding.make_room(order=record.order, amount_fen=remedy.amount_fen or 0)
        reserve(record=record, amount_fen=remedy.amount_fen or 0, units=units_back)
    row = add(
        record=record, kind=remedy.kind, amount_fen=remedy.amount_fen, quantity=remedy.quantity, grade=remedy.grade,
        units_back=units_back,
        loss_share=lines.loss_share(decision.facts, decision.clause) if remedy.kind == "top_up" else 0,
        state="awaiting_approval" if decision.requires_review else "pending", now=now,
    )  # fmt: skip
    if row.state == "pending":
        send(remedy=row, now=now, waits=known.waits)
    return row


def reserve(*, record: DecisionRecord, amount_fen: int, units: int) -> None:
    """Take the cash out of what may still be refunded; the condition and the CHECK both hold Σ ≤ paid."""
    taken = LineBudget.objects.filter(
        order_id=record.order_id, paid_fen__gte=F("reserved_fen") + F("settled_fen") + amount_fen
    ).update(reserved_fen=F("reserved_fen") + amount_fen, refunded_units=F("refunded_units") + units)
    if not taken:
        raise BudgetSpent()


def add(*, record: DecisionRecord, kind: str, state: str, now: datetime, **fields: Any) -> Remedy:
    """A remedy under the next ordinal of its kind on the line, with its hold. Needs the line's lock."""
    order = record.order
    ordinal = binding.next_ordinal(order=order, kind=kind)
    row = insert(
        Remedy(
            key=remedy_key(order_no=order.order_no, kind=kind, ordinal=ordinal), order=order, decision=record,
            kind=kind, ordinal=ordinal, state=state, cover=lines.covers(record.clause), created_at=now, **fields,
        )
    )  # fmt: skip
    cash = row.amount_fen is not None
    books.open_hold(
        key=row.key, order_no=order.order_no, unit="fen" if cash else "unit",
        amount=(row.amount_fen if cash else row.quantity) or 0,
        # Who bears it is settled later (responsibility); until then the dispute fund does: rules.md §4.
        cost="dispute_fund" if cash else f"owed.{kind}",
        reserve=f"reserved.{kind}", goal=f"paid.{order.gateway}" if cash else f"delivered.{kind}", now=now,
    )  # fmt: skip
    recording.remedy(row, now=now)
    if kind == "refund" and state == "awaiting_approval" and not by_hand(order, kind):
        licences.suspend(remedy=row, now=now)
    return row


def send(*, remedy: Remedy, now: datetime, waits: bool | None = None) -> None:
    """Hand it to the kernel, or to a person where no adapter can do it, or the order has forgotten something else."""
    order = remedy.order
    reason = by_hand(order, remedy.kind)
    if not reason and _used_unseen(remedy):
        reason = "usage_unknown"
    if not reason and (binding.stops(remedy=remedy) if waits is None else waits):
        reason = "forgotten"
    if not reason and remedy.kind == "replacement":
        reason = replacing.replace(remedy=remedy, now=now)
        if not reason:
            return None
    if reason:
        return hold(remedy=remedy, reason=reason, now=now)
    if remedy.kind == "refund":
        taken_back = licences.revoke(remedy=remedy, now=now)
        if taken_back == Progress.SHORT:
            return hold(remedy=remedy, reason="revocation", now=now)
        if taken_back == Progress.RUNNING:  # it goes out when its last unit has been taken back (revoking)
            return None
        body = {
            "key": str(remedy.key), "order_no": order.order_no, "payment_reference": order.payment_reference,
            "amount_fen": remedy.amount_fen, "reason": remedy.decision.clause,
        }  # fmt: skip
    else:
        body = {
            "key": str(remedy.key), "order_no": order.order_no, "target": order.target, "kind": remedy.kind,
            "quantity": remedy.quantity, "grade": remedy.grade,
        }  # fmt: skip
    intents.file_intent(key=remedy.key, kind=remedy.kind, order_no=order.order_no, body=body, now=now)
    return None


def _used_unseen(remedy: Remedy) -> bool:
    """Whether it pays for not having been used, and nobody ever said how much was: decisions/0019."""
    if remedy.kind != "refund" or remedy.override_id or remedy.decision.sources.get("usage_at"):
        return False
    return refunds.rests_on_usage(kind=remedy.order.product.kind, clause=remedy.decision.clause)


def by_hand(order: Order, kind: str) -> str:
    """Why a person has to do this one, or ''. No money may leave while the goods still work."""
    if kind in SUPPLIED:
        return ""
    if kind == "replacement":
        return replacing.BY_HAND if replacing.out_of_hand(order=order) else ""
    if kind != "refund":
        return "no_adapter"
    if order.gateway != PAID_BY_SHOP:
        return "manual_gateway"
    return "revocation" if licences.out_of_hand(order=order) else ""


def hold(*, remedy: Remedy, reason: str, now: datetime) -> None:
    """A person has to do it."""
    Remedy.objects.filter(pk=remedy.pk).update(state="held", held_reason=reason)
    remedy.state, remedy.held_reason = "held", reason
    recording.remedy(remedy, now=now)
    remedy_moved.send(sender=Remedy, remedy=remedy)


def void_unfinished(*, record: DecisionRecord, now: datetime, but: Iterable[Remedy] = ()) -> None:
    """Before a line closes, units still on their way are called back; what came stays."""
    unfinished = Remedy.objects.filter(order_id=record.order_id, kind__in=UNITS_OF_A_LINE).exclude(
        state__in=ENDED
    )
    for remedy in unfinished.exclude(pk__in=[each.pk for each in but]).select_related("order"):
        call_back(remedy=remedy, now=now)


def call_back(*, remedy: Remedy, now: datetime) -> None:
    """Void what never went out; ask the provider about what did. Needs the line's lock."""
    Remedy.objects.filter(pk=remedy.pk).update(calling_back=True)
    if remedy.state == "awaiting_approval" or (
        remedy.state == "held" and remedy.held_reason in WITHOUT_INTENT
    ):
        _end_unsent(remedy, now)
    else:
        # The kernel answers with a move, which is booked as any other.
        intents.ask_void(key=remedy.key, now=now)


def _end_unsent(remedy: Remedy, now: datetime) -> None:
    books.end_hold(key=remedy.key, order_no=remedy.order.order_no, posted=0, now=now)
    if remedy.amount_fen is not None:
        LineBudget.objects.filter(order_id=remedy.order_id).update(
            reserved_fen=F("reserved_fen") - remedy.amount_fen,
            refunded_units=F("refunded_units") - remedy.units_back,
        )
    Remedy.objects.filter(pk=remedy.pk).update(state="voided", ended_at=now)
    licences.let_go(remedy=remedy, now=now)
    binding.renew(order_id=remedy.order_id)
    remedy.state = "voided"
    recording.remedy(remedy, now=now)
    remedy_moved.send(sender=Remedy, remedy=remedy)
