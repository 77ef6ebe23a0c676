"""The funds in the demo: money in both, a claim that was paid, one that ops look at, and a case to claim for."""

from datetime import datetime, timedelta

from accounts.models import User
from common.clock import rfc3339
from compensation.models import Remedy
from compensation.services import by_hand
from developers.services.fund import deciding, filing, moving
from ledger.services import fund_days
from orders.services.usage import take_usage
from shop_aftersales import demo_claims
from shop_aftersales.demo_recalls import SECOND
from tickets.models import Ticket
from tickets.services import desk

# Paid back by a person, since no refund can be sent from there by itself.
PAST = tuple(
    demo_claims.Past("cloud-month", buyer, 1, 3000, minutes, "refund", "会员打不开", gateway="manual")
    for buyer, minutes in (("顾客癸", 5 * 24 * 60), ("顾客子", 4 * 24 * 60), ("顾客丑", 3 * 24 * 60))
)
MONEY = (
    ("guarantee", "", 50_000, "十一月拨入，回单 GF-1101"), ("disputes", "", 30_000, "十一月拨入，回单 DF-1101"),
    ("share", "yun", 80_000, "十月分成，结算单 S-10"),
)  # fmt: skip
WHY = "那天晚上平台停服四个多小时，会员打不开，货本身没有问题。"


def seed(*, now: datetime) -> None:
    qiao, second, yun = (User.objects.get(username=name) for name in ("qiao", SECOND, "yun"))
    for sort, developer, fen, why in MONEY:
        row = moving.ask(
            sort=sort, developer=developer, fen=fen, why=why, by=qiao, now=now - timedelta(days=6)
        )
        moving.agree(move=row, by=second, now=now - timedelta(days=6))
    cases = [_borne(n, past, second, now) for n, past in enumerate(PAST, start=1)]
    claims = [
        filing.file(by=yun, cause="outage", nos=[case.no], text=WHY, now=now - timedelta(hours=ago))
        for case, ago in zip(cases, (40, 20), strict=False)
    ]
    deciding.approve(
        claim=claims[0], by=qiao, reason="停服记录对得上，由平台赔。", now=now - timedelta(hours=30)
    )
    deciding.take(claim=claims[1], by=qiao, now=now - timedelta(hours=2))
    fund_days.run(now=now, lag=timedelta(0))


def _borne(number: int, past: demo_claims.Past, second: User, now: datetime) -> Ticket:
    """A refund while the platform was down, paid by hand, put on the developer."""
    order_no, at = f"LD2026FUND-{number:02d}", now - timedelta(minutes=past.minutes_ago)
    demo_claims.file(order_no=order_no, past=past, now=now)
    report = {"order_no": order_no, "observed_at": rfc3339(at), "outage_seconds": 16_200}
    take_usage(raw_rows=[report], now=at)
    remedy = Remedy.objects.get(order__order_no=order_no, kind="refund")
    paid_at = at + timedelta(hours=1)
    by_hand.done_by_hand(
        remedy=remedy, by=second.username, reference=f"BANK-{number}", reason="按决定退了", now=paid_at
    )
    ticket = Ticket.objects.select_related("order__product", "decision").get(order__order_no=order_no)
    desk.set_responsibility(
        ticket=ticket,
        by=second,
        party="developer",
        reason="先定给开发者",
        version=ticket.version,
        now=paid_at,
    )
    return ticket
