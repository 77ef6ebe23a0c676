"""A refund waits until everything it pays for has been taken back, goes out then, or is held for a person."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from compensation.models import Remedy
from compensation.services import deciding, licences, recording, remedies
from compensation.signals import remedy_moved
from integrations import queries as outside
from integrations.rules.lifecycle import FINAL, State
from orders import queries as orders
from orders.rules.licences import ACTIVE, SUSPENDED
from orders.services import licences as units

if TYPE_CHECKING:
    from integrations.models import Intent
    from orders.models import Licence

UNKNOWN, REFUSED, USED = remedies.OF_LICENCES


def heard(*, intent: Intent, now: datetime) -> None:
    """A step on a licence has moved: in the transaction that moved it, as everything that is booked."""
    if intent.kind not in licences.STATE:
        return
    licence_id = json.loads(intent.body)["licence_id"]
    licence = orders.licence_called(order_no=intent.order_no, licence_id=licence_id)
    if licence is None:  # a restored database may have forgotten its order
        return
    deciding.lock_line(licence.order)
    licence.refresh_from_db()
    if intent.state in FINAL or intent.state == State.HELD:
        recording.licence(
            licence, order_no=intent.order_no, step=intent.kind, key=intent.key, state=intent.state, now=now
        )
    if intent.key != licence.step_key:
        _overtaken(licence, intent, now)
        return
    if intent.state == State.SETTLED:
        units.confirmed(licence=licence, state=licences.STATE[intent.kind], now=now)
    if intent.kind == licences.STEP[licence.wanted]:
        _as_wanted(licence, intent, now)
    elif intent.state in FINAL:
        licences.steer(licence=licence, now=now)


def _overtaken(licence: Licence, intent: Intent, now: datetime) -> None:
    """A suspension that nobody waited for came to pass; where it isn't wanted any more it is taken back."""
    if (intent.kind, intent.state, licence.state) != ("suspend", State.SETTLED, ACTIVE):
        return
    units.confirmed(licence=licence, state=SUSPENDED, now=now)
    if licence.wanted == ACTIVE:
        licences.steer(licence=licence, now=now)


def _as_wanted(licence: Licence, intent: Intent, now: datetime) -> None:
    if intent.kind == "revoke" and licence.taken_by is not None:
        refund = Remedy.objects.select_related("order__product", "decision").get(key=licence.taken_by)
        _go_on(refund, licence, intent, now)
    elif intent.kind == "reinstate" and intent.state in (State.HELD, State.FAILED):
        licences.tell_stuck(order_no=intent.order_no, licence=licence, key=intent.key, now=now)


def _go_on(refund: Remedy, licence: Licence, intent: Intent, now: datetime) -> None:
    """The one place where a refund is let out after its units, or stopped because of them."""
    if not _waits(refund):
        return
    if intent.state == State.SETTLED:
        if not licences.left(key=refund.key):
            _send(refund, now)
    elif intent.state == State.FAILED:
        if intent.last_error == "used":
            units.found_used(licence=licence, now=now)
        _hold(refund, USED if intent.last_error == "used" else REFUSED, now)
    elif intent.state == State.HELD and refund.held_reason not in (REFUSED, USED):
        _hold(refund, UNKNOWN, now)


def _waits(refund: Remedy) -> bool:
    """Whether it has not gone out yet, and nothing but its units keeps it."""
    if refund.state == "held":
        return refund.held_reason in remedies.OF_LICENCES
    return refund.state == "pending" and outside.intent(key=refund.key) is None


def _hold(refund: Remedy, reason: str, now: datetime) -> None:
    if refund.held_reason != reason:
        remedies.hold(remedy=refund, reason=reason, now=now)


def _send(refund: Remedy, now: datetime) -> None:
    """Compare-and-set, under the line's lock: of two that hear of the last unit one sends."""
    as_read = Remedy.objects.filter(pk=refund.pk, state=refund.state, held_reason=refund.held_reason)
    if not as_read.update(state="pending", held_reason=""):
        return
    was_held = refund.state == "held"
    refund.state, refund.held_reason = "pending", ""
    if was_held:
        recording.remedy(refund, now=now)
    remedies.send(remedy=refund, now=now)
    if was_held and refund.state == "pending":
        remedy_moved.send(sender=Remedy, remedy=refund)
