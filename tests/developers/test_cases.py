"""A developer's case, page and API: who bears it, what may be said against it, and whose case it is."""

from datetime import timedelta

import pytest

from accounts.services import people
from common import clock
from compensation.models import Bearer, Contest, ContestAnswer
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
