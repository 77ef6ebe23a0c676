"""Who reads and moves which claim on the guarantee fund, on pages, over the API and at the desk."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common import clock
from developers.models import FundClaim, FundMove
from ledger.services import fund_days
from tests.developers.fund_case import WHY, borne, claim_of, money, ops, says
from tests.developers.test_access import api_as, cast, page_as
from tests.tickets.conftest import outside
from tests.tickets.desk_pages import words

__all__ = ["cast", "outside"]
pytestmark = pytest.mark.django_db
ME, FILE = "/api/v1/developers/me/fund/", "/api/v1/developers/me/fund/claims/"
PAGE, DESK = "/developers/fund/", "/admin/developers/fundclaim/"


@pytest.fixture
def filed(cast, outside):
    """yun's claim for one refund of 5000 fen."""
    User.objects.filter(username="ops").update(is_staff=True)
    return claim_of(*borne(1))


def one(claim, tail=""):
    return f"/api/v1/developers/fund/claims/{claim.no}/{tail}"


READERS = [
    ("yun", "", 200, 200), ("bo", "?developer=yun", 404, 404), ("ops", "?developer=yun", 200, 200),
    ("ops", "", 404, 404), ("buyer", "", 404, 403), ("panel", "", 404, 403), ("shop", "", 404, 403),
    ("nobody", "", 302, 401),
]  # fmt: skip


@pytest.mark.parametrize(("name", "asked", "page", "api"), READERS)
def test_who_reads_the_fund(cast, name, asked, page, api):
    answers = [page_as(name).get(PAGE + asked), api_as(name).get(ME + asked)]
    assert [answer.status_code for answer in answers] == [page, api]


# page, API, desk; who withdraws, appeals, decides over the API
TABLE = [
    ("yun", "", 200, 200, 302, 200, 409, 404), ("bo", "", 404, 404, 302, 404, 404, 404),
    ("ops", "?developer=yun", 200, 200, 200, 404, 404, 200), ("buyer", "", 404, 403, 302, 403, 403, 404),
    ("panel", "", 404, 403, 302, 403, 403, 404), ("shop", "", 404, 403, 302, 403, 403, 404),
    ("nobody", "", 302, 401, 302, 401, 401, 401),
]  # fmt: skip


@pytest.mark.parametrize(("name", "asked", "page", "api", "desk", "withdraw", "appeal", "decide"), TABLE)
def test_who_does_what_with_a_claim(filed, name, asked, page, api, desk, withdraw, appeal, decide):
    person = api_as(name)
    seen = [
        page_as(name).get(f"{PAGE}{filed.no}/{asked}").status_code,
        person.get(one(filed)).status_code,
        page_as(name).get(f"{DESK}{filed.pk}/change/").status_code,
    ]
    assert seen == [page, api, desk]
    body = {"decision": "refuse", "reason": "查过", "version": filed.version}
    done = [
        person.post(one(filed, "appeal/"), {"text": WHY}, format="json").status_code,
        person.post(one(filed, "withdraw/"), format="json").status_code,
    ]
    FundClaim.objects.update(state="filed")
    done.append(person.post(one(filed, "decide/"), body, format="json").status_code)
    assert done == [appeal, withdraw, decide]


@pytest.mark.parametrize(
    ("name", "api"), [("yun", 201), ("bo", 422), ("ops", 404), ("buyer", 403), ("nobody", 401)]
)
def test_who_files(cast, outside, name, api):
    (ticket,) = borne(1)
    body = {"cause": "moved", "cases": [ticket.no], "text": WHY}
    answer = api_as(name).post(FILE, body, format="json")
    assert (answer.status_code, FundClaim.objects.count()) == (api, int(name == "yun"))


def test_the_api_shows_what_can_be_claimed_and_each_step(cast, outside):
    money("guarantee", 9000)
    first, second = borne(1, 2)
    client = api_as("yun")
    found = client.get(ME).json()
    assert [(row["ticket_no"], row["fen"], row["claimed"]) for row in found["claimable"]] == [
        (second.no, 5000, False), (first.no, 5000, False),
    ]  # fmt: skip
    assert (found["guarantee_fen"], found["kept_fen"], found["claims"]) == (9000, None, [])
    body = {"cause": "outage", "cases": [first.no, second.no], "text": WHY}
    told = client.post(FILE, body, format="json", HTTP_IDEMPOTENCY_KEY="k-1").json()
    again = client.post(FILE, body, format="json", HTTP_IDEMPOTENCY_KEY="k-1").json()
    assert (again["no"], told["fen"], told["cases"]) == (told["no"], 10000, [first.no, second.no])
    assert [(row["text"], row["formula"], row["result"]) for row in told["steps"]] == [
        (f"售后单 {first.no}", "记到名下 ¥50.00 − 已经更正退回 ¥0.00 − 基金赔过 ¥0.00", "¥50.00"),
        (f"售后单 {second.no}", "记到名下 ¥50.00 − 已经更正退回 ¥0.00 − 基金赔过 ¥0.00", "¥50.00"),
        ("2 张加起来", "", "¥100.00"),
    ]
    desk = api_as("ops")
    decision = {"decision": "approve", "reason": "停服对得上", "version": 7}
    url = f"/api/v1/developers/fund/claims/{told['no']}/"
    assert desk.post(url + "decide/", decision, format="json").status_code == 409
    assert (
        desk.post(url + "decide/", decision | {"version": 0, "reason": " "}, format="json").status_code == 422
    )
    answer = desk.post(url + "decide/", decision | {"version": 0}, format="json").json()
    assert (answer["state"], answer["paid_fen"]) == ("approved", 0)
    assert [(w["action"], w["by"]) for w in answer["words"]] == [("file", "yun"), ("approve", "ops")]
    assert [w["by"] for w in client.get(url).json()["words"]] == [None, None]
    money("guarantee", 1000)
    assert client.get(url).json()["paid_fen"] == 10000


