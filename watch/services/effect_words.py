"""What the buyer reads of an effect check, and what the record says of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.services import inbox
from accounts.services.inbox import Message
from common.phrases import Phrase, phrase
from evidence.services import log

if TYPE_CHECKING:
    from orders.models import Order

KIND = "effect"


def tell(*, order: Order, ticket_no: str, nth: int, owed: int, now: datetime) -> None:
    """In the transaction that filed it; `owed` 0: the rounds are used up and a person looks."""
    data = {"round": nth, "owed": owed, "ticket_no": ticket_no}
    log.record(kind=KIND, order_no=order.order_no, data=data, now=now)
    message = Message(
        buyer_id=order.buyer_id, order_no=order.order_no, kind="notice", about=f"{order.order_no}:effect:{nth}",
        text=_words(order.product.title, owed), link=reverse("ticket", args=[ticket_no]),
    )  # fmt: skip
    inbox.write(messages=[message], now=now)


def _words(title: str, owed: int) -> Phrase:
    if owed:
        return phrase(
            "您买的「{title}」带来的互动还差 {n} 个，已经替您补上评论和转发，不用您申请。",
            title=title,
            n=owed,
        )
    return phrase("您买的「{title}」补过几轮互动还没有达标，已转给专人，办好了告诉您。", title=title)
