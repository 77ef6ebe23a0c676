"""Demo data: a small cast, goods of every kind, and orders that fell by 6, 15, 30 and 0 percent."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services import people, tokens
from common.clock import rfc3339
from common.language import spoken
from common.phrases import mark
from compensation.services import intake, policies
from orders.models import Order
from orders.services.deliveries import take_deliveries
from orders.services.intake import NewOrder
from orders.services.observations import take_observations
from shop_aftersales import (
    demo_card_keys,
    demo_claims,
    demo_contest,
    demo_credit,
    demo_defects,
    demo_desk,
    demo_fund,
    demo_goods,
    demo_health,
    demo_months,
    demo_recalls,
    demo_tutorials,
)

PASSWORD = "demo-pass-2026"
QUERY_PASSWORD = "cha-2026"
CAST = (
    ("lin", "buyer"), ("ma", "buyer"), ("qiao", "ops"), ("an", "ops"), ("shen", "panel"), ("he", "panel"),
    ("lu", "panel"), ("yun", "developer"), ("bo", "developer"), ("shop", "shop"),
)  # fmt: skip
LIKES = {
    "title": "说说点赞", "kind": "metered", "policy": "metered-standard", "developer": "yun", "unit_price_fen": 5,
    "description": "真实用户点赞，付款后 72 小时内送完。", "delivery_seconds": 259200, "warranty_days": 30,
}  # fmt: skip
GOODS: dict[str, dict[str, Any]] = {
    "likes": LIKES,
    "metered-comments": LIKES | {"title": "评论数", "developer": "bo", "description": "按公开计数的评论。"},
    "licence-key": {
        "title": "修图软件激活码", "kind": "licence", "policy": "licence-standard", "developer": "yun",
        "unit_price_fen": 2000, "description": "一码一机，永久有效。",
    },
    "course-photo": {
        "title": "手机摄影 40 讲", "kind": "course", "policy": "course-standard", "developer": "bo",
        "unit_price_fen": 498, "description": "40 讲视频课，可反复看。",
    },
    "cloud-month": {
        "title": "云盘会员 30 天", "kind": "subscription", "policy": "subscription-standard", "developer": "yun",
        "unit_price_fen": 3000, "description": "30 天会员。", "duration_seconds": 2592000,
    },
    "sword": {
        "title": "青锋剑", "kind": "game_item", "policy": "game-item-standard", "developer": "bo",
        "unit_price_fen": 648, "description": "游戏道具，到账即可用。",
    },
}  # fmt: skip
DEFAULTS = {"specification": {}, "tutorial": "", "warranty_days": 30, "delivery_seconds": 259200,
            "duration_seconds": None, "revocable": True}  # fmt: skip
# Rules and goods were there before the oldest order of `demo_credit`.
OPENED = timedelta(days=210)
# order number, buyer, units left of 1000, what a visitor can try with it
ORDERS = (
    ("LD20261120-06", "lin", 940, mark("掉了 6%")),
    ("LD20261120-15", "lin", 850, mark("掉了 15%")),
    ("LD20261120-30", "lin", 700, mark("掉了 30%")),
    ("LD20261120-00", "lin", 1003, mark("一个没掉")),
    ("LD20261121-15", "ma", 850, mark("别人的订单")),
)
LAST_COUNT = 18  # hours after completion
# Nobody has counted it for hours: whoever claims has the shop's probe asked, which says that 740 are left.
COUNTED_NOW = (
    "LD20261120-XS",
    "https://example.com/shuoshuo/LD20261120-XS#count=763",
    mark("申请时现数，又掉了"),
)


@transaction.atomic
def seed(*, now: datetime, watched: Callable[[Sequence[Any]], Iterable[Any]] = iter) -> bool:
    """Fill an empty database; False where orders are there already. `watched` sees each step."""
    if Order.objects.exists():
        policies.load_defaults(now=now)
        return False
    policies.load_defaults(now=now - OPENED)
    for username, role in watched(CAST):
        buyer = (
            people.ensure_buyer(external_id=username, name=username, contact="") if role == "buyer" else None
        )
        people.ensure_user(
            username=username, role=role, password=PASSWORD, is_demo=True, is_staff=role == "ops", buyer=buyer
        )
    for sku, fields in GOODS.items():
        intake.put_product(sku=sku, fields=DEFAULTS | fields, now=now - OPENED)
    demo_months.seed(buyer="ma", password=QUERY_PASSWORD, now=now, watched=watched)
    demo_tutorials.seed(by="qiao", now=now - OPENED)
    for order_no, buyer_name, left, _ in watched(ORDERS):
        fallen_order(order_no=order_no, buyer=buyer_name, left=left, now=now)
    fallen_order(
        order_no=COUNTED_NOW[0], buyer="lin", left=850, now=now, target=COUNTED_NOW[1], last=LAST_COUNT - 3
    )
    demo_goods.seed(buyer="lin", password=QUERY_PASSWORD, now=now, watched=watched)
    demo_card_keys.seed(password=QUERY_PASSWORD, now=now)
    demo_claims.seed(now=now, watched=watched)
    demo_recalls.seed(now=now)
    demo_contest.seed(now=now)
    demo_desk.seed(now=now)
    demo_defects.seed(now=now)
    demo_health.seed(now=now)
    demo_recalls.seed_of_supplier(now=now)
    demo_credit.seed(now=now)
    demo_fund.seed(now=now)
    return True


def fallen_order(
    *, order_no: str, buyer: str, left: int, now: datetime, target: str = "", last: int = LAST_COUNT
) -> None:
    """1000 likes, completed 18 hours ago over a baseline of 23, and counted every hour since, or up to the last."""
    full_at = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=18)
    new = NewOrder(
        order_no=order_no, sku="likes", buyer_external_id=buyer, buyer_name=buyer, buyer_contact="", quantity=1000,
        paid_fen=5000, list_fen=5000, paid_at=full_at - timedelta(hours=21), target=target or f"https://example.com/shuoshuo/{order_no}",
        baseline=23, query_password=QUERY_PASSWORD, gateway="shop", payment_reference=f"PAY-{order_no}",
    )  # fmt: skip
    intake.take_order(new=new, now=now)
    parcel = {"order_no": order_no, "delivered_at": rfc3339(full_at), "quantity": 1000, "supplier": "nan"}
    take_deliveries(raw_rows=[parcel], now=now)
    rows = [
        {
            "order_no": order_no,
            "observed_at": rfc3339(full_at - timedelta(hours=21)),
            "count": 23,
            "measurable": True,
        }
    ]
    for hour in range(last + 1):
        count = 1023 - (1000 - left) * _fallen_by(hour) // _fallen_by(last)
        rows.append({
            "order_no": order_no, "observed_at": rfc3339(full_at + timedelta(hours=hour)), "count": count,
            "comments": 20 + hour, "shares": 9, "measurable": True,
        })  # fmt: skip
    take_observations(raw_rows=rows, now=now)


def _fallen_by(hour: int) -> int:
    """Most of it falls in the small hours, as real counters do."""
    return min(hour, 12) * 6 + max(0, hour - 12) * 4


def tokens_of_cast(*, now: datetime) -> dict[str, str]:
    """{username: bearer token} of the whole cast."""
    issued = {}
    for user in User.objects.filter(username__in=[name for name, _ in CAST], is_demo=True):
        issued[user.username] = tokens.issue_for(user=user, now=now)[0]
    return issued


def to_try() -> list[dict[str, str]]:
    """Demo orders as the look-up page lists them on this machine."""
    if not settings.DEMO:
        return []
    fallen = [(order_no, hint) for order_no, _, _, hint in ORDERS]
    of_use = [(line.order_no, line.hint) for line in demo_goods.ORDERS]
    return [
        {"order_no": order_no, "query_password": QUERY_PASSWORD, "hint": spoken(hint)}
        for order_no, hint in (
            *fallen,
            (COUNTED_NOW[0], COUNTED_NOW[2]),
            *of_use,
            (demo_card_keys.ORDER_NO, demo_card_keys.HINT),
        )
    ]
