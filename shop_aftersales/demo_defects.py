"""Defects in the demo: one of the codes has its fix announced; that of the likes waits for an answer."""

from datetime import datetime, timedelta

from accounts.models import User
from common.clock import rfc3339, shanghai
from compensation.services import intake
from developers.models import Defect
from developers.services.defects import answering, judging, placing
from developers.services.defects.answering import Fix
from developers.services.figures import counting
from orders.models import Order
from orders.services.deliveries import take_deliveries
from orders.services.intake import NewOrder
from shop_aftersales.demo_recalls import SECOND
from tickets.models import Ticket
from tickets.services import claims, desk_deciding

SKU, VERSION, FIXED_IN = "licence-key", "26.1", "26.2"
# buyer, hours ago, what they wrote
SAID = (
    ("顾客子", 9, "导出照片时软件闪退"),
    ("顾客丑", 6, "一导出就闪退，照片没了"),
    ("顾客寅", 3, "导出照片就闪退，重装也没用"),
)
FOUND = "26.1 版导出超过 50 张照片时内存不够，软件会退出。照片都还在，没有丢。"
ADVICE = "打开软件，点「帮助 → 检查更新」升到 26.2 版；钱已按规则退回，激活码不用还。"


def seed(*, now: datetime) -> None:
    """Claimed, found to be so, and answered; through the same services as everybody's."""
    for number, (buyer, hours, text) in enumerate(SAID, start=1):
        _claim(f"LD2026CODE-{number:02d}", buyer, text, now - timedelta(hours=hours))
    ids = list(Order.objects.filter(product__developer__username="yun").values_list("pk", flat=True))
    counting.changed(order_ids=ids)
    placing.changed(order_ids=ids, now=now)
    judging.run_due(now=now)
    defect = Defect.objects.select_related("product").get(product__sku=SKU, goods_version=VERSION)
    fix = Fix(FIXED_IN, shanghai(now).date(), ADVICE)
    yun = User.objects.get(username="yun")
    answering.answer(defect=defect, by=yun, text=FOUND, fix=fix, version=None, now=now)


def _claim(order_no: str, buyer: str, text: str, at: datetime) -> None:
    """Bought and delivered two hours before; looked at within five minutes."""
    paid_at = at - timedelta(hours=2)
    new = NewOrder(
        order_no=order_no, sku=SKU, buyer_external_id=buyer, buyer_name=buyer, buyer_contact="", quantity=1,
        paid_fen=2000, list_fen=2000, paid_at=paid_at, gateway="shop", payment_reference=f"PAY-{order_no}",
        secrets=(f"XT26-C1-{order_no[-2:]}",),
    )  # fmt: skip
    intake.take_order(new=new, now=paid_at)
    told = {"account_id": f"{order_no}-1", "delivered_at": rfc3339(paid_at), "version": VERSION}
    row = {
        "order_no": order_no,
        "delivered_at": rfc3339(paid_at),
        "quantity": 1,
        "final": True,
        "units": [told],
    }
    take_deliveries(raw_rows=[row], now=paid_at)
    order = Order.objects.select_related("product", "rollup", "buyer").get(order_no=order_no)
    claims.open_claim(
        order=order, reason="defect", text=text, quantity=None, channel="web", actor=buyer, now=at
    )
    case = Ticket.objects.select_related("order__product", "decision").get(order=order)
    desk_deciding.establish(
        ticket=case, by=User.objects.get(username=SECOND), facts={"proof": "verified", "fault": "developer"},
        reason="照着做了一遍，导出 60 张就退出。", version=case.version, now=at + timedelta(minutes=5),
    )  # fmt: skip
