"""Every buyer's page in every state: what it is called, whose browser sees it, and what is done there first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from playwright.sync_api import Page

from common.refusals import Refusal
from compensation.services.remedies import BudgetSpent
from tests.pages.stages import BY_USE, LOCKED_NAME, LONG_WORD, Town
from tests.pages.town import become

# What can be made to fail: where the page of a product asks, and where a claim is filed.
PRODUCT, CLAIM = "compensation.web.public.orders.find_product", "tickets.web.buyer.claims.open_claim"
DARK = {"partial", "confirming", "held", "refused"}  # tickets also taken in the dark


@dataclass(frozen=True)
class Stop:
    """One picture. `order` opens that order in the browser first, `username` signs in; `do` acts on the page."""

    name: str
    caption: str
    path: str
    order: str = ""
    username: str = ""
    do: Callable[[Page], None] | None = None
    breaks: Exception | None = None
    where: str = PRODUCT
    main: bool = False  # also taken in the dark
    desk: bool = False  # in the admin's frame, which is not ours


def empty() -> list[Stop]:
    """Before anything was sold."""
    return [
        Stop("empty-look-up", "查订单：还没有规则", "/"),
        Stop("empty-products", "规则：还没有商品", "/products/"),
        Stop("empty-rules", "每一版规则：还没有", "/rules/"),
        Stop("empty-record", "存证：还没有封存", "/evidence/"),
    ]


def all_stops(town: Town) -> list[Stop]:
    return [*_open_to_all(town), *_rules(), *_orders(town), *_tickets(town), *_troubles(town)]


def visit(page: Page, stop: Stop, *, url: str, town: Town) -> None:
    """Come as whom the stop names, go there, and do what is to be done."""
    order_no = town.orders.get(stop.order) or (town.order_of(stop.order) if stop.order else "")
    become(page.context, url, order_no=order_no, username=stop.username)
    with _broken(stop):
        page.goto(stop.path)
        if stop.do:
            stop.do(page)
            page.wait_for_load_state("load")


@contextmanager
def _broken(stop: Stop) -> Iterator[None]:
    if stop.breaks is None:
        yield
        return
    with mock.patch(stop.where, side_effect=stop.breaks):
        yield


def _submit(page: Page, selector: str, **typed: str) -> None:
    """Send a form past the browser's own checks, as a browser without them would."""
    for name, value in typed.items():
        page.locator(f"{selector} [name={name}]").evaluate("(field, value) => { field.value = value }", value)
    with page.expect_navigation():
        page.locator(selector).evaluate("form => HTMLFormElement.prototype.submit.call(form)")


def fill(selector: str, **typed: str) -> Callable[[Page], None]:
    return lambda page: _submit(page, selector, **typed)


def _open_to_all(town: Town) -> list[Stop]:
    wrong = fill("#lookup", order_no=town.orders["fell-15"], query_password="x")
    locked = fill("#lookup", order_no=town.orders["locked"], query_password="x")
    kinds = [
        Stop(f"product-{sku}", f"商品：{name}", f"/products/{sku}/", main=sku == "likes")
        for sku, name in (
            ("likes", "点赞"), ("licence-key", "卡密"), ("course-photo", "课程"), ("cloud-month", "订阅"),
            ("sword", "道具"), (LONG_WORD, "很长的名字"),
        )
    ]  # fmt: skip
    return [
        Stop("look-up", "查订单", "/", main=True),
        Stop("look-up-blank", "查订单：没填", "/", do=fill("#lookup")),
        Stop("look-up-wrong", "查订单：密码不对", "/", do=wrong, main=True),
        Stop("look-up-locked", "查订单：先歇一会儿", "/", do=locked),
        Stop("look-up-own", "查订单：登录后自己的单", "/", username="lin"),
        Stop("products", "规则：商品列表", "/products/"),
        *kinds,
        Stop("log-in", "登录", "/login/"),
        Stop("log-in-wrong", "登录：密码不对", "/login/", do=fill("#login", username="lin", password="x")),
        Stop("log-in-locked", "登录：先歇一会儿", "/login/", do=fill("#login", username=LOCKED_NAME, password="x")),
        Stop("record", "存证", "/evidence/"),
        Stop("styleguide", "样本", "/styleguide/", username="qiao", main=True),
    ]  # fmt: skip


