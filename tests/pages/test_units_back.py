"""部分退款: a buyer chooses how many units to give back, sees the exact sum, and only then files it."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from common import clock
from compensation.models import Remedy
from orders.models import Licence, Usage
from shop_aftersales import demo
from tests.pages.conftest import open_order
from tickets.models import Ticket
from tickets.web.display import seen_at

CODES = "LD20261120-SQ"
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]


def test_one_code_of_two_unused_ones(plain_phone: Page, supplier: Callable[[], None]) -> None:
    open_order(plain_phone, CODES)
    expect(plain_phone.locator("#owed")).to_have_text("按规则退您 ¥40.00")
    expect(plain_phone.get_by_label("退几份")).to_have_value("2")
    plain_phone.get_by_label("退几份").fill("1")
    plain_phone.get_by_role("button", name="申请退款（一步完成）").click()
    # Its sum had not been shown: it is shown first.
    expect(plain_phone.locator("#owed")).to_have_text("按规则退您 ¥20.00")
    expect(plain_phone.locator("#slip")).to_contain_text("只退 1 份，另外 1 份您留着。")
    assert Ticket.objects.filter(order__order_no=CODES).count() == 0
    plain_phone.get_by_role("button", name="申请退款（一步完成）").click()
    expect(plain_phone.get_by_role("heading", level=1)).to_contain_text("¥20.00")
    supplier()
    refund = Remedy.objects.get(order__order_no=CODES)
    states = list(
        Licence.objects.filter(order__order_no=CODES).order_by("unit").values_list("state", flat=True)
    )
    assert (refund.amount_fen, refund.units_back, refund.state) == (2000, 1, "settled")
    assert sorted(states) == ["active", "active", "revoked"]


def test_a_number_out_of_range_is_told_beside_the_field_and_stays(phone: Page) -> None:
    open_order(phone, CODES)
    phone.get_by_label("退几份").fill("9")
    phone.get_by_role("button", name="算一算退多少").click()
    expect(phone.locator("#quantity_error")).to_have_text("请写 1 到 2 之间的整数。")
    expect(phone.get_by_label("退几份")).to_have_value("9")
    expect(phone.locator("#owed")).to_have_text("按规则退您 ¥40.00")


@pytest.mark.parametrize(
    ("order_no", "asked", "owed", "kept"),
    [
        (CODES, "2", "按规则退您 ¥40.00", ""),
        (CODES, "1", "按规则退您 ¥20.00", "只退 1 份，另外 1 份您留着。"),
        (CODES, "1.5", "按规则退您 ¥40.00", ""),
        ("LD20261120-KC", "", "按规则退您 ¥139.44", ""),
        ("LD20261120-KC", "3", "按规则退您 ¥14.94", "只退 3 节，另外 25 节您留着。"),
        ("LD20261120-DJ", "2", "按规则退您 ¥12.96", "只退 2 件，另外 3 件您留着。"),
        ("LD20261120-HY", "1", "按规则退您 ¥21.00", ""),  # time has no units
    ],
)
def test_the_sum_of_so_many(client: Client, order_no: str, asked: str, owed: str, kept: str) -> None:
    page = read(client, order_no, asked)
    lead = f"{page.slip.lead} {page.slip.figure}"
    said = page.picking.kept if page.picking else ""
    assert (lead, said, kept in page.slip.lines or not kept) == (owed, kept, True)


def read(client: Client, order_no: str, asked: str) -> object:
    client.post("/", {"order_no": order_no, "query_password": demo.QUERY_PASSWORD})
    return client.get(f"/orders/{order_no}/", {"quantity": asked}).context["page"]


@pytest.mark.parametrize(
    ("given", "filed"),
    [
        ({"quantity": "1", "seen": "1", "most": "2"}, [1]),
        ({"quantity": "2", "seen": "2", "most": "2"}, [None]),
        ({"quantity": "1", "seen": "2", "most": "2"}, []),
        ({"quantity": "2", "seen": "2", "most": "2", "preview": "1"}, []),
        ({"quantity": "", "seen": "2", "most": "2"}, []),
        ({"quantity": "0", "seen": "0", "most": "2"}, []),
        ({"quantity": "9" * 5000, "seen": "9" * 5000, "most": "2"}, []),
        ({}, [None]),
    ],
)
def test_only_what_was_shown_is_filed(client: Client, given: dict[str, str], filed: list[int | None]) -> None:
    read(client, CODES, "")
    client.post(f"/orders/{CODES}/claim/", {"reason": "refund", **given})
    facts = Ticket.objects.filter(order__order_no=CODES).values_list("decision__facts", flat=True)
    assert [each["quantity"] for each in facts] == filed


@pytest.mark.parametrize(
    ("order_no", "said"),
    [
        ("LD20261120-KC", "学了 12 节，还有 28 节没学。"),
        ("LD20261120-HY", "过了 9 天，还剩 21 天。停用过 24 小时，不算您的。实际用过 18 小时。"),
        ("LD20261120-DJ", "用了 0 件，还有 5 件没用。"),
        (CODES, "用了 1 份，还有 2 份没用。"),
    ],
)
def test_what_was_used_is_said_with_the_time_of_the_report(client: Client, order_no: str, said: str) -> None:
    page = read(client, order_no, "")
    usage = Usage.objects.get(order__order_no=order_no)
    assert page.use == f"{said}商店 {seen_at(usage.observed_at, now=clock.now())} 报来的。"


def test_time_runs_whether_used_or_not(client: Client) -> None:
    """Of a membership the hours that are gone are no use of it, which is told below."""
    page = read(client, "LD20261120-HY", "")
    assert [row.label for row in page.ledger.rows] == ["买了", "过了", "还剩"]
