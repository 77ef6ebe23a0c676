"""The effect guarantee, kept by the system itself: what lacks interactions is given them, round by round, until met."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from common import forks
from common.transitions import again_on_deadlock
from compensation.queries import quote
from compensation.services import interacting
from integrations.services import moments
from orders import queries as orders
from tickets import queries as tickets
from tickets.services import claims
from watch.models import EffectCheck
from watch.rules import quiet
from watch.services import crowding, effect_words, enrolling, passing
from watch.services.probing import Probing

log = logging.getLogger(__name__)
CHANNEL, REASON = "effect", "low_interaction"
LOOKED = "effects looked at"  # up to where, while some are still due because they wait to be asked about
BATCH, LONGEST_PASS, EVERY = 500, timedelta(seconds=8), timedelta(minutes=1)
AGAIN = timedelta(days=1)  # until what was not to be seen is looked at once more
SOON = timedelta(hours=1)  # where the probe did not answer, or rests
RESULT_OF = {"effect.shortfall": "granted", "effect.exhausted": "person", "effect.met": "met"}
FILED = ("granted", "person")


class _Changed(Exception):
    """A count or a claim that came meanwhile: nothing of this was filed, the next pass looks again."""


@dataclass
class _Pass:
    """What one pass knows: since when it runs, and how many of each product or supplier were given something."""

    now: datetime
    crowd: crowding.Crowd
    probing: Probing
    granted: int = 0


def run_due(*, now: datetime) -> int:
    """Once a minute, by whichever worker comes first. Run by the sweep."""
    return run(now=now) if passing.is_due(name="effects", every=EVERY, now=now) else 0


def run(*, now: datetime) -> int:
    """Look at what is due; how many lines were given a pack. At night nobody is written to."""
    enrolling.run(until=now - enrolling.LAG)
    if quiet.sayable_at(now, urgent=False) != now:
        return 0
    going = _Pass(now, crowding.Crowd(now=now), Probing(moments.running_from(now)))
    _walk(going)
    return going.granted


def _walk(going: _Pass) -> None:
    """From those on that have been due for longest, in turn.

    What the probe was not reached for stays due, so that it is the first to be asked about in the next pass: before
    what comes due meanwhile, or was asked about and comes again. Once enough is asked, those that former passes have
    looked at in vain are not read again.
    """
    at: passing.Place | None = None
    clock = going.probing.clock
    while clock() - going.now <= LONGEST_PASS and not forks.gate.wanted:
        batch = _due(going.now, after=at)
        _look_at(batch, going)
        at = (batch[-1].due_at or going.now, batch[-1].pk) if batch else at
        if at is None or len(batch) < BATCH:
            break
        if going.probing.spent:
            at = max(at, passing.place(name=LOOKED))
    if at and going.probing.spent:
        passing.go_on_to(at, name=LOOKED)


def _due(now: datetime, *, after: passing.Place | None = None, **among: Any) -> list[EffectCheck]:
    rows = EffectCheck.objects.filter(due_at__lte=now, **among).order_by("due_at", "pk")
    if after:
        rows = rows.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], pk__gt=after[1]), due_at__gte=after[0])
    return list(rows.select_related("order__product", "order__rollup", "order__buyer", "incident")[:BATCH])


def _look_at(batch: Sequence[EffectCheck], going: _Pass) -> None:
    """By the hundred first, a statement for all that come to the same; closely only what may be short."""
    now = going.now
    busy = tickets.orders_with_open(reason=REASON, order_ids=[row.order_id for row in batch])
    over = [row for row in batch if _is_over(row, now)]
    early = [row for row in batch if row not in over and not _has_come(row, now)]
    ripe = [row for row in batch if row not in over and row not in early and row.order_id not in busy]
    seen = interacting.looked(orders=[row.order for row in ripe])
    short = [row for row in ripe if seen[row.order_id] == interacting.SHORT]
    met = [row for row in ripe if seen[row.order_id] == interacting.MET]
    _end(over, "over", now)
    _end(met, "met", now)
    for row in early:  # it was completed later than it had seemed
        EffectCheck.objects.filter(pk=row.pk, due_at=row.due_at).update(due_at=interacting.due_at(row.order))
    probed = _probe([row for row in ripe if seen[row.order_id] == interacting.UNSEEN], going)
    ended = {row.pk for row in (*over, *early, *short, *met, *probed)}
    _put_off([row for row in batch if row.pk not in ended], now)
    whose = orders.supplier_ids_of(order_ids=[row.order_id for row in short]) if short else {}
    for row in short:
        row.supplier_id = whose.get(row.order_id)
        try:
            _give(row, going)
        except Exception:  # one line that breaks our own code must not keep the others from being looked at
            log.exception("看订单 %s 的互动时出错，明天再看", row.order.order_no)
            _put_off([row], now)


def _is_over(row: EffectCheck, now: datetime) -> bool:
    return interacting.due_at(row.order) is None or now > row.order.rollup.warranty_ends_at


def _has_come(row: EffectCheck, now: datetime) -> bool:
    due = interacting.due_at(row.order)
    return due is not None and now >= due


def _probe(unseen: Sequence[EffectCheck], going: _Pass) -> list[EffectCheck]:
    """Those that the shop's probe was, or is to be, asked about: what it counted is looked at in this same pass."""
    asked = going.probing.ask(unseen)
    _put_off(asked.unanswered, going.now, SOON)
    if asked.answered:
        _look_at(_due(going.now, pk__in=[row.pk for row in asked.answered]), going)
    return [*asked.answered, *asked.unanswered, *asked.unreached]


