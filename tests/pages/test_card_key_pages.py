"""Card keys on a buyer's pages: masked until pressed, on a page that nothing keeps; one that fails is replaced."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page, expect

from accounts.models import User
from common import clock
from compensation.services import intake
from evidence.models import Entry
from orders.models import CardKey, Product
from shop_aftersales import demo_card_keys
from tests.orders.conftest import new_order
from tests.pages.conftest import open_order
from tests.pages.walk import AXE
from tests.tickets.desk_case import act
from tickets.models import Ticket

NO, SECRETS, STOCK = demo_card_keys.ORDER_NO, demo_card_keys.SECRETS, demo_card_keys.STOCK
PAGE = f"/orders/{NO}/secrets/"
VERIFIED = {"facts": {"proof": "verified", "fault": "supplier"}}
EVERYTHING = (*SECRETS, *STOCK)
BACKEND = "accounts.services.log_in.LoopbackDemoBackend"


def seen():
    return list(
        CardKey.objects.filter(order__order_no=NO, revealed_at__isnull=False).values_list("unit", flat=True)
    )


def told_in(page: str) -> list[str]:
    return [secret for secret in EVERYTHING if secret in page]


@pytest.fixture
def lin(shop):
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(username="lin"), BACKEND)
    return client


def test_a_get_tells_nothing_and_changes_nothing(lin):
    for path in (f"/orders/{NO}/", PAGE, f"{PAGE}?unit=1", f"/orders/{NO}/records/", f"/api/v1/orders/{NO}/"):
        answer = lin.get(path)
        assert (answer.status_code, told_in(answer.content.decode())) == (200, [])
    assert (seen(), Entry.objects.filter(kind="card_key_revealed").count()) == ([], 0)


def test_a_press_shows_one_and_nothing_keeps_the_page(lin):
    answer = lin.post(PAGE, {"unit": "2"})
    assert (answer.status_code, told_in(answer.content.decode())) == (200, [SECRETS[1]])
    assert "no-store" in answer["Cache-Control"]
    assert seen() == [2]
    assert told_in(lin.get(PAGE).content.decode()) == []


@pytest.mark.parametrize("revocable", [True, False])
def test_what_a_look_costs_is_said_before_and_after_only_where_it_costs(lin, revocable):
    Product.objects.filter(sku="licence-key").update(revocable=revocable)
    before = "<b>点了才显示。看过的一份就算用过，不能再按没用过退。</b>"
    after = "这一份从此算用过，不能再按没用过退；要是用不了，照样可以找我们。"
    pages = [lin.get(f"/orders/{NO}/"), lin.get(PAGE), lin.post(PAGE, {"unit": "1"})]
    read = [page.content.decode() for page in pages]
    costs = not revocable
    assert [before in page for page in read] == [costs] * 3
    assert [after in page for page in read] == [False, False, costs]


@pytest.mark.parametrize("unit", ["", "0", "4", "x", "1.5", "９", "-1", "1" * 20])
def test_what_is_no_unit_is_absent(lin, unit):
    assert lin.post(PAGE, {"unit": unit}).status_code == 404
    assert seen() == []


def test_without_a_token_nothing_is_shown(shop):
    client = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
    client.force_login(User.objects.get(username="lin"), BACKEND)
    answer = client.post(PAGE, {"unit": "1"})
    assert (answer.status_code, told_in(answer.content.decode()), seen()) == (403, [], [])


@pytest.mark.parametrize(("name", "status"), [("ma", 404), ("yun", 404), ("shen", 404), (None, 404)])
def test_to_others_there_is_no_such_page(shop, name, status):
    client = Client(HTTP_HOST="localhost")
    if name:
        client.force_login(User.objects.get(username=name), BACKEND)
    assert [client.get(PAGE).status_code, client.post(PAGE, {"unit": "1"}).status_code] == [status] * 2
    assert seen() == []


def test_ops_see_that_there_are_keys_and_not_what_they_say(shop):
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(username="qiao"), BACKEND)
    page = client.get(PAGE).content.decode()
    assert (told_in(page), "只有买家能看" in page, 'name="unit"' in page) == ([], True, False)
    assert (client.post(PAGE, {"unit": "1"}).status_code, seen()) == (404, [])


def test_ops_find_keys_in_the_admin_and_no_secret(shop):
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(username="qiao"), BACKEND)
    key = CardKey.objects.filter(order__order_no=NO).first()
    for path in ("", f"?q={NO}", f"{key.pk}/change/"):
        page = client.get(f"/admin/orders/cardkey/{path}").content.decode()
        assert told_in(page) == []
        assert key.digest not in page
    assert (
        "在库存 8，已交给买家 6"
        in client.get(f"/admin/orders/product/{key.product_id}/change/").content.decode()
    )


def test_an_order_without_keys_has_no_such_page(shop):
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(username="lin"), BACKEND)
    assert client.get("/orders/LD20261120-15/secrets/").status_code == 404
    assert "卡密" not in client.get("/orders/LD20261120-15/").content.decode()


def test_in_english(lin):
    page = lin.post(PAGE, {"unit": "1"}, headers={"accept-language": "en"}).content.decode()
    assert ("Unit 1" in page, "Show again" in page, "One click selects all of it" in page) == (
        True,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("given", "ticked", "wants"),
    [
        ({"units": ["1", "3"], "wants": "replacement"}, [1, 3], "replacement"),
        ({"units": ["2"], "wants": "refund"}, [2], "refund"),
        ({"units": ["9", "x"], "wants": "x"}, [], "refund"),
        ({}, [], "refund"),
    ],
)
def test_what_was_ticked_and_chosen_stays_after_a_refusal(lin, given, ticked, wants):
    answer = lin.post(f"/orders/{NO}/claim/", {"reason": "defect", "text": " ", **given})
    faulty = answer.context["page"].keys.faulty
    page = answer.content.decode()
    assert (answer.status_code, [unit for unit, _, on in faulty.units if on]) == (422, ticked)
    assert [f'value="{each}" checked' in page for each in ("replacement", "refund")] == [
        wants == "replacement", wants == "refund",
    ]  # fmt: skip
    assert Ticket.objects.filter(order__order_no=NO).count() == 0


@pytest.mark.parametrize("units", [1, 30])
@pytest.mark.parametrize("path", ["/orders/K-9/", "/orders/K-9/secrets/"])
def test_at_most_twelve_queries(lin, settings, units, path):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    new = new_order(
        "K-9", sku="licence-key", quantity=units, baseline=0, buyer_external_id="lin", paid_at=clock.now(),
        secrets=tuple(f"code-{n}" for n in range(units)),
    )  # fmt: skip
    intake.take_order(new=new, now=clock.now())
    lin.get(path)
    with CaptureQueriesContext(connection) as asked:
        page = lin.get(path).content.decode()
    assert len(asked) <= 12, [query["sql"][:160] for query in asked]
    rows = min(units, 5) if path == "/orders/K-9/" else units
    assert page.count('name="unit"') == rows
    assert ("看全部 30 份" in page) is (units == 30 and rows == 5)


# ---- in a browser


@pytest.mark.browser
def test_from_one_that_fails_to_a_new_one(shop, plain_phone: Page) -> None:
    """No script: look up, tap, see, say that it fails, get a new one from the stock, see that."""
    page = plain_phone
    open_order(page, NO)
    expect(page.get_by_role("heading", name="卡密")).to_be_visible()
    assert told_in(page.content()) == []
    page.get_by_role("button", name=re.compile("第 2 份")).click()
    expect(page.locator(".secret")).to_have_text(SECRETS[1])
    page.get_by_role("link", name="这一份用不了").click()
    expect(page.get_by_label("是什么问题")).to_have_value("defect")
    expect(page.get_by_label("第 2 份")).to_be_checked()
    page.get_by_label("换新的").check()
    page.get_by_label("说说情况").fill("提示激活码无效")
    page.get_by_role("button", name="提交").click()
    expect(page).to_have_url(re.compile("/tickets/"))
    ticket = Ticket.objects.select_related("decision").latest("id")
    facts = ticket.decision.facts
    assert (facts["wants"], facts["quantity"], facts["stock"]) == ("replacement", 1, 8)
    act(ticket, "establish", **VERIFIED)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("新的已经换好，请您看一眼")
    expect(page.locator("#slip")).to_contain_text(re.compile(r"换给您\s*1\s*份"))
    expect(page.get_by_role("link", name="新的也用不了")).to_be_visible()
    expect(page.get_by_role("button", name="新的能用")).to_be_visible()
    expect(page.locator("#progress")).to_contain_text("换下来的那份不再显示，请用新的。")
    page.get_by_role("link", name="看新的卡密").click()
    expect(page.get_by_text("新换的，还没有看过")).to_be_visible()
    page.get_by_role("button", name=re.compile("第 2 份")).click()
    expect(page.locator(".secret")).to_have_text(STOCK[0])


@pytest.mark.browser
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_axe_finds_nothing_and_nothing_sticks_out(shop, request, size) -> None:
    page: Page = request.getfixturevalue(size)
    open_order(page, NO)
    look(page)
    page.get_by_role("button", name=re.compile("第 1 份")).click()
    look(page)
    page.get_by_role("link", name="这一份用不了").click()
    look(page)
    expect(page.get_by_text("哪几份用不了")).to_be_visible()
    page.get_by_label("是什么问题").select_option("question")
    expect(page.get_by_text("哪几份用不了")).to_be_hidden()


def look(page: Page) -> None:
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.browser
def test_a_long_secret_stays_on_the_page(shop, phone: Page) -> None:
    long = "账号：" + "a" * 200 + "\n密码：" + "W" * 300
    new = new_order(
        "K-9", sku="licence-key", quantity=1, baseline=0, paid_at=clock.now(), secrets=(long,), query_password="pw-2026"
    )  # fmt: skip
    intake.take_order(new=new, now=clock.now())
    open_order(phone, "K-9", "pw-2026")
    phone.get_by_role("button", name=re.compile("您的卡密")).click()
    expect(phone.locator(".secret")).to_have_text(long)
    look(phone)
