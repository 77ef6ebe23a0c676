"""From an order and the decisions that filing now would give to the sheet its page is written from."""

import re
from datetime import datetime, timedelta
from typing import Any

from common import figures
from common.language import say, spoken
from common.phrases import mark
from compensation import queries as compensation
from compensation.rules.refunds import rests_on_usage
from compensation.rules.words import clause_text
from compensation.services.remedies import by_hand
from orders import queries as orders
from tickets import queries
from tickets.web import card_keys, guests, ticket_titles
from tickets.web.asking import REASONS, listed_of
from tickets.web.curve import Count
from tickets.web.guides import guides_for
from tickets.web.loyalty import standing_of
from tickets.web.order_picking import pick
from tickets.web.order_sheet import OrderSheet, TicketLine
from tickets.web.read_ticket import sheet_of
from tickets.web.together import counts_of, together_of

_NOT_COMING = ("settled", "voided", "failed")  # of a refund: it went out, or nothing came of it


def read(*, reader: Any, order_no: str, now: datetime, asked: str = "") -> OrderSheet:
    """The reader's order with its quote, counts and tickets; another's looks absent. `asked`: units to refund."""
    order = orders.find_order(reader=reader, order_no=order_no)
    metered = order.product.kind == "metered"
    reason = "drop" if metered else "refund"
    quote, *others = compensation.quotes(
        order=order, reasons=("drop", "refund") if metered else ("refund",), now=now
    )
    refund, picking = pick(quote=others[0] if metered else quote, asked=asked)
    quote = quote if metered else refund
    line, policy = quote.line, quote.decision.terms
    done = line.completed_at if line.completed_at <= now else None
    return OrderSheet(
        order_no=order.order_no,
        title=_title(order),
        kind=order.product.kind,
        quantity=order.quantity,
        paid_fen=order.paid_fen,
        paid_at=order.paid_at,
        main_reason=reason,
        facts=quote.facts,
        decision=quote.decision,
        clause_text=clause_text(policy, quote.decision.clause, compensation.vocabulary()),
        counts=counts_of(order=order, quote=quote) or (_counts(order) if metered else ()),
        counted_at=quote.look.at if quote.look else None,
        completed_at=done,
        deadline_at=order.deadline_at,
        window_until=line.window_ends_at if done and metered else None,
        filing_until=done + timedelta(seconds=policy.filing_seconds) if done and metered else None,
        warranty_until=line.warranty_ends_at if done else None,
        refund=refund.decision if metered else None,
        refund_clause=clause_text(policy, refund.decision.clause, compensation.vocabulary())
        if metered
        else "",
        picking=picking,
        listed=tuple(listed_of(order).items()),
        tickets=_tickets(reader, order_no, now),
        together=together_of(order=order, quote=quote, now=now) if metered else None,
        by_hand=by_hand(order, "refund") or _unreported(quote),
        takes_back=orders.has_licences(order=order),
        used_at=quote.usage.observed_at if quote.usage else None,
        standing=None if order.is_gift else standing_of(order, policy),
        guides=guides_for(order, answerable=guests.is_buyer_side(reader)),
        keys=card_keys.section(order=order, reader=reader, facts=quote.facts),
    )


def _unreported(quote: Any) -> str:
    """The code under which a refund will be held that rests on how much was used, where nobody said so."""
    decision = quote.decision
    rests = rests_on_usage(kind=decision.terms.kind, clause=decision.clause)
    return "usage_unknown" if rests and quote.usage is None else ""


def own(*, reader: Any, now: datetime, most: int = 20) -> tuple[dict[str, str], ...]:
    """A signed-in buyer's newest orders, as rows that open them."""
    return tuple(
        {
            "order_no": order.order_no,
            "title": _title(order),
            "note": say(
                mark("{order}，{time} 赠送") if order.is_gift else mark("{order}，{time} 付款"),
                order=figures.mask_order(order.order_no),
                time=figures.moment(order.paid_at, now=now),
            ),
        }
        for order in orders.orders_of(reader)[:most]
    )


def _title(order: Any) -> str:
    """说说点赞 1000 个; the count only where the title doesn't say it already."""
    title, quantity = order.product.title, str(order.quantity)
    if quantity in re.findall(r"\d+", title) or (order.quantity == 1 and order.product.kind != "metered"):
        return title
    return say(_TITLED.get(order.product.kind, mark("{title} {n} 份")), title=title, n=quantity)


_TITLED = {
    "metered": mark("{title} {n} 个"),
    "game_item": mark("{title} {n} 件"),
    "course": mark("{title} {n} 节"),
}


def _counts(order: Any) -> tuple[Count, ...]:
    return tuple(Count(at, present) for at, present in orders.curve(order=order) if present is not None)


def _tickets(reader: Any, order_no: str, now: datetime) -> tuple[TicketLine, ...]:
    rows = queries.tickets_of(reader).filter(order__order_no=order_no)
    found = rows.annotate(guided=queries.GUIDED)[:20]
    sheets = [(ticket, sheet_of(ticket=ticket, now=now)) for ticket in found]
    return tuple(
        TicketLine(
            no=ticket.no,
            reason=ticket.reason,
            title=ticket_titles.line_title(sheet),
            note=_note(ticket, figures.moment(ticket.opened_at, now=now)),
            is_open=not ticket.is_final,
            recalled=ticket.channel == "recall" and ticket.state not in ("withdrawn", "closed"),
            until=ticket.due_at if (ticket.reason, ticket.state) == ("delay", "fulfilling") else None,
            confirming=sheet.state == "confirming" and bool(sheet.remedies),
            paid=any(remedy.state == "settled" for remedy in sheet.refunds),
            paying=any(remedy.state not in _NOT_COMING for remedy in sheet.refunds),
        )
        for ticket, sheet in sheets
    )


def _note(ticket: Any, time: str) -> str:
    if ticket.channel == "recall":  # nobody filed it
        return say("商品召回，{time} 起", time=time)
    return say("{reason}，{time} 提交", reason=_reason(ticket.reason), time=time)


def _reason(reason: str) -> str:
    return say("掉量") if reason == "drop" else spoken(dict(REASONS).get(reason, mark("别的")))
