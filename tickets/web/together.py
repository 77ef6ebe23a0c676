"""What an order page says of lines that belong together: others on the same link, and what was given as a gift."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common import figures
from common.language import say
from orders import queries as orders
from tickets.web.curve import Count


@dataclass(frozen=True)
class Neighbour:
    """An order as a row that opens it."""

    order_no: str
    title: str
    note: str


@dataclass(frozen=True)
class Together:
    note: str = ""
    heading: str = ""
    rows: tuple[Neighbour, ...] = ()


def together_of(*, order: Any, quote: Any, now: datetime) -> Together:
    """`quote` answers a drop."""
    if order.is_gift:
        origin = Neighbour(order.origin_no, say("原来那一单"), figures.mask_order(order.origin_no))
        return Together(_note(quote), say("因哪一单赠送"), (origin,))
    given = [line for line in quote.others if line.origin_no == order.order_no]
    if quote.facts.closed and not order.target:  # else they are among the others
        given = orders.gifts_of(order_no=order.order_no)
    return Together(_note(quote), say("这一单赠送的"), tuple(_gift(line, now) for line in given))


def counts_of(*, order: Any, quote: Any) -> tuple[Count, ...]:
    """The line's own part of a counter that others share: what came, and what is there of it now."""
    line, look = quote.line, quote.look
    if line.delivered is None or look is None or not (look.lines or order.is_gift):
        return ()
    first = Count(line.completed_at, line.delivered)
    return (first,) if look.present is None or look.at <= first.at else (first, Count(look.at, look.present))


def _note(quote: Any) -> str:
    others = len(quote.look.lines) - 1 if quote.look and quote.look.lines else 0
    return say("同一个链接上还有 {n} 单，一起数；少了的，按各单的数量分。", n=others) if others else ""


def _gift(line: Any, now: datetime) -> Neighbour:
    came = figures.moment(line.rollup.completed_at, now=now)
    return Neighbour(line.order_no, say("赠送 {n} 个", n=line.quantity), say("{time} 送完", time=came))
