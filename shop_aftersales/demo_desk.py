"""What ops find at the demo's desk: words ready to send, a note of the last shift, a refund that waits for a person."""

from datetime import datetime

from shop_aftersales import demo_claims
from tickets.models import QuickReply
from tickets.services import shift

WORDS = (
    ("正在核对", "您好，订单【订单号】正在核对，有了结果马上在这一页告诉您。"),
    ("请补一张截图", "您好，请在售后单【单号】里补一张看得清个数的截图，我们好核实。"),
    ("退款几时到", "退款原路退回，一般 1 到 3 个工作日到账；退款编号写在这一页上。"),
    ("供货商在查", "【商品】这一批正在请供货商查，查清以后照规则补，不会少给您。"),
)
NOTE = "演示：答应了今晚回复的、等供货商的，下班前写在这里，下一班一进来就看到。"

# Paid where no refund can be sent by itself: its money waits for a person, who pays it back there.
HELD = demo_claims.Past("likes", "顾客庚", 1000, 5000, 3, "drop", left=700, gateway="manual")


def seed(*, now: datetime) -> None:
    QuickReply.objects.bulk_create(
        QuickReply(title=title, text=text, position=place) for place, (title, text) in enumerate(WORDS)
    )
    demo_claims.file(order_no="LD2026HELD-01", past=HELD, now=now)
    shift.leave_note(text=NOTE, by="qiao", now=now)
