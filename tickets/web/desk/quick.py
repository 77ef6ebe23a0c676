"""Words ready to send: what stands in brackets becomes the ticket's own."""

from tickets.models import Ticket


def filled(text: str, ticket: Ticket) -> str:
    known = {
        "【单号】": ticket.no,
        "【订单号】": ticket.order.order_no,
        "【商品】": ticket.order.product.title,
    }
    for name, value in known.items():
        text = text.replace(name, value)
    return text
