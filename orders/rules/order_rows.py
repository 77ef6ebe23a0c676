"""The columns of files of orders, counts and usage; an order as a row of one, checked and clean to store."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.phrases import phrase
from orders.rules import rows, usage

COLUMNS = ("order_no", "sku", "buyer_external_id", "quantity", "paid_fen", "paid_at")
OPTIONAL = (
    "buyer_name", "buyer_contact", "list_fen", "target", "baseline", "query_password", "gateway", "payment_reference",
)  # fmt: skip
COUNT_COLUMNS = ("order_no", "observed_at", "count")
COUNT_OPTIONAL = ("comments", "shares", "measurable")
USAGE_COLUMNS = ("order_no", "observed_at")
USAGE_OPTIONAL = (*usage.MEASURES, *usage.BESIDE)


def order_fields(raw: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Fields of a new order; a file without payment columns means gateway `manual`. RowError says what is wrong."""
    number = rows.text(raw, "order_no")
    if not all(letter.isascii() and (letter.isalnum() or letter in "_.-") for letter in number):
        raise rows.RowError("malformed", phrase("order_no 只能有字母、数字、点、横线和下划线。"))
    gateway = rows.text(raw, "gateway", required=False) or "manual"
    if gateway not in ("wallet", "alipay", "wechat_pay", "shop", "manual"):
        raise rows.RowError(
            "malformed", phrase("gateway 只能是 wallet、alipay、wechat_pay、shop 或 manual。")
        )
    paid_fen = rows.whole(raw, "paid_fen")
    list_fen = rows.whole(raw, "list_fen", required=False)
    return {
        "order_no": number,
        "sku": rows.text(raw, "sku"),
        "buyer_external_id": rows.text(raw, "buyer_external_id", longest=128),
        "buyer_name": rows.text(raw, "buyer_name", longest=128, required=False),
        "buyer_contact": rows.text(raw, "buyer_contact", longest=254, required=False),
        "quantity": rows.whole(raw, "quantity", low=1),
        "paid_fen": paid_fen,
        "list_fen": paid_fen if list_fen is None else list_fen,
        "paid_at": rows.instant(raw, "paid_at", now=now),
        "target": rows.text(raw, "target", longest=500, required=False),
        "baseline": rows.whole(raw, "baseline", required=False) or 0,
        "query_password": rows.text(raw, "query_password", longest=128, required=False),
        "gateway": gateway,
        "payment_reference": rows.text(raw, "payment_reference", longest=200, required=False),
    }
