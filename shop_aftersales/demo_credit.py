"""Half a year of sales behind the demo, with the cases that a developer's credit is made of, all of them over.

Paid by hand and long settled, so that nothing of it goes out or is late when the program starts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import User
from compensation.models import Remedy
from compensation.services import by_hand, intake
from developers.rules import credit_rows, months
from developers.services import credit
from orders.models import Order
from orders.services.intake import NewOrder
from shop_aftersales.demo_recalls import SECOND
from tickets.models import Ticket
from tickets.services import claims, contesting, conversation, desk, history

SKU, PRICE = "licence-key", 2000
SALES, EVERY = 64, timedelta(hours=60)  # the newest so many days ago:
NEWEST = timedelta(days=40)
MONTHS = 3  # that have a credit; every case was over before the first of them ended
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def seed(*, now: datetime) -> None:
    intake.take_orders(new=[_order(n, now - NEWEST - n * EVERY) for n in range(SALES)], now=now - NEWEST)
    _broken("CREDIT-30", now - 115 * DAY, contested=False)
    _broken("CREDIT-32", now - 112 * DAY, contested=True)
    for number, hours in ((34, 5), (36, 9), (38, 50)):  # the last one two hours late
        _refused(f"CREDIT-{number}", now - (34 + number) * DAY - 40 * DAY, hours)
    _overturned(_refused("CREDIT-31", now - 108 * DAY, 3, closes=False), now - 107 * DAY)
    name = credit_rows.month_due(now)
    for _ in range(MONTHS):
        for who in ("yun", "bo"):
            credit.make(developer=_user(who), month=name, now=now)
        name = months.before(name)


def _order(number: int, at: datetime) -> NewOrder:
    name = f"CREDIT-{number:02d}"
    return NewOrder(
        order_no=name, sku=SKU, buyer_external_id=f"顾客{number + 100}", buyer_name="顾客", buyer_contact="",
        quantity=1, paid_fen=PRICE, list_fen=PRICE, paid_at=at, gateway="manual", payment_reference=f"PAY-{name}",
    )  # fmt: skip


def _user(name: str) -> User:
    return User.objects.get(username=name)


def _fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("order__product__developer", "decision").get(pk=ticket.pk)


def _filed(order_no: str, text: str, at: datetime) -> Ticket:
    """Answered by a person within its time, as everything here."""
    order = Order.objects.select_related("product", "rollup", "buyer").get(order_no=order_no)
    ticket = claims.open_claim(
        order=order, reason="defect", text=text, quantity=None, channel="web", actor="顾客", now=at
    )
    conversation.say(
        ticket=ticket, text="收到，这就核对。", actor="ops", name="qiao", internal=False, now=at + 5 * MINUTE
    )
    return _fresh(ticket)


def _paid(ticket: Ticket, at: datetime) -> Ticket:
    """By hand, through the shop's own gateway, and confirmed by the buyer."""
    for remedy in Remedy.objects.filter(decision=_fresh(ticket).decision, state="held").select_related(
        "order__product", "decision__policy"
    ):
        by_hand.done_by_hand(
            remedy=remedy, by="qiao", reference=f"H-{remedy.order.order_no}", reason="在后台退了", now=at
        )
    ticket = _fresh(ticket)
    conversation.confirm(ticket=ticket, name="顾客", now=at + HOUR)
    return ticket


def _broken(order_no: str, at: datetime, *, contested: bool) -> None:
    """A code that didn't work, found to be so; the developer says that it was the platform's, and it was not."""
    ticket, qiao = _filed(order_no, "激活码提示已被使用", at), _user("qiao")
    ticket = desk.establish(
        ticket=ticket, by=qiao, facts={"proof": "verified"}, reason="后台查到这个码卖过两次", version=ticket.version,
        now=at + HOUR,
    )  # fmt: skip
    ticket = _paid(ticket, at + 2 * HOUR)
    if contested:
        ruled, yun = _fresh(ticket), _user("yun")
        desk.set_responsibility(
            ticket=ruled, by=qiao, party="developer", reason="码是开发者给的", version=ruled.version, now=at + 4 * HOUR
        )  # fmt: skip
        contesting.contest(ticket=_fresh(ticket), by=yun, text="我们只给过一次。", now=at + 9 * HOUR)
        said = _fresh(ticket)
        contesting.answer(
            ticket=said, by=_user(SECOND), party="developer", reason="发货记录里两次都有这个码",
            version=said.version, now=at + 20 * HOUR,
        )  # fmt: skip


def _refused(order_no: str, at: datetime, hours: int, *, closes: bool = True) -> Ticket:
    """Asked of the developer, answered after so many hours, and refused on their word."""
    ticket, qiao = _filed(order_no, "装上以后打不开", at), _user("qiao")
    desk.request_proof(
        ticket=ticket,
        by=qiao,
        whom="developer",
        text="这个码激活过几次？",
        version=ticket.version,
        now=at + HOUR,
    )
    answered = at + HOUR + hours * HOUR
    conversation.say(
        ticket=_fresh(ticket),
        text="激活过，正在用。",
        actor="developer",
        name="yun",
        internal=False,
        now=answered,
    )
    ticket = _fresh(ticket)
    desk.refuse(ticket=ticket, by=qiao, reason="激活码正在用", version=ticket.version, now=answered + HOUR)
    ticket = _fresh(ticket)
    if closes:
        history.move(ticket=ticket, action="lapse", actor="system", now=answered + 7 * DAY)
    return ticket


def _overturned(ticket: Ticket, at: datetime) -> None:
    """The buyer appeals, shows that it never worked, and is paid."""
    conversation.appeal(ticket=ticket, text="录了屏：从来没有激活成功过。", name="顾客", now=at)
    ticket = _fresh(ticket)
    given = [{"kind": "refund", "amount_fen": PRICE}]
    desk.override(
        ticket=ticket,
        by=_user("qiao"),
        remedies=given,
        reason="录屏属实",
        version=ticket.version,
        now=at + HOUR,
    )
    _paid(ticket, at + 2 * HOUR)
