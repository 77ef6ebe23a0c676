"""A problem told in one go: how many look fake with screenshots of them, or which claim of the goods is untrue."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from common import clock
from compensation.services import intake
from evidence.models import Entry
from shop_aftersales import demo, demo_goods
from tests.pages.conftest import open_order
from tests.tickets.files import picture as png
from tickets.models import Attachment, Ticket
from tickets.web.desk import present_case, read_case

LIKES, FELL = "LD20261120-00", "LD20261120-15"
HOW_MANY = "请写大约几个像假号，1 到 1000 之间的整数。"
CLOUD = {"容量": "100 GB", "设备": ["手机", "电脑"]}
pytestmark = [pytest.mark.usefixtures("shop")]


def picture(name: str) -> dict[str, Any]:
    return {"name": name, "mimeType": "image/png", "buffer": png()}


@pytest.mark.browser
def test_fakes_by_screenshot_in_one_step(plain_phone: Page) -> None:
    open_order(plain_phone, LIKES)
    plain_phone.get_by_text("还有别的问题", exact=True).click()
    expect(plain_phone.get_by_label("大约几个像假号")).to_be_hidden()
    plain_phone.get_by_label("是什么问题").select_option("fake_units")
    plain_phone.get_by_label("大约几个像假号").fill("30")
    plain_phone.get_by_label("知道是哪些账号就写上（可以不写）").fill("u-1、u-2")
    plain_phone.get_by_label("说说情况").fill("头像都一样")
    plain_phone.get_by_label("截图或 PDF（可以不选）").set_input_files([picture("a.png"), picture("b.png")])
    plain_phone.get_by_role("button", name="提交").click()
    expect(plain_phone.locator(".flow")).to_contain_text("大约 30 个像假号：u-1、u-2")
    expect(plain_phone.locator(".flow")).to_contain_text("您补充了 2 个凭证")
    ticket = Ticket.objects.get(order__order_no=LIKES)
    (first,) = ticket.clocks.filter(kind="first_reply")
    assert (ticket.state, ticket.decision.clause, ticket.decision.review_reasons) == (
        "waiting_ops", "fake.claimed", ["proof"],
    )  # fmt: skip
    assert (first.due_at - ticket.opened_at, ticket.clocks.filter(kind="next_reply").count()) == (
        timedelta(hours=1), 0,
    )  # fmt: skip
    told = ticket.events.get(kind="details")
    assert (told.actor, told.data) == ("buyer", {"looks_fake": 30, "accounts": "u-1、u-2"})
    assert Entry.objects.filter(order_no=LIKES, body__contains="looks_fake").exists()


def test_all_that_is_missing_is_said_at_once(client: Client) -> None:
    client.post("/", {"order_no": LIKES, "query_password": demo.QUERY_PASSWORD})
    answer = client.post(f"/orders/{LIKES}/claim/", {"reason": "fake_units", "text": " ", "fake_units": ""})
    page = answer.content.decode()
    assert (answer.status_code, HOW_MANY in page, "请写几句情况，我们才知道怎么帮您。" in page) == (
        422,
        True,
        True,
    )
    assert page.count(" autofocus") == 1


@pytest.fixture
def cloud(client: Client) -> str:
    """A membership listed with its claims before it was paid, with others since."""
    fields = demo.DEFAULTS | demo.GOODS["cloud-month"]
    for days, content in ((20, CLOUD), (1, {"容量": "10 GB"})):
        intake.put_product(
            sku="cloud-month",
            fields=fields | {"specification": content},
            now=clock.now() - timedelta(days=days),
        )
    line = demo_goods.ORDERS[1]._replace(order_no="LD-CLOUD")
    demo_goods.sell(line=line, buyer="lin", password=demo.QUERY_PASSWORD, now=clock.now())
    client.post("/", {"order_no": "LD-CLOUD", "query_password": demo.QUERY_PASSWORD})
    return "LD-CLOUD"


def tell(client: Client, order_no: str, **given: Any) -> Any:
    return client.post(f"/orders/{order_no}/claim/", {"text": "不对", **given})


def test_a_claim_that_is_untrue_is_one_of_those_listed_when_it_was_paid(client: Client, cloud: str) -> None:
    page = client.get(f"/orders/{cloud}/").context["page"]
    assert page.particulars.claims == (
        ("容量", "容量：100 GB", False), ("设备", "设备：手机、电脑", False), ("-", "说明里没有列的", False),
    )  # fmt: skip
    tell(client, cloud, reason="not_as_described", claim="容量")
    ticket = Ticket.objects.get(order__order_no=cloud)
    assert ticket.events.get(kind="details").data == {"claim": {"name": "容量", "said": "100 GB"}}


def test_the_desk_shows_what_was_listed_and_what_is_called_untrue(client: Client, cloud: str) -> None:
    tell(client, cloud, reason="not_as_described", claim="容量")
    ticket = Ticket.objects.get(order__order_no=cloud)
    found = read_case.find(reader=User.objects.get(username="qiao"), pk=ticket.pk)
    case = present_case.present(
        case=read_case.read(ticket=found, reader=User.objects.get(username="qiao")), now=clock.now()
    )
    assert case.told == "不符的是「容量：100 GB」"
    assert [(fact.label, fact.value, fact.tone) for fact in case.listed] == [
        ("容量", "100 GB", "must"), ("设备", "手机、电脑", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("order_no", "given", "errors"),
    [
        (LIKES, {"reason": "fake_units"}, {"fake_units": HOW_MANY}),
        (LIKES, {"reason": "fake_units", "fake_units": "1001"}, {"fake_units": HOW_MANY}),
        (LIKES, {"reason": "fake_units", "fake_units": "-1"}, {"fake_units": HOW_MANY}),
        (
            LIKES, {"reason": "fake_units", "fake_units": "5", "accounts": "x" * 1001},
            {"accounts": "账号请不要超过 1000 个字，多的放在截图里。"},
        ),
        ("LD-CLOUD", {"reason": "not_as_described"}, {"claim": "请选商品说明里的哪一条不符。"}),
        ("LD-CLOUD", {"reason": "not_as_described", "claim": "价格"}, {"claim": "请选商品说明里的哪一条不符。"}),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_beside_its_field_and_the_rest_stays(
    client: Client, cloud: str, order_no: str, given: dict[str, str], errors: dict[str, str]
) -> None:
    client.post("/", {"order_no": order_no, "query_password": demo.QUERY_PASSWORD})
    answer = tell(client, order_no, **given)
    page = answer.context["page"]
    chosen = [choice.value for choice in page.reasons if choice.chosen]
    assert (answer.status_code, dict(page.particulars.errors), page.typed, chosen) == (
        422, errors, "不对", [given["reason"]],
    )  # fmt: skip
    assert page.particulars.typed.get("accounts", "") == given.get("accounts", "")
    assert Ticket.objects.filter(order__order_no=order_no).count() == 0


def test_a_press_on_a_page_left_open_says_that_nothing_was_filed(client: Client) -> None:
    client.post("/", {"order_no": FELL, "query_password": demo.QUERY_PASSWORD})
    answer = client.post(f"/orders/{FELL}/claim/", {"reason": "gone_since"})
    page = answer.context["page"]
    assert (answer.status_code, page.error, page.must, page.asking, page.reason_error, page.claim) == (
        422, "页面打开太久，情况已经变了，这次没有提交。下面是最新的结果，请照它重新申请。", True, False, "", "drop",
    )  # fmt: skip
    assert Ticket.objects.filter(order__order_no=FELL).count() == 0


def test_a_file_that_is_none_leaves_nothing_behind(client: Client) -> None:
    client.post("/", {"order_no": LIKES, "query_password": demo.QUERY_PASSWORD})
    answer = tell(client, LIKES, reason="other", file=SimpleUploadedFile("a.png", b"no picture"))
    page = answer.context["page"]
    assert (page.particulars.file_error != "", page.typed, Ticket.objects.filter(order__order_no=LIKES).count()) == (
        True, "不对", 0,
    )  # fmt: skip


def test_files_of_a_second_word_join_the_open_case(client: Client) -> None:
    client.post("/", {"order_no": LIKES, "query_password": demo.QUERY_PASSWORD})
    for number in range(2):
        file = SimpleUploadedFile("a.png", png())
        client.post(f"/orders/{LIKES}/claim/", {"reason": "other", "text": f"第 {number} 次", "file": file})
    assert (Ticket.objects.filter(order__order_no=LIKES).count(), Attachment.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    "reason", ["low_interaction", "defect", "not_as_described", "compatibility", "abnormal_data"]
)
def test_every_problem_is_filed_with_its_screenshot_in_one_go(client: Client, reason: str) -> None:
    client.post("/", {"order_no": LIKES, "query_password": demo.QUERY_PASSWORD})
    tell(client, LIKES, reason=reason, file=SimpleUploadedFile("a.png", png()))
    ticket = Ticket.objects.get(order__order_no=LIKES, reason=reason)
    assert (ticket.text, ticket.attachments.count()) == ("不对", 1)
