"""What the page of a remedy says: what happened, what to do, its provider's last word, and the way it went."""

import json
from datetime import datetime
from typing import Any

from django.urls import reverse

from common import figures
from common.language import say, spoken
from compensation.models import Remedy
from compensation.rules import held
from compensation.services import by_hand
from integrations import queries as outside
from ledger import queries as books
from orders import queries as orders

Link = tuple[str, str]
UNITS_SHOWN = 20


def what(row: Remedy) -> str:
    """退款 ¥50.00, 补量 180"""
    figure = figures.yuan(row.amount_fen) if row.amount_fen is not None else f"{row.quantity:,}"
    return f"{row.get_kind_display()} {figure}"


def why(row: Remedy) -> str:
    """Why it waits, in words; '' where it doesn't."""
    if row.state == "awaiting_approval":
        return say("等人批准：到售后单里批")
    advice = held.advice(state=row.state, kind=row.kind, held_reason=row.held_reason)
    return spoken(advice.what) if advice else ""


def page(row: Remedy, *, now: datetime) -> dict[str, Any]:
    """All that the template shows."""
    advice = held.advice(state=row.state, kind=row.kind, held_reason=row.held_reason)
    intent = outside.intent(key=row.key)
    follower = Remedy.objects.filter(follows=row).first()
    return {
        "title": f"{what(row)} · {row.order.order_no}",
        "what": what(row), "why": why(row), "first": spoken(advice.first) if advice else "",
        "actions": [] if advice is None or follower or _over(row) else _actions(row, advice.offers),
        "facts": list(_facts(row)), "story": list(_story(intent, now)) if intent else [],
        "asked": _asked(intent.body) if intent else [], "last_word": _last_word(intent),
        "words": [_word(word, now) for word in row.words.all()],
        "breaks": [_break(found) for found in books.open_breaks(naming=str(row.key))],
        "kin": list(_kin(row, follower)),
    }  # fmt: skip


def _over(row: Remedy) -> bool:
    return any(word.action == held.LEAVE for word in row.words.all()) or by_hand.replaced(remedy=row)


def _actions(row: Remedy, offers: tuple[str, ...]) -> list[dict[str, Any]]:
    asks = (held.ASK,) if by_hand.offers_question(remedy=row) else ()
    return [
        {
            "name": name, "label": spoken(held.LABELS[name]), "meaning": spoken(held.MEANINGS[name]),
            "reference": name == held.DONE_BY_HAND, "reason": name != held.ASK,
            "hard": name in (held.GIVE_UP, held.LEAVE),
        }
        for name in (*asks, *offers)
    ]  # fmt: skip


def _facts(row: Remedy) -> Any:
    """(label, text, link)"""
    order = row.order
    yield say("订单"), order.order_no, reverse("admin:orders_order_change", args=[order.pk])
    for ticket in row.decision.tickets.all():  # type: ignore[attr-defined]  # the room above hangs them there
        yield say("售后单"), ticket.no, reverse("admin:tickets_ticket_change", args=[ticket.pk])
    yield say("现在"), str(row.get_state_display()), ""
    if row.quantity is not None:
        yield say("已到"), f"{row.delivered:,} / {row.quantity:,}", ""
    if row.kind == "refund":
        yield say("付款渠道"), order.gateway, ""
        yield say("付款单号"), order.payment_reference or "—", ""
        yield from _units(row)
    elif order.target:
        yield say("目标"), order.target, ""
    yield say("记于"), figures.full_moment(row.created_at), ""
    yield say("键"), str(row.key), ""


def _units(row: Remedy) -> Any:
    """The licences that go first: what each is, and what its service last said."""
    for unit in orders.units_of_refund(key=row.key)[:UNITS_SHOWN]:
        step = outside.intent(key=unit.step_key) if unit.step_key else None
        said = [unit.get_state_display(), step and step.get_state_display(), step and step.last_error]
        yield (
            say("第 {n} 份授权", n=unit.unit),
            " · ".join(str(word) for word in said if word),
            reverse("admin:orders_licence_change", args=[unit.pk]),
        )


def _story(intent: Any, now: datetime) -> Any:
    """(label, text) of how it went, in Shanghai time."""
    yield say("对方"), str(intent.get_provider_display())
    yield say("对方单号"), intent.reference or "—"
    yield say("发出"), say("{n} 次", n=intent.attempts)
    moments = {
        say("首次发出"): intent.first_sent_at, say("最近发出"): intent.last_sent_at, say("对方说到"): intent.heard_at,
        say("要求作废"): intent.void_asked_at, say("下次问"): intent.next_at, say("结束"): intent.finished_at,
    }  # fmt: skip
    for label, at in moments.items():
        if at is not None:
            yield label, figures.moment(at, now=now)


def _last_word(intent: Any) -> str:
    return intent.last_error if intent is not None else ""


def _asked(body: str) -> list[tuple[str, str]]:
    """What was asked for, name by name, as the provider sees it."""
    return [(name, "—" if value is None else str(value)) for name, value in json.loads(body).items()]


def _word(word: Any, now: datetime) -> dict[str, Any]:
    return {
        "by": word.by, "at": figures.moment(word.at, now=now), "action": word.get_action_display(),
        "reason": word.reason, "reference": word.reference, "carried_out": word.carried_out,
    }  # fmt: skip


def _break(found: Any) -> Link:
    return found.detail, reverse("admin:ledger_break_change", args=[found.pk])


def _kin(row: Remedy, follower: Remedy | None) -> Any:
    for label, other in ((say("接着"), row.follows), (say("后来"), follower)):
        if other is not None:
            yield (
                label,
                f"{what(other)} {other.get_state_display()}",
                reverse("admin:compensation_remedy_change", args=[other.pk]),
            )
