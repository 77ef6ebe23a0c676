"""Messages to buyers on their way out: filed many at once, an intent each, and gone when they are old."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from common.inserting import insert
from common.jobs import enqueue_after_commit
from common.quiet import sayable_at
from integrations.models import Intent
from integrations.rules import messages
from integrations.rules.bodies import MESSAGE, MESSAGES
from integrations.rules.lifecycle import FINAL, Action, State
from integrations.rules.messages import Outgoing
from integrations.services import moving
from integrations.vendors import registry

# A warning of three days ago is worse than none, and whoever took a message that long ago has long brought it.
TOO_LATE = timedelta(days=3)
KEPT = timedelta(days=30)
AT_ONCE, MOST_TURNS = 500, 20


def connected() -> bool:
    """Whether there is somebody who brings messages; without, they stay in the inbox and nothing is owed."""
    return registry.provider(MESSAGES) is not None


def file(*, outgoing: Sequence[Outgoing], now: datetime) -> int:
    """An intent each, in the caller's transaction; what was filed before is not filed again. How many are new."""
    wanted = {message.key: message for message in outgoing}
    known = set(Intent.objects.filter(key__in=list(wanted)).values_list("key", flat=True))
    rows = [_intent(message, now) for key, message in wanted.items() if key not in known]
    if rows:
        insert(*rows)
        enqueue_after_commit("integrations.send_messages")
    return len(rows)


def _intent(message: Outgoing, now: datetime) -> Intent:
    return Intent(
        key=message.key, kind=MESSAGE, provider=MESSAGES, order_no=message.order_no, body=messages.freeze(message),
        quantity=1, state=State.PENDING.value, by_day=message.by_day,
        next_at=sayable_at(now, urgent=not message.by_day), created_at=now,
    )  # fmt: skip


def end_late(*, now: datetime) -> int:
    """What nobody could bring, or said no end of, is over after three days."""
    open_ = Intent.objects.filter(provider=MESSAGES, next_at__isnull=False).exclude(state=State.SENDING)
    return _end(open_.filter(created_at__lte=now - TOO_LATE), now=now)


def tidy(*, now: datetime) -> int:
    """A month after its end a message is gone from here, with whom it was for and what it said; the inbox has it."""
    old = Intent.objects.filter(provider=MESSAGES, finished_at__lte=now - KEPT).order_by("finished_at")
    gone = 0
    for _ in range(MOST_TURNS):
        some = list(old.values_list("pk", flat=True)[:AT_ONCE])
        gone += Intent.objects.filter(pk__in=some).delete()[0]
        if len(some) < AT_ONCE:
            break
    return gone


@transaction.atomic
def erase(*, keys: Iterable[UUID], now: datetime) -> int:
    """Nothing of these stays here, and what has not gone out doesn't."""
    rows = Intent.objects.filter(provider=MESSAGES, key__in=list(keys))
    _end(rows.exclude(state__in=FINAL), now=now)
    return rows.update(body="")


def _end(rows: "QuerySet[Intent]", *, now: datetime) -> int:
    """The shop's backend has what it took; all else is not sent any more."""
    ended = 0
    for state in (State.PROCESSING, State.PENDING, State.UNKNOWN, State.HELD, State.SENDING):
        action = Action.SETTLE if state == State.PROCESSING else Action.VOID
        for _ in range(MOST_TURNS):
            some = list(rows.filter(state=state).order_by("pk")[:AT_ONCE])
            ended += moving.move_many(
                some, action=action, now=now, token=None, lease_until=None, held_reason=""
            )
            if len(some) < AT_ONCE:
                break
    return ended