def _rules() -> list[Stop]:
    likes = "/rules/metered-standard/calculator/"
    wrong = "?n=abc&paid=-1&gone=120&gone-unit=percent&since=&since-unit=hour"
    return [
        Stop("rules", "每一版规则", "/rules/", main=True),
        Stop("rule-likes", "规则：点赞，只有一版", "/rules/metered-standard/1/"),
        Stop("rule-in-force", "规则：在用的第 2 版", "/rules/licence-standard/2/", main=True),
        Stop("rule-past", "规则：已换新版", "/rules/licence-standard/1/"),
        Stop("rule-announced", "规则：尚未启用", "/rules/licence-standard/3/"),
        Stop("rule-retired", "规则：已停用", "/rules/course-standard/2/"),
        Stop("calculator", "算一算：掉了 15%", likes, main=True),
        Stop("calculator-refund", "算一算：退款另送", f"{likes}?gone=20.1", do=_press),
        Stop("calculator-short", "算一算：没送完", f"{likes}?about=short"),
        Stop("calculator-defect", "算一算：有毛病", f"{likes}?about=defect"),
        Stop("calculator-wrong", "算一算：有的没看懂", likes + wrong, main=True),
        Stop("calculator-live", "算一算：边填边算", likes, do=_type),
        *(
            Stop(f"calculator-{kind}", f"算一算：{name}", f"/rules/{kind}-standard/calculator/")
            for kind, name in (("licence", "卡密"), ("course", "课程"), ("subscription", "订阅"), ("game-item", "道具"))
        ),
        Stop("calculator-old", "算一算：旧的一版", "/rules/licence-standard/calculator/?version=1"),
    ]  # fmt: skip


def _press(page: Page) -> None:
    with page.expect_navigation():
        page.locator(".bar .btn").click()


def _type(page: Page) -> None:
    with page.expect_response(lambda answer: "calculator" in answer.url):
        page.locator("#gone").fill("9")
    page.locator("#answer strong", has_text="90").wait_for()


def _orders(town: Town) -> list[Stop]:
    def stop(name: str, caption: str, query: str = "", *, as_: str = "", **more: Any) -> Stop:
        path = f"/orders/{town.orders[name]}/{query}"
        return Stop(f"order-{as_ or name}", f"订单：{caption}", path, order=name, **more)

    kinds = dict(zip((sku for sku, *_ in BY_USE), ("卡密", "课程", "订阅", "道具"), strict=True))
    return [
        stop("uncounted", "还没有数过"),
        stop("delivering", "正在送"),
        stop("fell-6", "掉了 6%"),
        stop("fell-15", "掉了 15%", main=True),
        stop("fell-25", "掉了 25%"),
        stop("fell-30", "掉了 30%", main=True),
        stop("kept", "一个没掉", main=True),
        stop("unmeasurable", "数不出来"),
        stop("slow", "24 小时后慢慢掉"),
        stop("outside", "过了质保"),
        stop("short", "没送完"),
        stop("closed", "已结清"),
        stop("ticket-partial", "已在补", as_="under-way"),
        stop("wallet", "专人退款"),
        stop("free", "没花钱的一单"),
        stop("one", "1 个，¥0.01"),
        stop("million", "一百万个"),
        stop("much", "一千多亿个", main=True),
        stop("long-name", "很长的名字", main=True),
        stop("fell-30", "钱被别的占用", as_="refused-claim", do=fill("form.bar"), breaks=BudgetSpent(), where=CLAIM),
        stop("fell-15", "按钮放旧了", as_="stale-claim", do=fill("form.bar", reason="not_for_this_kind")),
        stop("fell-15", "别的问题：没写", "?ask=1", as_="form-error", do=fill("#other form", reason="fake_units")),
        *[stop(sku, kind) for sku, kind in kinds.items()],
        stop("course-photo", "课程：只退 3 节", "?quantity=3", as_="some-units"),
        stop("course-photo", "课程：退的节数不对", "?quantity=99", as_="some-units-error"),
        stop("licence-late", "卡密：过了退款期"),
        stop("fell-15", "像是假号", "?ask=fake_units", as_="fakes"),
        stop("fell-15", "像是假号：没写几个", "?ask=fake_units", as_="fakes-error",
             do=fill("#other form", reason="fake_units", text="头像都一样")),
        *_counts(town),
    ]  # fmt: skip


