"""Words to buyers: written in the transaction of what they tell of, once for each occasion, and read."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts import permissions as who
from accounts.models import Buyer, InboxMessage
from common.ids import public_id
from common.phrases import Phrase, packed
from common.refusals import Absent
from integrations.rules.messages import LONGEST_TEXT, Outgoing
from integrations.services import messages as outgoing

# What reaches a buyer by SMS, WeChat, QQ or mail as well; the rest is read where the case is.
OUTSIDE = frozenset({"warning", "report", "survey", "recall", "notice"})


@dataclass(frozen=True)
class Message:
    """What is written to a buyer; `about` names the occasion, and each occasion is written about once.

    What is brought to them outside is brought by day, unless it is `urgent`.
    """

    buyer_id: int
    order_no: str
    kind: str
    about: str
    text: Phrase
    link: str
    urgent: bool = False


def write(*, messages: Sequence[Message], now: datetime) -> None:
    """All of them, some also to go out; the second of the same occasion is the first."""
    rows = [
        InboxMessage(
            no=public_id("M"), buyer_id=one.buyer_id, order_no=one.order_no, kind=one.kind, about=one.about,
            text=one.text, words=packed(one.text), link=one.link, created_at=now,
        )
        for one in messages
    ]  # fmt: skip
    with transaction.atomic():
        InboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
        if outgoing.connected():
            urgent = {row.no for row, one in zip(rows, messages, strict=True) if one.urgent}
            _bring([row for row in rows if row.kind in OUTSIDE], urgent, now)


def _bring(rows: Sequence[InboxMessage], urgent: Set[str], now: datetime) -> None:
    """What was new is filed to go out under a key of its occasion; all but what is urgent by day."""
    if not rows:
        return
    written = set(InboxMessage.objects.filter(no__in=[row.no for row in rows]).values_list("no", flat=True))
    new = [row for row in rows if row.no in written]
    buyers = Buyer.objects.in_bulk({row.buyer_id for row in new})
    filed = [_outgoing(row, buyers[row.buyer_id], urgent=row.no in urgent) for row in new]
    outgoing.file(outgoing=filed, now=now)


def _outgoing(row: InboxMessage, buyer: Buyer, *, urgent: bool = False) -> Outgoing:
    return Outgoing(
        external_id=buyer.external_id, contact=buyer.contact, kind=row.kind, about=row.about,
        text=str(row.text)[:LONGEST_TEXT], order_no=row.order_no, by_day=not urgent,
        link=f"{settings.WEB_URL}{row.link}" if row.link.startswith("/") else row.link,
    )  # fmt: skip


@transaction.atomic
def erase(*, buyer_id: int, now: datetime) -> int:
    """Nothing that was written to this buyer stays, here or on its way out; how many messages there were."""
    mine = InboxMessage.objects.filter(buyer_id=buyer_id).select_related("buyer")
    outgoing.erase(keys=[_outgoing(row, row.buyer).key for row in mine], now=now)
    return mine.delete()[0]


def inbox_of(reader: Any) -> Any:
    """What was written to the reader: a buyer's own, a guest's about the one order; nobody else reads any of it."""
    rows = InboxMessage.objects.order_by("-id")
    if order_no := who.guest_order_of(reader):
        return rows.filter(order_no=order_no)
    buyer_id = who.buyer_id_of(reader)
    return rows.filter(buyer_id=buyer_id) if buyer_id else rows.none()


def read(*, reader: Any, no: str, now: datetime) -> InboxMessage:
    """The reader has read it; the first time stays. Refuses: Absent."""
    mine = inbox_of(reader).filter(no=no) if no.isprintable() else InboxMessage.objects.none()
    mine.filter(read_at=None).update(read_at=now)
    found = mine.first()
    if found is None:
        raise Absent()
    return found
