"""What was sold is a word to be shown once: the pages of card keys in each state, and claims about them."""

from datetime import timedelta

from playwright.sync_api import Page

from accounts.models import User
from common import clock
from orders.models import Order, Product
from orders.services import stock
from tests.pages.stages import Town, sell
from tests.pages.stops import Stop, fill
from tickets.models import Ticket
from tickets.services import claims, desk

SPARE = tuple(f"XT26-4HWP-2C8D-{n}" for n in range(2001, 2009))
LONG = f"账号：{'a' * 120}\n密码：{'W' * 160}"
MANY = 30


def card_key_stops(town: Town) -> list[Stop]:
    _sell(town)
    return [
        _order(town, "keys", "三个卡密", main=True),
        _order(town, "keys-many", "三十个卡密"),
        _order(town, "keys", "卡密用不了", "?ask=defect&unit=2", as_="keys-faulty", main=True),
        _order(town, "keys", "卡密用不了，没写", "?ask=defect", as_="keys-faulty-error",
               do=fill("#other form", reason="defect")),
        _keys(town, "keys", "还没有看过"),
        _keys(town, "keys-shown", "显示了一份", do=_show, main=True),
        _keys(town, "keys-long", "账号和密码都很长", do=_show),
        _keys(town, "keys-many", "三十个"),
        _keys(town, "ticket-keys-replaced", "换了新的"),
        Stop("ticket-keys-asked", "售后单：卡密等核对", f"/tickets/{town.tickets['keys-asked']}/", "ticket-keys-asked"),
        Stop("ticket-keys-replaced", "售后单：卡密换好了", f"/tickets/{town.tickets['keys-replaced']}/",
             "ticket-keys-replaced"),
    ]  # fmt: skip


def _sell(town: Town) -> None:
    now = clock.now()
    rows = [{"secret": secret} for secret in SPARE]
    stock.take_stock(product=Product.objects.get(sku="licence-key"), raw_rows=rows, now=now)
    for name, secrets in (
        ("keys", _codes(1000, 3)), ("keys-shown", _codes(1100, 3)), ("keys-long", (LONG,)),
        ("keys-many", _codes(1200, MANY)), ("ticket-keys-asked", _codes(1300, 3)),
        ("ticket-keys-replaced", _codes(1400, 3)),
    ):  # fmt: skip
        sell(
            town, name, now=now, sku="licence-key", quantity=len(secrets), paid_fen=2000 * len(secrets),
            paid_at=now - timedelta(hours=2), baseline=0, secrets=secrets,
        )  # fmt: skip
    _claim(town, "keys-asked")
    ticket = _claim(town, "keys-replaced")
    desk.establish(
        ticket=ticket, by=User.objects.get(username="qiao"), version=ticket.version, reason="激活日志里没有这一份",
        facts={"proof": "verified", "fault": "supplier"}, now=now,
    )  # fmt: skip


def _codes(first: int, count: int) -> tuple[str, ...]:
    return tuple(f"XT26-7KQM-9F3A-{n}" for n in range(first, first + count))


def _claim(town: Town, name: str) -> Ticket:
    order = Order.objects.get(order_no=town.orders[f"ticket-{name}"])
    ticket = claims.open_claim(
        order=order, reason="defect", text="提示激活码无效", quantity=None, channel="web", actor="ma",
        wants="replacement", units=[2], now=clock.now(),
    )  # fmt: skip
    town.tickets[name] = ticket.no
    return Ticket.objects.select_related("order__product", "decision").get(pk=ticket.pk)


def _order(town: Town, name: str, caption: str, query: str = "", *, as_: str = "", **more: object) -> Stop:
    path = f"/orders/{town.orders[name]}/{query}"
    return Stop(f"order-{as_ or name}", f"订单：{caption}", path, order=name, **more)  # type: ignore[arg-type]


def _keys(town: Town, name: str, caption: str, **more: object) -> Stop:
    path = f"/orders/{town.orders[name]}/secrets/"
    return Stop(f"secrets-{name}", f"卡密：{caption}", path, order=name, **more)  # type: ignore[arg-type]


def _show(page: Page) -> None:
    with page.expect_navigation():
        page.locator("button[name=unit]").first.click()
