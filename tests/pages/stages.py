"""A throw-away shop in which every state of a buyer's page is real: sold, counted, claimed, carried out, refused.

`build` needs an empty database and a provider on loopback (`tests.tickets.case.Outside`), and makes the same shop every
time; what it made is found by name in `Town`.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.test import Client

from accounts.rules import TRIES_PER_ORDER
from accounts.services import guest_access, people
from common import ids
from common.clock import rfc3339
from compensation.services import intake, policies
from evidence.services import sealing
from orders.models import Order
from orders.services.intake import NewOrder
from orders.services.observations import take_observations
from shop_aftersales.demo import DEFAULTS, GOODS
from tests.integrations.provider_stub import sweep_for
from tests.tickets.case import Outside
from tickets.models import Ticket
from tickets.services import claims, conversation, waiting

NOW = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)  # 13:05 in the shop
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PASSWORD = "cha-2026"
LOCKED_NAME = "xiaozhou"
BASELINE = 23
LONG_WORD = "ultra-premium-engagement-package-for-short-videos-2026-edition-x"
LONG_NAME = f"说说点赞 {LONG_WORD} 🎉 超值大礼包（含评论、转发与七天互动保障）"
MUCH = 123_456_789_012
BY_USE = (
    ("licence-key", 3, 6000),
    ("course-photo", 40, 19_920),
    ("cloud-month", 1, 3000),
    ("sword", 5, 3240),
)
RUNNING = {"state": "in_progress"}


@dataclass
class Town:
    """{name: order number} and {name: ticket number}; `outside` is the provider behind it."""

    outside: Outside
    orders: dict[str, str] = field(default_factory=dict)
    tickets: dict[str, str] = field(default_factory=dict)

    def order_of(self, ticket: str) -> str:
        return Ticket.objects.get(no=self.tickets[ticket]).order.order_no


def build(town: Town, *, now: datetime = NOW) -> Town:
    """Everything there is to see."""
    ids.secrets = random.Random(7)  # type: ignore[assignment]  the same numbers every time
    policies.load_defaults(now=now - 45 * DAY)
    for sku, fields in GOODS.items():
        intake.put_product(sku=sku, fields=DEFAULTS | fields | {"developer": None}, now=now - 45 * DAY)
    long = GOODS["likes"] | {"title": LONG_NAME, "description": f"https://{LONG_WORD}.example/{LONG_WORD}"}
    intake.put_product(sku=LONG_WORD, fields=DEFAULTS | long | {"developer": None}, now=now - 45 * DAY)
    for name, role in (("lin", "buyer"), ("ma", "buyer"), ("qiao", "ops")):
        buyer = people.ensure_buyer(external_id=name, name=name) if role == "buyer" else None
        people.ensure_user(username=name, role=role, password=PASSWORD, is_staff=role == "ops", buyer=buyer)
    _orders(town, now)
    _tickets(town, now)
    _lock(town, now)
    sealing.seal_due(now=now - HOUR)
    return town


def _lock(town: Town, now: datetime) -> None:
    """One order and one name whose tries are used up."""
    sell(town, "locked", now=now)
    for _ in range(TRIES_PER_ORDER):
        with suppress(guest_access.WrongQueryPassword):
            guest_access.enter(order_no=town.orders["locked"], password="wrong", address="127.0.0.1", now=now)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        Client().post("/login/", {"username": LOCKED_NAME, "password": "wrong"})


def sell(town: Town, name: str, *counts: tuple[float, int | None], now: datetime, **changes: Any) -> Order:
    """An order under its name; `counts` are (hours ago, how many were there), None where nothing could be counted."""
    number = f"LD202611{20 - len(town.orders) // 40:02d}21330{8841 + 7 * len(town.orders):04d}"
    oldest = max((hours for hours, _ in counts), default=2)
    usual: dict[str, Any] = {
        "sku": "likes", "buyer_external_id": f"b-{name}", "buyer_name": "马", "buyer_contact": "", "quantity": 1000,
        "paid_fen": 5000, "paid_at": now - (oldest + 21) * HOUR, "baseline": BASELINE, "gateway": "shop",
        "target": f"https://example.com/shuoshuo/{name}",
    }  # fmt: skip
    given = usual | changes
    given |= {"order_no": number, "list_fen": given["paid_fen"], "query_password": PASSWORD}
    town.orders[name] = number
    order, _ = intake.take_order(new=NewOrder(payment_reference=f"PAY-{number}", **given), now=now)
    rows = [_count(number, now - hours * HOUR, present) for hours, present in counts]
    assert take_observations(raw_rows=rows, now=now).accepted == len(rows)
    return order


def _count(number: str, at: datetime, present: int | None) -> dict[str, Any]:
    count = None if present is None else present + BASELINE
    return {"order_no": number, "observed_at": rfc3339(at), "count": count, "measurable": count is not None}


def fell(left: int, *, full: int = 1000, since: int = 18) -> list[tuple[float, int | None]]:
    """Hourly counts from complete to so many; most of it falls in the small hours, as real counters do."""
    shares = [min(hour, since * 2 // 3) * 6 + max(0, hour - since * 2 // 3) * 4 for hour in range(since + 1)]
    return [(since - hour, full - (full - left) * share // shares[-1]) for hour, share in enumerate(shares)]


def _orders(town: Town, now: datetime) -> None:
    def make(name: str, *counts: tuple[float, int | None], **changes: Any) -> Order:
        return sell(town, name, *counts, now=now, **changes)

    make("uncounted")
    make("delivering", (9, 0), (7, 180), (5, 420), (3, 560), (1, 620))
    for share in (6, 15, 25, 30):
        make(f"fell-{share}", *fell(1000 - share * 10))
    make("kept", *fell(1003))
    make("unmeasurable", *fell(850)[:-3], (1, None))
    make("slow", *((24.0 * days, 1000 - 8 * (6 - days)) for days in range(6, 0, -1)))
    make("outside", *((24.0 * days, 1000 - (40 - days)) for days in range(40, 0, -4)))
    make("short", (30, 800), (6, 800), paid_at=now - 96 * HOUR, sku="likes")
    make("one", (5, 1), (1, 0), quantity=1, paid_fen=1)
    make("much", *fell(MUCH - 9_876_543_210, full=MUCH), quantity=MUCH, paid_fen=10**9)
    make("million", *fell(850_000, full=1_000_000), quantity=1_000_000, paid_fen=5_000_000)
    make("free", *fell(700), paid_fen=0)
    make("long-name", *fell(899), sku=LONG_WORD)
    make("wallet", *fell(700), gateway="wallet")
    for sku, quantity, fen in BY_USE:
        make(sku, sku=sku, quantity=quantity, paid_fen=fen, paid_at=now - 30 * HOUR, baseline=0)
    make("licence-late", sku="licence-key", quantity=1, paid_fen=2000, paid_at=now - 60 * DAY, baseline=0)
    for number in range(30):
        make(
            f"own-{number}", buyer_external_id="lin", quantity=100 * (number + 1), paid_at=now - number * DAY
        )


def file(
    town: Town, name: str, order: Order, *, at: datetime, reason: str = "drop", text: str = ""
) -> Ticket:
    ticket = claims.open_claim(
        order=order, reason=reason, text=text, quantity=None, channel="web", actor="ma", now=at
    )
    town.tickets[name] = ticket.no
    return ticket


def _tickets(town: Town, now: datetime) -> None:
    began = now - 20 * timedelta(minutes=1)

    def claim(name: str, left: int, *, seconds: float = 60, **changes: Any) -> Ticket:
        given = {"counts": fell(left)} | changes
        order = sell(town, f"ticket-{name}", *given.pop("counts"), now=began, **given)
        ticket = file(town, name, order, at=began)
        if seconds:
            sweep_for(seconds, start=began)
        ticket.refresh_from_db()
        return ticket

    claim("confirming", 850)
    claim("refunded", 700)
    much = fell(MUCH - 9_876_543_210, full=MUCH)
    claim("much", 0, counts=much, quantity=MUCH, paid_fen=10**9)
    claim("long-name", 899, sku=LONG_WORD)
    for name, left in (("resolved", 850), ("closed-line", 700)):
        ticket = claim(name, left)
        conversation.confirm(ticket=ticket, name="ma", now=now - timedelta(minutes=5))
    town.orders["closed"] = town.order_of("closed-line")
    claim("unmeasurable", 0, seconds=0, counts=[*fell(850)[:-3], (1, None)])
    claim("nothing", 1003, seconds=0)
    _without_counts(town, began)
    _unfinished(town, claim, now)


def _unfinished(town: Town, claim: Callable[..., Ticket], now: datetime) -> None:
    """Last, so that nobody asks after them again and again."""
    outside = town.outside
    claim("by-hand", 700, gateway="wallet")
    outside.supplies = [RUNNING | {"delivered": 0}]
    taken_back = claim("withdrawn", 850, seconds=5)
    conversation.withdraw(ticket=taken_back, name="ma", now=now - timedelta(minutes=9))
    sweep_for(60, start=now - timedelta(minutes=9))
    outside.supplies = [RUNNING | {"delivered": 5000}]  # more than was asked for
    claim("held", 850)
    outside.supplies = [RUNNING | {"delivered": 333}]
    claim("refunding", 700)
    outside.supplies = [RUNNING | {"delivered": 112}]
    claim("partial", 850)
    claim("pending", 850, seconds=0)
    waiting.run_due(now=now)


def _without_counts(town: Town, began: datetime) -> None:
    """Cases that need no counter: answered, refused, disputed, talked about."""
    for name in ("refused", "appealed"):
        order = sell(
            town, f"ticket-{name}", now=began, sku="licence-key", quantity=1, paid_fen=2000,
            paid_at=began - 60 * DAY, baseline=0,
        )  # fmt: skip
        file(town, name, order, at=began, reason="refund", text="不想要了")
    appealed = Ticket.objects.get(no=town.tickets["appealed"])
    why = "商品页上写的是永久有效，可是第三天就打不开了。"
    conversation.appeal(ticket=appealed, text=why, name="ma", now=began + HOUR / 6)
    order = sell(town, "ticket-guide", now=began, sku="licence-key", quantity=1, paid_fen=2000, baseline=0)
    file(town, "guide", order, at=began, reason="question", text="激活码填在哪里？")
    talk = sell(town, "ticket-talk", *fell(850)[:-3], (1, None), now=began)
    file(town, "talk", talk, at=began, text=f"说说被隐藏了两个小时\nhttps://{LONG_WORD}.example/")
    ticket = Ticket.objects.get(no=town.tickets["talk"])
    for minute in range(15):
        words = {
            "text": f"第 {minute + 1} 次说明：{LONG_WORD if minute == 3 else '还是看不到个数，请再看看。'}"
        }
        who = {"actor": "ops", "name": "qiao"} if minute % 3 == 2 else {"actor": "buyer", "name": "ma"}
        conversation.say(ticket=ticket, internal=False, now=began + minute * HOUR / 60, **words, **who)
