"""Many lines of one product at once: the rest of what is due waits for one person's word."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from common.phrases import mark
from common.refusals import Refusal, StateMoved
from watch import queries
from watch.models import DropWarning, EffectCheck, Incident
from watch.rules import quiet
from watch.services import recording

if TYPE_CHECKING:
    from orders.models import Product

log = logging.getLogger(__name__)
# So many of one product within an hour are said at once; more than that is the product's trouble, not the buyers'.
MOST, WITHIN = 200, timedelta(hours=1)
LONGEST_REASON = 1000


class ReasonMissing(Refusal):
    code = "reason_required"
    title = mark("还没写为什么")
    detail = mark("请写一句看到了什么、为什么这样处理，会进存证。")


class AlreadyEnded(StateMoved):
    code = "incident_ended"
    detail = mark("同事刚刚处理过这一起，请看最新的情况。")


class Limit:
    """How many of each product were written down within the last hour; counted on from there.

    While an incident waits for a person, so does all else of its product. What a person let go was looked at: the
    same event goes on without another alarm until as many again have fallen. What was dismissed stays counted, so that
    no buyer hears of counts that are known to be wrong.
    """

    def __init__(self, *, now: datetime) -> None:
        self._since = now - WITHIN
        self.recount()

    def recount(self) -> None:
        """What was counted and then not written down does not count."""
        self._made = queries.made_since(self._since)
        self._waiting = products_waiting(about="drop")

    def is_reached(self, product_id: int) -> bool:
        """Whether this one is beyond the limit."""
        self._made[product_id] = self._made.get(product_id, 0) + 1
        return self._made[product_id] > MOST or product_id in self._waiting


def hold(rows: Sequence[DropWarning], *, now: datetime) -> None:
    """They wait with the others of their product, and are saved by the caller, in whose transaction this is."""
    for row in rows:
        row.incident, row.due_at = held_open(product=row.order.product, about="drop", now=now), None
    for incident, lines in Counter(row.incident for row in rows if row.incident).items():
        Incident.objects.filter(pk=incident.pk).update(lines=F("lines") + lines)


def held_open(*, product: Product, about: str, now: datetime) -> Incident:
    """The one that is open, which nobody ends before this transaction does."""
    while True:
        incident = opened(product=product, about=about, now=now)
        if Incident.objects.filter(pk=incident.pk, state="open").update(lines=F("lines")):
            return incident


def products_waiting(*, about: str) -> set[int]:
    """Those of which a person has to say what becomes of the rest."""
    rows = Incident.objects.filter(state="open", about=about)
    return set(rows.values_list("product_id", flat=True))


def opened(*, product: Product, about: str, now: datetime) -> Incident:
    """The one that is open for it; its first opening is in the record, and reported."""
    incident, is_new = Incident.objects.get_or_create(
        product=product, about=about, state="open", defaults={"opened_at": now}
    )
    if is_new:
        recording.incident(incident, now=now)
        log.error(
            "商品 %s 一小时内有 %s 单以上%s，其余的先压着，等人看",
            product.sku,
            MOST,
            incident.get_about_display(),
        )
    return incident


@transaction.atomic
def end(*, pk: int, release: bool, by: str, reason: str, now: datetime) -> Incident:
    """Let what waits go on, or not. Refuses: ReasonMissing, AlreadyEnded."""
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise ReasonMissing()
    state = "released" if release else "dismissed"
    ended = Incident.objects.filter(pk=pk, state="open")
    if not ended.update(state=state, by=by, reason=said, ended_at=now):
        raise AlreadyEnded()
    warnings = DropWarning.objects.filter(incident_id=pk, said_at=None)
    checks = EffectCheck.objects.filter(incident_id=pk, ended_at=None)
    if release:  # by night only what is urgent; each is looked at again, so many in each pass
        for urgent in (True, False):
            warnings.filter(urgent=urgent).update(due_at=quiet.sayable_at(now, urgent=urgent))
    else:
        warnings.update(dropped_at=now)
    checks.update(**({"due_at": now} if release else {"ended_at": now, "result": "dismissed"}))
    incident = Incident.objects.select_related("product").get(pk=pk)
    recording.incident(incident, now=now)
    return incident
