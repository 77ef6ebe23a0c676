"""Many lines of one product or supplier at once: the rest of what is due waits for one person's word."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from common.phrases import mark
from common.refusals import Refusal, StateMoved
from watch import queries
from watch.models import DropWarning, EffectCheck, Incident
from watch.rules import quiet
from watch.rules.crowds import WITHIN, Crowds, Subject
from watch.services import majors, passing, recording

log = logging.getLogger(__name__)
# So many of one product, or supplier, within an hour are said at once; more than that is its trouble, not the buyers'.
MOST = 200
LONGEST_REASON = 1000
WARNED = "warned"  # whose turn it is to write warnings down


class ReasonMissing(Refusal):
    code = "reason_required"
    title = mark("还没写为什么")
    detail = mark("请写一句看到了什么、为什么这样处理，会进存证。")


class AlreadyEnded(StateMoved):
    code = "incident_ended"
    detail = mark("同事刚刚处理过这一起，请看最新的情况。")


class Limit:
    """How many of each product and supplier were written down within the last hour; counted on from there.

    While an incident waits for a person, so does all else of its product or supplier. What a person let go was looked
    at: the same event goes on without another alarm until as many again have fallen. What was dismissed stays counted,
    so that no buyer hears of counts that are known to be wrong.

    Counted when it is first asked, and kept for the pass: of what others write meanwhile only that is counted.
    """

    def __init__(self, *, now: datetime) -> None:
        self._since, self._newest = now - WITHIN, 0
        self._crowds: Crowds | None = None

    def recount(self) -> None:
        """What was counted and then not written down does not count."""
        self._crowds = None

    def hold(self) -> None:
        """Nobody else writes warnings down until this transaction ends; what they wrote or a person ruled is known."""
        passing.reached(name=WARNED)
        still = waiting(about="drop")
        if self._crowds is None or not self._crowds.all_wait(still):
            self._crowds = self._counted()
        else:
            self._crowds.add(made=queries.made_since(self._since, after=self._newest), waiting=still)

    def written(self, rows: Sequence[DropWarning]) -> None:
        """These are saved; whatever has a later id is another's."""
        self._newest = max(row.pk for row in rows)

    def beyond(self, row: DropWarning) -> Subject | None:
        """In whose incident this one waits; None: it is within the limit."""
        self._crowds = self._crowds or self._counted()
        return self._crowds.beyond(product=row.order.product_id, supplier=row.supplier_id)

    def _counted(self) -> Crowds:
        made = queries.made_since(self._since)
        return Crowds(made=made, waiting=waiting(about="drop"), most=MOST)


def hold(rows: Sequence[tuple[DropWarning, Subject]], *, now: datetime) -> None:
    """They wait with the others, and are saved by the caller, in whose transaction this is."""
    together: dict[Subject, list[DropWarning]] = defaultdict(list)
    for row, subject in rows:
        together[subject].append(row)
    for subject in sorted(
        together, key=str
    ):  # in the same order by every worker, so that none waits for another's
        incident = held_open(subject=subject, about="drop", now=now)
        lines = {row.order_id for row in together[subject]}
        more = len(lines) - queries.lines_in(incident_id=incident.pk).filter(order_id__in=lines).count()
        Incident.objects.filter(pk=incident.pk).update(lines=F("lines") + more)
        for row in together[subject]:
            row.incident, row.due_at = incident, None


def held_open(*, subject: Subject, about: str, now: datetime) -> Incident:
    """The one that is open; nobody ends it before this transaction does."""
    while True:
        incident = opened(subject=subject, about=about, now=now)
        if Incident.objects.filter(pk=incident.pk, state="open").update(lines=F("lines")):
            return incident


def waiting(*, about: str) -> set[Subject]:
    """Those of which a person has to say what becomes of the rest."""
    rows = Incident.objects.filter(state="open", about=about)
    return {Subject(*row) for row in rows.values_list("product_id", "supplier_id")}


def opened(*, subject: Subject, about: str, now: datetime) -> Incident:
    """The one that is open for it; its first opening is in the record, and reported."""
    given = {"opened_at": now, "grade_until": now + majors.LAG if about == "drop" else None}
    incident, is_new = Incident.objects.get_or_create(
        **subject._asdict(), about=about, state="open", defaults=given
    )
    if is_new:
        recording.incident(incident, now=now)
        log.error(
            "%s一小时内有 %s 单以上%s，其余的先压着，等人看",
            f"商品 {incident.product.sku} " if incident.product else f"供货商 {incident.supplier} 的货",
            MOST,
            incident.get_about_display(),
        )
    return incident


def take(rows: QuerySet[DropWarning]) -> list[int]:
    """Nobody else writes these until the transaction ends; which they are.

    An incident is taken before what waits in it, and that by id, so that no two wait for each other.
    """
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


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
    take(warnings)
    checks = EffectCheck.objects.filter(incident_id=pk, ended_at=None)
    if release:  # by night only what is urgent; each is looked at again, so many in each pass
        for urgent in (True, False):
            warnings.filter(urgent=urgent).update(due_at=quiet.sayable_at(now, urgent=urgent))
    else:
        warnings.update(dropped_at=now)
    checks.update(**({"due_at": now} if release else {"ended_at": now, "result": "dismissed"}))
    incident = Incident.objects.select_related("product", "supplier").get(pk=pk)
    recording.incident(incident, now=now)
    return incident