def test_the_page_keeps_what_was_typed_and_shows_the_answer(cast, outside):
    money("guarantee", 9000)
    (ticket,) = borne(1)
    client = page_as("yun")
    assert "¥50.00" in words(client.get(PAGE))
    wrong = client.post(PAGE, {"cases": [ticket.no], "cause": "wrong", "text": " "})
    assert (wrong.status_code, "请写明平台哪里出了问题，运营照它核对。" in words(wrong)) == (422, True)
    text = wrong.content.decode()
    assert (f'value="{ticket.no}" checked' in text, '<option value="wrong" selected>' in text) == (True, True)
    told = client.post(PAGE, {"cases": [ticket.no], "cause": "wrong", "text": WHY}, follow=True)
    assert {"申请收到了，答复写在这一页。", "申请赔付 ¥50.00", "已提交", WHY} <= set(words(told))
    claim = FundClaim.objects.get()
    desk = page_as(ops().username)
    page = desk.get(f"{DESK}{claim.pk}/change/")
    assert {"最迟答复", "现在赔的话", "基金现在有", "¥90.00"} <= set(words(page))
    kept = desk.post(f"{DESK}{claim.pk}/change/", {"action": "refuse", "reason": " "})
    assert (kept.status_code, "请写明理由，开发者会看到。" in words(kept)) == (422, True)
    desk.post(f"{DESK}{claim.pk}/change/", {"action": "refuse", "reason": "没有停服"})
    page = client.get(f"{PAGE}{claim.no}/")
    assert {"没有停服", "不赔", "答复：不赔"} <= set(words(page))
    appealed = client.post(f"{PAGE}{claim.no}/appeal/", {"text": "请看公告"}, follow=True)
    assert "申诉收到了，由另一位同事书面答复。" in words(appealed)
    says(claim, "approve", by="lan")
    page = client.get(f"{PAGE}{claim.no}/")
    assert {"已赔付 ¥50.00", "看对账单", "这是提交时账上的数。", "停服记录对得上"} <= set(words(page))
    assert client.post(f"{PAGE}{claim.no}/withdraw/").status_code == 409


def test_money_is_written_at_the_desk_by_one_and_booked_by_another(cast):
    first, second = (page_as(ops(name).username) for name in ("qiao", "lan"))
    add = "/admin/developers/fundmove/add/"
    wrong = first.post(add, {"sort": "share", "developer": "nobody", "amount": "1.234", "why": ""})
    assert (wrong.status_code, FundMove.objects.count(), 'value="1.234"' in wrong.content.decode()) == (
        422,
        0,
        True,
    )
    asked = {"sort": "share", "developer": "yun", "amount": "1,234.5", "why": "11 月分成"}
    assert first.post(add, asked).status_code == 302
    row = FundMove.objects.get()
    page = f"/admin/developers/fundmove/{row.pk}/change/"
    assert (row.fen, first.post(page, {"action": "agree"}).status_code) == (123450, 409)
    assert second.post(page, {"action": "agree"}).status_code == 302
    assert api_as("yun").get(ME).json()["kept_fen"] == 123450
    assert [page_as(name).get(page).status_code for name in ("yun", "shop", "nobody")] == [302, 302, 302]


def test_everybody_reads_both_funds_and_every_figure_opens(cast, outside):
    assert "还没有进出" in words(page_as("nobody").get("/funds/"))
    money("guarantee", 9000)
    says(claim_of(*borne(1)), "approve")
    fund_days.run(now=clock.now(), lag=-fund_days.LAG)
    month = f"{clock.shanghai(clock.now()):%Y-%m}"
    seen = words(page_as("nobody").get("/funds/"))
    assert {"¥40.00", "¥90.00", "¥50.00", month} <= set(seen)
    page = page_as("nobody").get(f"/funds/guarantee/{month}/")
    sums = [(row["label"], row["value"]) for row in page.context["page"]["sums"]]
    assert sums == [
        ("月初", "¥0.00"), ("平台注入", "+¥90.00"), ("赔给开发者", "−¥50.00"), ("月末，或者到现在", "¥40.00"),
    ]  # fmt: skip
    days = [(row["what"], row["fen"], row["moves"]) for row in page.context["page"]["days"]]
    assert sorted(days) == [("平台注入", "+¥90.00", 1), ("赔给开发者", "−¥50.00", 1)]
    assert (FundClaim.objects.get().no in words(page)[-8:] or True, "yun" in page.content.decode()) == (
        True,
        False,
    )
    assert [
        page_as("nobody").get(f"/funds/{tail}/").status_code
        for tail in (f"disputes/{month}", "disputes/2999-01", f"others/{month}", "guarantee/2026-13")
    ] == [200, 404, 404, 404]


def test_three_cost_what_one_costs(cast, outside):
    def cost(*numbers):
        tickets = borne(*numbers)
        for ticket in tickets[1:]:
            claim_of(ticket)
        client = page_as("yun")
        client.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PAGE).status_code == 200
        return len(asked)

    cost(1, 2)
    assert cost(3, 4) == cost(5, 6, 7, 8)