def _put_off(rows: Sequence[EffectCheck], now: datetime, wait: timedelta = AGAIN) -> None:
    if rows:
        waiting = EffectCheck.objects.filter(pk__in=[row.pk for row in rows], due_at__lte=now, ended_at=None)
        waiting.update(due_at=now + wait)


def _end(rows: Sequence[EffectCheck], result: str, now: datetime) -> int:
    """How many; whoever comes second ends nothing."""
    if not rows:
        return 0
    waiting = EffectCheck.objects.filter(pk__in=[row.pk for row in rows], due_at__lte=now, ended_at=None)
    return waiting.update(result=result, due_at=None, ended_at=now)


def _give(row: EffectCheck, going: _Pass) -> None:
    decision = quote(order=row.order, reason=REASON, now=going.now).decision
    result = RESULT_OF.get(decision.clause, "none")
    if row.round > decision.terms.effect_rounds + 1:  # what was given before was taken back by people
        result = "none"
    if result not in FILED or (result == "person" and interacting.was_exhausted(order=row.order)):
        _end([row], result, going.now)
    elif subject := going.crowd.beyond(row):
        crowding.hold(row=row, subject=subject, now=going.now)
    else:
        _file_or_later(row, decision.clause, going)


def _file_or_later(row: EffectCheck, clause: str, going: _Pass) -> None:
    try:
        going.granted += again_on_deadlock(lambda: _file(row, clause, going.now))
    except (_Changed, claims.AlreadyOpen, IntegrityError):
        going.crowd.take_back(row)
        log.info("订单 %s 的互动刚刚有变，明天再看", row.order.order_no)
        _put_off([row], going.now)
    except Exception:  # whoever puts it off can't know that it was counted
        going.crowd.take_back(row)
        raise


@transaction.atomic
def _file(row: EffectCheck, clause: str, now: datetime) -> bool:
    """A claim by the same door as a buyer's; this round is over in the same transaction, and the next one waits."""
    result, nth = RESULT_OF[clause], row.round
    if not _end([row], result, now):
        raise _Changed
    ticket = claims.open_claim(
        order=row.order,
        reason=REASON,
        text="",
        quantity=None,
        channel=CHANNEL,
        actor="",
        side="system",
        now=now,
    )
    record = ticket.decision
    if record.clause != clause:
        raise _Changed
    nth = max(nth, record.facts["effect_round"] + 1)  # the buyer may have claimed a round before
    owed = sum(one["quantity"] or 0 for one in record.body["remedies"])
    given = {"round": nth, "owed": owed, "ticket_no": ticket.no, "supplier_id": row.supplier_id}
    EffectCheck.objects.filter(pk=row.pk).update(**given)
    if result == "granted":
        EffectCheck.objects.create(order=row.order, round=nth + 1, due_at=now + AGAIN)
    effect_words.tell(order=row.order, ticket_no=ticket.no, nth=nth, owed=owed, now=now)
    return result == "granted"
