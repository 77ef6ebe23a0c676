"""A developer's case, page and API: who bears it, what may be said against it, and whose case it is."""

import re
from datetime import timedelta

import pytest

from accounts.services import people
from common import clock
from compensation.models import Bearer, Contest, ContestAnswer
from developers.queries import witnesses
from orders.models import Delivery, ListedSpecification, Order, Supplier, UsageReport
from tests.developers.conftest import filed
from tests.developers.test_access import api_as, cast, page_as
from tests.tickets.desk_case import act
from tests.tickets.desk_pages import said, words

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
WORDS = "掉的是供货商的号"


@pytest.fixture
def borne(cast):
    """yun's case, put on yun by qiao."""
    ticket = filed("202611200001", left=600, buyer_external_id="b-9", buyer_name="林")
    act(ticket, "set_responsibility", party="developer")
    return ticket


def api(ticket, tail=""):
    return f"/api/v1/developers/cases/{ticket.no}/{tail}"


def page(ticket, tail=""):
    return f"/developers/cases/{ticket.no}/{tail}"


READERS = [
    ("yun", "", 200, 200), ("bo", "", 404, 404), ("ops", "?developer=yun", 200, 200), ("ops", "", 404, 404),
    ("ops", "?developer=bo", 404, 404), ("buyer", "", 404, 403), ("panel", "", 404, 403), ("shop", "", 404, 403),
    ("nobody", "", 302, 401),
]  # fmt: skip


@pytest.mark.parametrize(("name", "asked", "seen", "told"), READERS)
def test_who_sees_the_case(borne, name, asked, seen, told):
    answers = page_as(name).get(page(borne) + asked), api_as(name).get(api(borne) + asked)
    assert [answer.status_code for answer in answers] == [seen, told]


WRITERS = [
    ("yun", 302, 201), ("bo", 404, 404), ("ops", 404, 404), ("buyer", 404, 403), ("shop", 404, 403),
    ("nobody", 302, 401),
]  # fmt: skip


@pytest.mark.parametrize(("name", "posted", "_"), WRITERS)
def test_who_contests_on_the_page(borne, name, posted, _):
    answer = page_as(name).post(page(borne, "contest/"), {"text": WORDS})
    assert (answer.status_code, Contest.objects.count()) == (posted, int(name == "yun"))


@pytest.mark.parametrize(("name", "_", "told"), WRITERS)
def test_who_contests_over_the_api(borne, name, _, told):
    answer = api_as(name).post(api(borne, "contest/"), {"text": WORDS}, format="json")
    assert (answer.status_code, Contest.objects.count()) == (told, int(name == "yun"))


def test_the_api_tells_who_bears_it_the_rows_and_the_answer(borne):
    said = Bearer.objects.get()
    ids = [row["id"] for row in borne.decision.sources["counts"]]
    found = api_as("yun").get(api(borne)).json()
    assert (found["party"], found["rows"], found["contests"]) == ("developer", {"counts": ids}, [])
    assert found["contest_until"] == clock.rfc3339(said.at + timedelta(hours=48))
    assert (found["ticket"]["order_no"], found["ticket"]["buyer"]) == ("…0001", "林**")
    told = api_as("yun").post(api(borne, "contest/"), {"text": WORDS}, format="json").json()
    assert [(row["text"], row["answer"]) for row in told["contests"]] == [(WORDS, None)]
    body = {"party": "supplier", "reason": "查过了，是同一批号", "version": fresh_version(borne)}
    people.ensure_user(username="lan", role="ops", password="pass")
    url = f"/api/v1/tickets/{borne.no}/contest/answer/"
    assert api_as("yun").post(url, body, format="json").status_code == 404
    assert api_as("lan").post(url, body, format="json").status_code == 200
    found = api_as("yun").get(api(borne)).json()
    answer = found["contests"][0]["answer"]
    assert (found["party"], answer["party"], answer["reason"]) == (
        "supplier",
        "supplier",
        "查过了，是同一批号",
    )
    assert (found["contest_until"], ContestAnswer.objects.get().by) == (None, "lan")
    assert api_as("lan").post(url, body, format="json").status_code == 409


def fresh_version(ticket):
    ticket.refresh_from_db()
    return ticket.version


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "  "}, {"text": "长" * 4001}])
def test_the_api_wants_words(borne, body):
    answer = api_as("yun").post(api(borne, "contest/"), body, format="json")
    assert (answer.status_code, [fault["field"] for fault in answer.json()["errors"]]) == (422, ["text"])


def test_the_page_says_until_when_and_then_what_was_answered(borne):
    client = page_as("yun")
    assert "由开发者承担" in client.get(page(borne)).content.decode()
    answer = client.post(page(borne, "contest/"), {"text": " "})
    assert (answer.status_code, "请写明为什么不该由您承担。" in words(answer)) == (422, True)
    answer = client.post(page(borne, "contest/"), {"text": WORDS}, follow=True)
    assert ("异议收到了，24 小时内书面答复，写在这一页。" in words(answer), WORDS in words(answer)) == (
        True,
        True,
    )
    assert client.post(page(borne, "contest/"), {"text": WORDS}).status_code == 409
    assert client.get(page(borne, "contest/")).status_code == 302


