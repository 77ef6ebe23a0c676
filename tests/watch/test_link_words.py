"""What the page of a warning's link says before a person has looked: word for word what the order's own page says."""

from types import SimpleNamespace

import pytest

from tests.pages.test_presenting import NOW, free, sheet
from tests.tickets.case import fallen
from tests.watch.test_warnings import links, look
from tickets.web.present_order import present_order
from watch.web import present

REVIEW = "按规定要专人看过才发放，2 小时内答复您。"
AT_ONCE = "按一下就办，24 小时内办好，不用登录，也不用查询密码。这个链接11-26 18:00 前都能用。"


def link_page(given):
    """The page of a link over the same decision."""
    order = SimpleNamespace(
        order_no=given.order_no, gateway="manual", product=SimpleNamespace(title=given.title)
    )
    line = SimpleNamespace(window_ends_at=given.window_until)
    found = SimpleNamespace(decision=given.decision, facts=given.facts, look=None, line=line)
    return present.offered(SimpleNamespace(order=order, expires_at=NOW), found, now=NOW)


@pytest.mark.parametrize(
    ("given", "reasons", "button"),
    [
        (sheet(present=700, unshown=True), ("supplier",), "申请退款（专人核对）"),
        (sheet(present=700, risk=66), ("risk",), "申请退款（专人核对）"),
        (
            sheet(present=70_000, ordered=100_000, delivered=100_000),
            ("amount",),
            "申请退款（专人核对）",
        ),
        (sheet(present=850, risk=66), ("risk",), "申请补赞（专人核对）"),
        (
            sheet(present=700, window="warranty", slow_granted=800),
            ("person",),
            "申请补赞（专人核对）",
        ),
    ],
)
def test_whatever_a_person_looks_at_is_said_as_on_the_page_of_the_order(given, reasons, button):
    page, beside = link_page(given), present_order(sheet=given, now=NOW)
    assert given.decision.review_reasons == reasons
    assert (page.text, page.button) == (REVIEW, button)
    assert (beside.slip.advice[: len(REVIEW)], beside.button) == (page.text, page.button)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (sheet(present=850), []),
        (
            sheet(present=70_000, ordered=100_000, delivered=100_000),
            ["少了 30000 个（30%），超过 20% 的全额退款。"],
        ),
        (sheet(present=950, window="warranty"), []),
        (free(present=700), []),
        (sheet(present=700), ["少了 300 个（30%），超过 20% 的全额退款。"]),
        (
            sheet(present=700, refunded_fen=1000),
            ["少了 300 个（30%），超过 20% 的全额退款，减去已退和还在办的 ¥10.00。"],
        ),
    ],
)
def test_the_receipt_is_the_one_on_the_page_of_the_order(given, why):
    """With a reason before the money, which there stands in the ledger; it also says what was paid back before."""
    told, beside = link_page(given).slip, present_order(sheet=given, now=NOW).slip
    assert (told["lead"], told["figure"], told.get("unit", ""), told["size"]) == (
        beside.lead, beside.figure, beside.unit, beside.size,
    )  # fmt: skip
    lines = [line for line in beside.lines if not line.endswith("不在这一笔里。")]
    assert told.get("lines", []) == [*why, *lines]
    if given.facts.refunded_fen:
        assert link_page(given).button == "再退 ¥40.00（专人退款）"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("gateway", "text", "button"),
    [
        ("shop", AT_ONCE, "申请退款 ¥50.00"),
        (
            "manual",
            "按一下就申请好了，不用登录，也不用查询密码。这一单的付款渠道不能自动退，由专人在 24 小时内退给您。",
            "申请退款（专人退款）",
        ),
    ],
)
def test_what_nobody_looks_at_is_done_at_one_press_where_it_can_be(
    shop, by_day, client, gateway, text, button
):
    fallen(left=700, gateway=gateway)
    look()
    page = client.get(links()[0]).context["page"]
    assert (page.text, page.button) == (text, button)


@pytest.mark.django_db
def test_units_come_at_one_press_however_it_was_paid_for(shop, by_day, client):
    fallen(left=850, gateway="manual")
    look()
    page = client.get(links()[0]).context["page"]
    assert (page.text, page.button) == (AT_ONCE, "申请补赞（一步完成）")


@pytest.mark.django_db
def test_it_is_said_before_the_press_and_after_it(shop, by_day, client):
    fallen(left=700, paid_fen=20_001, list_fen=20_001)
    look()
    page = client.get(links()[0]).context["page"]
    assert (page.text, page.button) == (REVIEW, "申请退款（专人核对）")
    done = client.post(links()[0], {"offer": page.offer}).context["page"]
    assert (done.heading, done.text[: len(REVIEW)]) == ("申请好了：退 ¥200.01，另送优质的 1000 个", REVIEW)
