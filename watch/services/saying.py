"""A warning is said: in the buyer's inbox, once, with the link that claims it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from accounts.services import inbox
from accounts.services.inbox import Message
from common.phrases import Phrase, phrase
from common.transitions import again_on_deadlock
from compensation.queries import quote
from compensation.rules.decision import Decision
from tickets import queries as tickets
from watch import queries
from watch.models import DropWarning
from watch.rules import offers, quiet
from watch.services import noticing, recording

if TYPE_CHECKING:
    from compensation.queries import Quote

log = logging.getLogger(__name__)
_TOKEN = "token"
ENDED = ("window", "base", "loss", "observed_at", "expires_at", "urgent", "said_at", "dropped_at")


@dataclass(frozen=True)
class Warned:
    """A warning with what its buyer can get."""

    row: DropWarning
    decision: Decision


def say_due(*, now: datetime, most: int = 500) -> int:
    """What waited for the morning, or for a person's word; each is looked at once more before it is said.

    However late it got, only what is urgent is said at night.
    """
    _let_sleep(now)
    waiting = DropWarning.objects.filter(due_at__lte=now).order_by("due_at")
    due = list(waiting.select_related("order__product", "order__rollup", "order__buyer")[:most])
    lines = [row.order_id for row in due]
    busy = tickets.orders_with_open(reason="drop", order_ids=lines) if due else set()
    slow = {line for line, window in queries.known_windows(lines) if window == offers.SLOW} if due else set()
    said = 0
    for row in due:
        try:
            said += _say_or_drop(row, now, has_case=row.order_id in busy, has_slow=row.order_id in slow)
        except Exception:
            log.exception("提醒 %s 没有说成，过一会再试", row.pk)
            _put_off(row, now)
    return said


def _let_sleep(now: datetime) -> None:
    """What was due by day and not said then waits for the morning."""
    morning = quiet.sayable_at(now, urgent=False)
    late = DropWarning.objects.filter(due_at__lte=now, urgent=False)
    if morning != now and late.exists():  # asked first: an UPDATE takes SQLite's write lock for nothing, too
        again_on_deadlock(lambda: late.update(due_at=morning))


def _say_or_drop(row: DropWarning, now: datetime, *, has_case: bool, has_slow: bool) -> bool:
    """Whoever comes second says nothing."""
    over = now > max(row.expires_at, row.order.rollup.warranty_ends_at)
    found = None if has_case or over else quote(order=row.order, reason="drop", now=now)
    window = _about(row, found, has_slow=has_slow)
    if found and _put_to(row, found, window, now):
        return False
    turned = window not in (row.window, "")
    if found and window:
        _renew(row, found, window)
    row.said_at, row.dropped_at = (now, None) if window else (None, now)
    with transaction.atomic():
        if turned:
            queries.gives_way(lines=[row.order_id], window=window).delete()
        waiting = DropWarning.objects.filter(pk=row.pk, said_at=None, dropped_at=None, due_at=row.due_at)
        if not waiting.update(due_at=None, **{name: getattr(row, name) for name in ENDED}):
            return False
        if found and window:
            tell([Warned(row, found.decision)], now=now)
        else:
            recording.warnings([row], what="dropped", now=now)
        return bool(window)


def _about(row: DropWarning, found: Quote | None, *, has_slow: bool) -> str:
    """Of which window it is said now; "": of none.

    What its filing limit overtook unsaid is said as what a claim gives since: no count may come any more.
    """
    window = offers.window_of(found.decision) if found else None
    overtaken = (row.window, window) == (offers.INSIDE, offers.SLOW) and not has_slow
    return window if window and (window == row.window or overtaken) else ""


def _put_to(row: DropWarning, found: Quote, window: str, now: datetime) -> bool:
    """Whether its time is still to come: what was let go too early, and by night what is not urgent any more."""
    early = row.window == offers.SLOW and found.facts.window == "inside"
    if not early and not window:
        return False
    urgent = not early and offers.urgent(found.decision)
    due_at = quiet.sayable_at(noticing.may_wait_until(found) if early else now, urgent=urgent)
    if due_at > now:
        waiting = DropWarning.objects.filter(pk=row.pk, due_at=row.due_at)
        waiting.update(due_at=due_at, urgent=urgent)
    return due_at > now


def _renew(row: DropWarning, found: Quote, window: str) -> None:
    """What the buyer is told is what the record and ops read (not saved)."""
    measured = found.decision.measures
    assert measured is not None
    assert found.look is not None
    row.window, row.expires_at = window, noticing.ends(found, window)
    row.base, row.loss, row.observed_at = measured.base, measured.loss, found.look.at
    row.urgent = offers.urgent(found.decision)


def _put_off(row: DropWarning, now: datetime) -> None:
    """One that always fails is tried ever more rarely, and never before the others."""
    later = quiet.again_at(now, tries=row.tries, urgent=row.urgent)
    waiting = DropWarning.objects.filter(pk=row.pk, due_at=row.due_at)
    waiting.update(due_at=later, tries=min(row.tries + 1, 1000))


def tell(warned: Sequence[Warned], *, now: datetime) -> None:
    """Write to their buyers, in the transaction that marks them said."""
    if not warned:
        return
    address = reverse("claim-link", args=[_TOKEN])  # once for all: working it out costs more than a row
    inbox.write(messages=[_message(one, address) for one in warned], now=now)
    recording.warnings([one.row for one in warned], what="said", now=now)


def _message(warned: Warned, address: str) -> Message:
    row, order = warned.row, warned.row.order
    return Message(
        buyer_id=order.buyer_id, order_no=order.order_no, kind="warning", about=f"{order.order_no}:{row.window}",
        text=_words(order.product.title, warned.decision),
        link=address.replace(_TOKEN, queries.token_of(row)), urgent=row.urgent,
    )  # fmt: skip


def _words(title: str, decision: Decision) -> Phrase:
    measured = decision.measures
    return phrase(
        "您买的「{title}」少了 {n} 个，按规则可以{gives}。点开看一眼，按一下就能申请。",
        title=title, n=measured.loss if measured else 0, gives=offers.gives(decision.remedies),
    )  # fmt: skip