def _counts(town: Town) -> list[Stop]:
    """What a sum rests on: many rows, none."""
    return [
        Stop(
            f"order-counts-{name}", f"算账所凭的记录：{caption}", f"/orders/{town.orders[name]}/counts/", name
        )
        for name, caption in (("fell-15", "数过很多次"), ("uncounted", "还没有"), ("much", "一千多亿个"))
    ]


def _tickets(town: Town) -> list[Stop]:
    captions = {
        "pending": "刚提交", "partial": "补了一部分", "refunding": "退了，正在送", "confirming": "等确认",
        "refunded": "款已退，赠送的也到了", "held": "停下来核对", "by-hand": "专人退款", "unmeasurable": "等专人",
        "guide": "给了办法", "refused": "不能办", "appealed": "复核中", "waiting-buyer": "等您补充",
        "nudged": "催过了", "proofs": "传了凭证", "rated": "评过了",
        "resolved": "办完", "nothing": "没有掉", "withdrawn": "撤销了", "much": "一千多亿个",
        "long-name": "很长的名字", "talk": "说了很多次",
    }  # fmt: skip
    made = [
        Stop(f"ticket-{name}", f"售后单：{caption}", f"/tickets/{town.tickets[name]}/", f"ticket-{name}",
             main=name in DARK)
        for name, caption in captions.items()
    ]  # fmt: skip
    wrong = Stop(
        "ticket-form-error", "售后单：补充没写", f"/tickets/{town.tickets['partial']}/", order="ticket-partial",
        do=fill("#say"),
    )  # fmt: skip
    unrated = Stop(
        "ticket-rating-error", "售后单：没选星", f"/tickets/{town.tickets['resolved']}/", order="ticket-resolved",
        do=fill("#rate"),
    )  # fmt: skip
    return [*made, wrong, unrated, *_records(town)]


def _records(town: Town) -> list[Stop]:
    def stop(name: str, order: str, caption: str, query: str = "", **more: Any) -> Stop:
        number = town.orders.get(order) or town.order_of(order)
        return Stop(
            f"records-{name}", f"补单记录：{caption}", f"/orders/{number}/records/{query}", order, **more
        )

    return [
        stop("empty", "fell-15", "还没有"),
        stop("part", "ticket-partial", "到了一部分", main=True),
        stop("missing", "ticket-partial", "只看没到的", "?state=missing"),
        stop("done", "ticket-confirming", "都到了"),
        stop("gift", "ticket-refunding", "退了，正在送"),
        stop("held", "ticket-held", "停下来核对"),
        stop("much", "ticket-much", "一千多亿个"),
    ]


def _troubles(town: Town) -> list[Stop]:
    partial = f"/tickets/{town.tickets['partial']}/"
    return [
        Stop("400", "没看懂（400）", partial, order="ticket-partial", do=_too_many_fields),
        Stop("403", "没做成（403）", "/products/likes/", breaks=_refused(403)),
        Stop("csrf", "页面放得太久", "/", do=_without_token),
        Stop("404", "不在账上（404）", "/no-such-page/", main=True),
        Stop("429", "太快了（429）", "/products/likes/", breaks=_refused(429)),
        Stop("500", "出了岔子（500）", "/products/likes/", breaks=RuntimeError("broken on purpose")),
    ]


def _refused(status: int) -> Refusal:
    refusal = Refusal()
    refusal.status = status
    refusal.detail = ""
    refusal.extra = {"retry_after": 200}
    return refusal


def _without_token(page: Page) -> None:
    page.locator("#lookup [name=csrfmiddlewaretoken]").evaluate("field => field.remove()")
    _submit(page, "#lookup", order_no="LD-1", query_password="x")


def _too_many_fields(page: Page) -> None:
    add = "for (let i = 0; i < 1100; i++) form.append(Object.assign(document.createElement('input'), {name: `f${i}`}))"
    page.locator("#say").evaluate(f"form => {{ {add} }}")
    _submit(page, "#say", text="x")
