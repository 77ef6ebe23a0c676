"""What the kernel reports of an intent is booked: units that came, cash that was paid, and what is still owed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F

from common.phrases import phrase
from compensation.models import LineBudget, Remedy, UnitDelivery
from compensation.rules.fate import ENDED
from compensation.services import (
    binding,
    deciding,
    gift_lines,
    hand_words,
    licences,
    recording,
    remedies,
    units,
)
from compensation.signals import remedy_moved
from ledger.services import books, breaks

if TYPE_CHECKING:
    from integrations.models import Intent


def book(*, intent: Intent, now: datetime) -> None:
    """Mirror the intent in its remedy and book what ended; inside the transaction that moved the intent."""
    remedy = Remedy.objects.select_related("order", "decision").filter(key=intent.key).first()
    if remedy is None:
        return
    deciding.lock_line(remedy.order)
    remedy.refresh_from_db(fields=["state", "delivered", "calling_back", "loss_share"])
    if remedy.state in ENDED:
        return
    # A provider whose clock is hours off must not make units come before they were asked for: every count since
    # then would seem to miss them.
    came_at = max(remedy.created_at, min(intent.heard_at or now, now))
    _units_came(remedy, intent.delivered, came_at, now)
    remedy.state, remedy.held_reason = intent.state, intent.held_reason
    # Voided before it went out, its provider was not heard about it.
    _keep(remedy, heard=remedy.state != "voided" or intent.first_sent_at is not None, now=now)
    if remedy.state == "settled" and intent.closed_knowing is None:
        outside = hand_words.done_outside(remedy=remedy)
        if outside is not None and outside.reference != intent.reference:
            done_twice(remedy=remedy, by=outside.by, reference=outside.reference, now=now)


def end(*, remedy: Remedy, state: str, delivered: int, now: datetime) -> None:
    """A person says how something ended that the kernel never had. Needs the line's lock."""
    if remedy.quantity is not None and delivered:  # no supplier has a list of these
        UnitDelivery.objects.create(remedy=remedy, quantity=delivered, delivered_at=now)
        remedy.delivered = delivered
    remedy.state, remedy.held_reason = state, ""
    _keep(remedy, heard=False, now=now)


def done_twice(*, remedy: Remedy, by: str, reference: str, now: datetime) -> None:
    """Booked once, as its provider says; that a person did it as well is for a person to clear up."""
    breaks.open_break(
        kind="done_twice", reference=str(remedy.key), now=now,
        detail=phrase(
            "订单 {order_no}：对方说这一笔由它办成，{by} 说已在系统外办好，凭据 {reference}。",
            order_no=remedy.order.order_no, by=by, reference=reference,
        ),
    )  # fmt: skip


def _keep(remedy: Remedy, *, heard: bool, now: datetime) -> None:
    """Write how it stands, book what ended, and tell the rooms above."""
    if remedy.state in ENDED:
        _end(remedy, now)
    remedy.save(update_fields=["state", "delivered", "held_reason", "settled_at", "ended_at"])
    recording.remedy(remedy, now=now)
    if remedy.state in ENDED:
        if heard:
            binding.answer(remedy=remedy)
        binding.renew(order_id=remedy.order_id)
    if remedy.kind == "refund" and remedy.state in licences.NOTHING:
        licences.let_go(remedy=remedy, now=now)
    if remedy.state in ENDED and remedy.kind != "refund":
        gift_lines.open_line(remedy=remedy, now=now)
        _order_the_rest(remedy, now)
    remedy_moved.send(sender=Remedy, remedy=remedy)


def _units_came(remedy: Remedy, delivered: int, at: datetime, now: datetime) -> None:
    if remedy.quantity is not None and delivered > remedy.delivered:
        UnitDelivery.objects.create(remedy=remedy, quantity=delivered - remedy.delivered, delivered_at=at)
        remedy.delivered = delivered
        units.want(remedy=remedy, now=now)


def _end(remedy: Remedy, now: datetime) -> None:
    remedy.ended_at = now
    settled = remedy.state == "settled"
    if settled:
        remedy.settled_at = now
    if remedy.amount_fen is None:
        posted = remedy.delivered
    else:
        posted = remedy.amount_fen if settled else 0
        _settle_cash(remedy, posted)
        if remedy.state == "failed":
            breaks.open_break(
                kind="refund_failed", reference=str(remedy.key), now=now,
                detail=phrase(
                    "订单 {order_no} 该退 {fen} 分，对方没有办成，请人工退。",
                    order_no=remedy.order.order_no, fen=remedy.amount_fen,
                ),
            )  # fmt: skip
    books.end_hold(key=remedy.key, order_no=remedy.order.order_no, posted=posted, now=now)


def _settle_cash(remedy: Remedy, posted: int) -> None:
    """reserved → settled, or back into the budget. A closed line stays closed: a person sees the failure."""
    LineBudget.objects.filter(order_id=remedy.order_id).update(
        reserved_fen=F("reserved_fen") - remedy.amount_fen,
        settled_fen=F("settled_fen") + posted,
        refunded_units=F("refunded_units") - (0 if posted else remedy.units_back),
    )


def _order_the_rest(remedy: Remedy, now: datetime) -> None:
    """What did not come is ordered again, once; the second time a person looks. A line being closed wants no more."""
    rest = (remedy.quantity or 0) - remedy.delivered
    if rest <= 0 or remedy.calling_back or remedy.state == "voided":
        return
    again = remedy.follows_id is not None
    fresh = remedies.add(
        record=remedy.decision, kind=remedy.kind, quantity=rest, grade=remedy.grade, follows=remedy,
        loss_share=max(0, remedy.loss_share - remedy.delivered), state="pending", now=now,
    )  # fmt: skip
    if again:
        remedies.hold(remedy=fresh, reason="rest_again", now=now)
        breaks.open_break(
            kind="rest_again", reference=str(fresh.key), now=now,
            detail=phrase(
                "订单 {order_no} 补了两次仍差 {n} 个，请人工安排。", order_no=remedy.order.order_no, n=rest
            ),
        )  # fmt: skip
    else:
        remedies.send(remedy=fresh, now=now)
