"""The claims on the staged orders, each brought to another state by the services and by what its provider answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image

from accounts.models import User
from common.clock import rfc3339
from compensation.services import units
from orders.models import Order
from orders.services.deliveries import take_deliveries
from tests.integrations.provider_stub import sweep_for
from tests.pages import stages
from tests.tickets.case import Outside
from tests.tickets.files import hand_in
from tickets.models import Ticket
from tickets.services import attachments, claims, conversation, desk, nudging, rating, waiting

if TYPE_CHECKING:
    from tests.pages.stages import Town

RUNNING = {"state": "in_progress"}
MINUTE = timedelta(minutes=1)
UNITS = re.compile(r"/([0-9a-f-]{36})/units\?after=(\d+)$")


class Supplier(Outside):
    """As that one, and it names the accounts of small orders."""

    def carry_out(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        asked = UNITS.search(path)
        if asked is None:
            return super().carry_out(method, path, body)
        job, after = self.jobs[asked[1]], int(asked[2])
        if job["asked"]["quantity"] > 1000:
            return 404, {}
        said_at = stages.NOW - 13 * MINUTE
        return 200, [
            {"account_id": str(31_000_000_072 + n * 7_919), "interactions": n % 4,
             "delivered_at": rfc3339(said_at + n * timedelta(seconds=3))}
            for n in range(after, min(job["delivered"], after + 500))
        ]  # fmt: skip


def claim_all(town: Town, *, now: datetime) -> None:
    began = now - 20 * MINUTE

    def claim(name: str, left: int, *, seconds: float = 60, **changes: Any) -> Ticket:
        given = {"counts": stages.fell(left)} | changes
        order = stages.sell(town, f"ticket-{name}", *given.pop("counts"), now=began, **given)
        ticket = file(town, name, order, at=began)
        if seconds:
            sweep_for(seconds, start=began)
        ticket.refresh_from_db()
        return ticket

    _finished(town, claim, now)
    _talked_about(town, claim, began)
    _without_counts(town, began)
    _unfinished(town, claim, now)
    for _ in range(2):
        units.run_due(now=now)
    waiting.run_due(now=now)


def file(
    town: Town, name: str, order: Order, *, at: datetime, reason: str = "drop", text: str = ""
) -> Ticket:
    ticket = claims.open_claim(
        order=order, reason=reason, text=text, quantity=None, channel="web", actor="ma", now=at
    )
    town.tickets[name] = ticket.no
    return ticket


def _finished(town: Town, claim: Callable[..., Ticket], now: datetime) -> None:
    claim("confirming", 850)
    claim("refunded", 700)
    left = stages.MUCH - 9_876_543_210
    claim("much", 0, counts=stages.fell(left, full=stages.MUCH), quantity=stages.MUCH, paid_fen=10**9)
    claim("long-name", 899, sku=stages.LONG_WORD)
    for name, left in (("resolved", 850), ("rated", 850), ("closed-line", 700)):
        ticket = claim(name, left)
        conversation.confirm(ticket=ticket, name="ma", now=now - 5 * MINUTE)
        if name == "rated":
            rating.rate(
                ticket=ticket, stars=4, text="补得很快，就是夜里掉的时候没人说一声。", name="ma", now=now
            )
    town.orders["closed"] = town.order_of("closed-line")
    claim("nothing", 1003, seconds=0)


def _talked_about(town: Town, claim: Callable[..., Ticket], began: datetime) -> None:
    """Nobody can count them, so a person looks."""
    hidden = [*stages.fell(850)[:-3], (1, None)]
    qiao = User.objects.get(username="qiao")
    for name in ("unmeasurable", "nudged", "waiting-buyer", "proofs", "talk"):
        claim(name, 0, seconds=0, counts=hidden)
    nudging.nudge(ticket=_ticket(town, "nudged"), name="ma", now=began + 15 * MINUTE)
    asked, what = _ticket(town, "waiting-buyer"), "请传一张能看到个数和时间的截图。"
    desk.request_proof(
        ticket=asked, by=qiao, whom="buyer", text=what, version=asked.version, now=began + MINUTE
    )
    shown = [attachments.Given(name=f"截图 {stages.LONG_WORD}.png", raw=_picture())]
    hand_in(_ticket(town, "proofs"), shown, text="右上角是个数", name="ma", now=began + 2 * MINUTE)
    for minute in range(15):
        text = f"第 {minute + 1} 次说明：{stages.LONG_WORD if minute == 3 else '还是看不到个数，请再看看。'}"
        actor, name = ("ops", "qiao") if minute % 3 == 2 else ("buyer", "ma")
        conversation.say(
            ticket=_ticket(town, "talk"), text=text, actor=actor, name=name, internal=False,
            now=began + minute * MINUTE,
        )  # fmt: skip


def _ticket(town: Town, name: str) -> Ticket:
    return Ticket.objects.get(no=town.tickets[name])


def _picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (36, 80), "#fffdf8").save(made, "PNG")
    return made.getvalue()


def _without_counts(town: Town, began: datetime) -> None:
    """Cases that need no counter: answered, refused, disputed."""
    usual: dict[str, Any] = {"sku": "licence-key", "quantity": 1, "paid_fen": 2000, "baseline": 0}
    for name in ("refused", "appealed"):
        paid = began - 60 * stages.DAY
        order = stages.sell(town, f"ticket-{name}", now=began, paid_at=paid, **usual)
        came = {"order_no": order.order_no, "delivered_at": rfc3339(paid + MINUTE), "quantity": 1}
        take_deliveries(raw_rows=[came], now=began)
        file(town, name, order, at=began, reason="refund", text="不想要了")
    why = "商品页上写的是永久有效，可是第三天就打不开了。"
    conversation.appeal(ticket=_ticket(town, "appealed"), text=why, name="ma", now=began + 10 * MINUTE)
    order = stages.sell(town, "ticket-guide", now=began, **usual)
    file(town, "guide", order, at=began, reason="question", text="激活码填在哪里？")


def _unfinished(town: Town, claim: Callable[..., Ticket], now: datetime) -> None:
    """Last, so that nobody asks after them again and again."""
    outside = town.outside
    claim("by-hand", 700, gateway="wallet")
    outside.supplies = [RUNNING | {"delivered": 0}]
    taken_back = claim("withdrawn", 850, seconds=5)
    conversation.withdraw(ticket=taken_back, name="ma", now=now - 9 * MINUTE)
    sweep_for(60, start=now - 9 * MINUTE)
    outside.supplies = [RUNNING | {"delivered": 5000}]  # more than was asked for
    claim("held", 850)
    outside.supplies = [RUNNING | {"delivered": 333}]
    claim("refunding", 700)
    outside.supplies = [RUNNING | {"delivered": 112}]
    claim("partial", 850)
    claim("pending", 850, seconds=0)
