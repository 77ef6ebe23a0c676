"""The orders of a shop in which every state of a buyer's page is real, each found by its name.

`cases` claims on some of them; `town` puts it all together.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.services import people
from common.clock import rfc3339
from compensation import queries
from compensation.services import drafts, intake, policies
from orders.models import Order
from orders.services.intake import NewOrder
from orders.services.observations import take_observations
from shop_aftersales.demo import DEFAULTS, GOODS
from tests.tickets.case import Outside
from tickets.models import Ticket

NOW = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)  # 13:05 in the shop
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PASSWORD = "cha-2026"
LOCKED_NAME = "xiaozhou"
BASELINE = 23
LONGER = "买家反映一天里来不及试。从 24 小时放宽到 48 小时，没用过的都可以退；用过的部分和以前一样。"
LONG_WORD = "ultra-premium-engagement-package-for-short-videos-2026-edition-x"
LONG_NAME = f"说说点赞 {LONG_WORD} 🎉 超值大礼包（含评论、转发与七天互动保障）"
MUCH = 123_456_789_012
BY_USE = (
    ("licence-key", 3, 6000),
    ("course-photo", 40, 19_920),
    ("cloud-month", 1, 3000),
    ("sword", 5, 3240),
)


@dataclass
class Town:
    """{name: order number}, {name: ticket number}, {name: key} of drafts and their backtests.

    `outside` is the provider behind it.
    """

    outside: Outside
    orders: dict[str, str] = field(default_factory=dict)
    tickets: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, int] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)

    def order_of(self, ticket: str) -> str:
        return Ticket.objects.get(no=self.tickets[ticket]).order.order_no


def open_shop(*, now: datetime) -> None:
    """Goods of every kind, one of them with a very long name, and the people."""
    policies.load_defaults(now=now - 45 * DAY)
    for sku, fields in GOODS.items():
        intake.put_product(sku=sku, fields=DEFAULTS | fields | {"developer": None}, now=now - 45 * DAY)
    long = GOODS["likes"] | {"title": LONG_NAME, "description": f"https://{LONG_WORD}.example/{LONG_WORD}"}
    intake.put_product(sku=LONG_WORD, fields=DEFAULTS | long | {"developer": None}, now=now - 45 * DAY)
    for name, role in (("lin", "buyer"), ("ma", "buyer"), ("qiao", "ops")):
        buyer = people.ensure_buyer(external_id=name, name=name) if role == "buyer" else None
        people.ensure_user(username=name, role=role, password=PASSWORD, is_staff=role == "ops", buyer=buyer)


def publish_more(*, now: datetime) -> None:
    """After all was sold, so that every order keeps its version: one in force, one to come, one retired."""
    _publish("licence-standard", {"cooling_off_seconds": 172_800}, note=LONGER, at=now - 3 * DAY)
    _publish(
        "licence-standard", {"cooling_off_seconds": 259_200, "auto_limit_fen": 30_000},
        note="再放宽一天。", at=now - DAY, effective_at=now + 9 * DAY,
    )  # fmt: skip
    _publish("course-standard", {"trial_units": [1, 5]}, note="体验期可以多听几节。", at=now - 2 * DAY)
    policies.retire(
        code="course-standard", version=2, reason="和商品页上写的不一致。", by="qiao", now=now - DAY
    )


def _publish(
    code: str, new: dict[str, Any], *, note: str, at: datetime, effective_at: datetime | None = None
) -> None:
    version = queries.versions_of(code)[0]
    draft = drafts.begin(version=version, by="qiao", now=at)
    drafts.save(
        draft=draft, data={**draft.data, **new}, title=draft.title, note=note, effective_at=effective_at,
        retroactive=False, by="qiao", now=at,
    )  # fmt: skip
    drafts.propose(draft=draft, by="qiao", now=at)
    drafts.publish(draft=draft, by="an", now=at)


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


def sell_all(town: Town, *, now: datetime) -> None:
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
            f"own-{number}",
            buyer_external_id="lin",
            quantity=100 * (number + 1),
            paid_at=now - (29 - number) * DAY,
        )