def test_the_page_says_to_whom_the_record_points_and_what_its_rows_say(borne):
    seen = [row["id"] for row in borne.decision.sources["counts"]]
    told = page_as("yun").get(page(borne)).context["page"]
    assert (told.proposed, len(told.records)) == ("照当时的记录看：供货商。", len(seen))
    for line, number in zip(told.records, seen, strict=True):
        assert re.fullmatch(rf"计数第 {number} 号：.+ \d\d:\d\d 数到 \d+ 个，开始前就有 \d+ 个", line)
    found = api_as("yun").get(api(borne)).json()
    assert (found["proposed"], found["told"]) == ("supplier", told.records)


TOLD = {
    "outages": "停服的用量第 {} 号：今天 12:05 商店报来停服 91 分钟",
    "deliveries": "发货第 {} 号：今天 12:05 交出 7 个，北仓 送的",
    "suppliers": "供货商第 {} 号：北仓",
    "orders": "订单的送达时限第 {} 号：最迟 今天 12:05 送完",
    "listed": "商品说明第 {} 号：今天 12:05 起的商品说明",
}  # fmt: skip


def test_each_kind_of_row_in_words_and_one_that_is_gone_by_its_number(borne):
    at, order = clock.shanghai(clock.now()).replace(hour=12, minute=5), borne.order
    supplier = Supplier.objects.create(code="bei", title="北仓", named_at=at)
    Order.objects.filter(pk=order.pk).update(deadline_at=at)
    rows = {
        "outages": UsageReport.objects.create(order=order, observed_at=at, outage_seconds=5401),
        "deliveries": Delivery.objects.create(order=order, delivered_at=at, quantity=7, supplier=supplier),
        "suppliers": supplier, "orders": order,
        "listed": ListedSpecification.objects.create(product=order.product, listed_at=at),
    }  # fmt: skip
    numbers = {kind: [row.pk] for kind, row in rows.items()}
    said = witnesses.told(numbers | {"counts": [10**9]}, now=at)
    assert said[0] == f"计数第 {10**9} 号"
    assert sorted(said[1:]) == sorted(line.format(rows[kind].pk) for kind, line in TOLD.items())


def test_where_no_money_went_back_no_fund_is_said_to_bear_it(cast):
    asked = filed("202611200002", "question", buyer_external_id="b-9")
    nobody = "还没有定由谁承担；没有退钱，谁的账上都没有记。"
    assert page_as("yun").get(page(asked)).context["page"].bears == nobody
    people.ensure_user(username="lan", role="ops", password="pass", is_staff=True)
    at_desk = words(page_as("lan").get(f"/admin/tickets/ticket/{asked.pk}/change/"))
    assert ("还没有定；没有退钱，谁的账上都没有记。" in at_desk, "争议基金垫付" in at_desk) == (True, False)


def test_too_late_is_refused_with_the_date(borne):
    said = Bearer.objects.get()
    late = Bearer.objects.create(
        decision=said.decision, party="developer", reason="-", by="qiao", at=said.at - timedelta(hours=49)
    )
    until = f"{clock.shanghai(late.at + timedelta(hours=48)):%Y-%m-%d %H:%M}"
    answer = api_as("yun").post(api(borne, "contest/"), {"text": WORDS}, format="json")
    told = answer.json()
    assert (answer.status_code, told["code"], until in told["detail"]) == (422, "contest_too_late", True)
    answer = page_as("yun").post(page(borne, "contest/"), {"text": WORDS})
    assert (answer.status_code, "提异议的时间到" in answer.content.decode()) == (422, True)
    assert 'id="contest"' not in page_as("yun").get(page(borne)).content.decode()


def test_ops_see_what_waits_and_answer_on_the_case(borne):
    page_as("yun").post(page(borne, "contest/"), {"text": WORDS})
    people.ensure_user(username="lan", role="ops", password="pass", is_staff=True)
    desk = page_as("lan")
    listed = desk.get("/admin/tickets/ticket/contests/")
    assert ([row.no for row in listed.context["rows"]], WORDS in words(listed)) == ([borne.no], True)
    assert [row.gives for row in listed.context["rows"]] == ["退款 ¥50.00，赠送 1,000 个"]
    menu = [item for group in listed.context["sidebar_navigation"] for item in group["items"]]
    assert [item["title"] for item in menu if item["active"]] == ["开发者的异议"]
    here = desk.get(f"/admin/tickets/ticket/{borne.pk}/change/")
    actions = [form.action for form in here.context["forms"]]
    assert ("answer_contest" in actions, "set_responsibility" in actions) == (True, False)
    assert (here.context["case"].blame.party, WORDS in words(here)) == ("供货商", True)
    given = {"version": fresh_version(borne), "party": "platform", "reason": "停机了"}
    answer = desk.post(f"/admin/tickets/ticket/{borne.pk}/answer_contest/", given, follow=True)
    assert said(answer) == [f"{borne.no}：异议答复了。"]
    assert desk.get("/admin/tickets/ticket/contests/").context["rows"] == []
    assert page_as("yun").get("/admin/tickets/ticket/contests/").status_code in (302, 403, 404)
