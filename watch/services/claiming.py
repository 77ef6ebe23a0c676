"""The one press of a warning's link files the claim; the link works once, for what it offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from common.phrases import mark
from common.refusals import StateMoved
from common.transitions import again_on_deadlock
from compensation.rules.decision import Remedy
from orders.services.fresh_counts import Missed
from tickets.services import anew, claims
from watch.models import DropWarning
from watch.rules import offers
from watch.services import recording

CHANNEL = "warning"


class LinkUsed(StateMoved):
    code = "claim_link_used"
    detail = mark("这个链接已经用过，申请已经替您交上了。")


class LinkExpired(StateMoved):
    code = "claim_link_expired"
    detail = mark("这个链接已经过了期限。")


class OfferChanged(StateMoved):
    code = "offer_changed"
    detail = mark("刚刚又数到了新的个数，该得的变了。请看一眼新的，再按一次。")


@dataclass(frozen=True)
class Filed:
    """The case that the press opened, and what was decided to give."""

    no: str
    remedies: tuple[Remedy, ...]
    reviewed: bool


def claim(*, warning: DropWarning, offer: str, now: datetime) -> Filed:
    """File it. `offer`: the fingerprint of what the buyer read.

    Refuses: LinkUsed, LinkExpired, OfferChanged (nothing was filed, and the link still works), AlreadyOpen.
    """
    missed = anew.look(order=warning.order, reason="drop", text="", now=now)
    return again_on_deadlock(lambda: _claim(warning, offer, missed, now))


@transaction.atomic
def _claim(warning: DropWarning, offer: str, missed: Missed | None, now: datetime) -> Filed:
    if now > warning.expires_at:
        raise LinkExpired()
    if not DropWarning.objects.filter(pk=warning.pk, used_at=None).update(used_at=now):
        raise LinkUsed()
    order = warning.order
    ticket = claims.open_claim(
        order=order, reason="drop", text="", quantity=None, channel=CHANNEL, actor=order.buyer.name, missed=missed,
        now=now,
    )  # fmt: skip
    record = ticket.decision
    given = tuple(Remedy(**one) for one in record.body["remedies"])
    if not given or offers.fingerprint(record.clause, given) != offer:
        raise OfferChanged()
    DropWarning.objects.filter(pk=warning.pk).update(ticket_no=ticket.no)
    warning.used_at, warning.ticket_no = now, ticket.no
    recording.warnings([warning], what="used", now=now)
    return Filed(ticket.no, given, record.requires_review)
