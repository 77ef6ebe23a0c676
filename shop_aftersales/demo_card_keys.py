"""Card keys in the demo: an order with three of them to look at, and some in stock to replace them from."""

from datetime import datetime, timedelta

from common.phrases import mark
from compensation.services import intake
from orders.queries import find_product
from orders.services import stock
from orders.services.intake import NewOrder

SKU = "licence-key"
ORDER_NO, HINT = "LD20261121-KM", mark("三个卡密，点了才显示")
SECRETS = ("XT26-7KQM-9F3A-1001", "XT26-7KQM-9F3A-1002", "XT26-7KQM-9F3A-1003")
STOCK = tuple(f"XT26-4HWP-2C8D-{n}" for n in range(2001, 2009))


def seed(*, password: str, now: datetime) -> None:
    """Bought two hours ago."""
    rows = [{"secret": secret} for secret in STOCK]
    stock.take_stock(product=find_product(sku=SKU), raw_rows=rows, now=now - timedelta(hours=3))
    new = NewOrder(
        order_no=ORDER_NO, sku=SKU, buyer_external_id="lin", buyer_name="lin", buyer_contact="", quantity=3,
        paid_fen=6000, list_fen=6000, paid_at=now - timedelta(hours=2), gateway="shop", query_password=password,
        payment_reference=f"PAY-{ORDER_NO}", secrets=SECRETS,
    )  # fmt: skip
    intake.take_order(new=new, now=now - timedelta(hours=2))
