"""Tutorials where a buyer meets them: folded in the form, and in an answer."""

from datetime import timedelta

from playwright.sync_api import Page

from common import clock
from orders.models import Order, Product
from orders.services import tutorials
from tests.pages.stages import Town, sell
from tests.pages.stops import Stop
from tickets.services import claims

TEXT = "1. 用付款的账号登录。\n2. 播放器右下角把清晰度改成「流畅」。\n3. 还是黑屏，换系统自带的浏览器打开。"


def tutorial_stops(town: Town) -> list[Stop]:
    now = clock.now()
    product = Product.objects.get(sku="course-photo")
    for symptom, title in (("question", "买了在哪里看"), ("compatibility", "视频放不出来时先换清晰度")):
        fields = {"symptom": symptom, "symptom_title": "", "title": title, "text": TEXT, "state": "published"}
        tutorials.write(tutorial=None, product=product, kind="", fields=fields, by="qiao", now=now)
    sell(town, "taught", now=now, sku="course-photo", quantity=40, paid_at=now - timedelta(hours=2))
    order = Order.objects.get(order_no=town.orders["taught"])
    town.tickets["taught"] = claims.open_claim(
        order=order, reason="question", text="在哪里看", quantity=None, channel="web", actor="lin", now=now
    ).no
    path = f"/orders/{order.order_no}/?ask=compatibility"
    case = f"/tickets/{town.tickets['taught']}/"
    return [
        Stop("order-tutorials", "订单：先看看教程", path, order="taught", do=_open, main=True),
        Stop("ticket-tutorial", "售后单：答复里的教程", case, order="taught", main=True),
    ]  # fmt: skip


def _open(page: Page) -> None:
    page.locator(".guide.for-compatibility summary").click()
