"""The admin's desk for remedies: what needs a person first, and everything on one page, for ops only."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import people
from compensation.models import Remedy
from tests.compensation.by_hand_case import done, held_by_kernel, manual_refund, remedy, stands, words
from tests.tickets.case import claim, fallen
from tests.tickets.conftest import outside

__all__ = ["outside"]
pytestmark = pytest.mark.django_db
ALL = "/admin/compensation/remedy/"


def signed_in(role="ops", name="qiao", **rights):
    client = Client()
    client.force_login(people.ensure_user(username=name, role=role, is_staff=True, **rights))
    return client


@pytest.fixture
def qiao():
    return signed_in()


def page(kind="top_up"):
    return f"{ALL}{remedy(kind).pk}/change/"


def press(client, action, kind="top_up", **typed):
    return client.post(page(kind), {"action": action, "reason": "看过流水"} | typed)


def listed(client, query=""):
    shown = client.get(f"{ALL}{query}")
    assert shown.status_code == 200
    return [(row.kind, row.state) for row in shown.context["cl"].result_list]


def test_the_list_begins_with_what_needs_a_person(outside, qiao):
    manual_refund()
    held_by_kernel_again()
    assert listed(qiao) == [("refund", "held"), ("top_up", "held")]
    assert listed(qiao, "?show=under_way") == [("gift", "pending")]
    assert listed(qiao, "?show=all") == [("top_up", "held"), ("refund", "held"), ("gift", "pending")]
    assert listed(qiao, "?q=A-1") == [("refund", "held"), ("gift", "pending")]
    assert listed(qiao, f"?q={remedy('gift').key}") == [("gift", "pending")]
    assert listed(qiao, "?q=B") == [("top_up", "held")]
    assert listed(qiao, "?q=C-9") == []


def held_by_kernel_again():
    fallen("B-1")
    claim("B-1")
    Remedy.objects.filter(kind="top_up").update(state="held", held_reason="faults")


def test_the_page_says_what_happened_and_what_to_do(outside, qiao):
    held_by_kernel("faults")
    text = qiao.get(page()).content.decode()
    for said in (
        "连着 90 秒以上没有得到答复", "先点「问一次对方」", "补量 180", "发出去的经过", "1 次", "https://v.example/A-1",
        "问一次对方", "再发一次", "已由人办好", "不再办", str(remedy().key),
    ):  # fmt: skip
        assert said in text, said
    assert "/admin/orders/order/" in text
    assert "/admin/tickets/ticket/" in text


@pytest.mark.parametrize(
    ("action", "ends"),
    [
        ("give_up", ("voided", 0, "voided")),
        ("done_by_hand", ("settled", 180, "posted")),
        ("ask", ("held", 0, "pending")),
    ],
)
def test_a_button_acts_and_says_what_came_of_it(outside, qiao, action, ends):
    held_by_kernel("faults")
    answer = press(qiao, action, reference="H-1")
    assert (answer.status_code, answer["Location"]) == (302, page())
    assert stands() == ends
    assert "desk" in qiao.get(page()).content.decode()


def test_what_was_typed_stays_where_it_is_refused(outside, qiao):
    held_by_kernel("faults")
    outside.always = (False, "reset")
    answer = press(qiao, "give_up", reason="<b>对方</b>说没有")
    assert (answer.status_code, stands()) == (409, ("held", 0, "pending"))
    text = answer.content.decode()
    assert "问不到对方办没办，现在结案可能会办两次" in text
    assert "&lt;b&gt;对方&lt;/b&gt;说没有" in text
    assert press(qiao, "done_by_hand", reference="H-1", reason=" ").status_code == 422


def test_a_colleague_was_first(outside, qiao):
    held_by_kernel("faults")
    done(by="he")
    answer = press(qiao, "give_up", reason="供货商说没有")
    assert (answer.status_code, stands()) == (409, ("settled", 180, "posted"))
    for said in ("刚刚有了新的进展", "供货商说没有"):
        assert said in answer.content.decode()


@pytest.mark.parametrize("action", ["", "nothing", "pay_again", "leave", "__class__"])
def test_what_is_not_offered_does_nothing(outside, qiao, action):
    held_by_kernel("faults")
    assert press(qiao, action).status_code == 409
    assert (stands(), words()) == (("held", 0, "pending"), [])


def test_looking_changes_nothing(outside, qiao):
    held_by_kernel("faults")
    before = list(Remedy.objects.values())
    qiao.get(f"{page()}?action=give_up&reason=x")
    assert (list(Remedy.objects.values()), outside.seen) == (before, [])


@pytest.mark.parametrize("role", ["developer", "panel", "shop", "buyer", ""])
def test_to_other_staff_there_is_no_such_page(outside, role):
    held_by_kernel("faults")
    client = signed_in(role=role, name=f"s-{role}")
    assert [client.get(ALL).status_code, client.get(page()).status_code] == [404, 404]
    assert press(client, "give_up").status_code == 404
    assert (stands(), words()) == (("held", 0, "pending"), [])


def test_a_superuser_may(outside):
    held_by_kernel("faults")
    client = signed_in(role="", name="root", is_superuser=True)
    assert press(client, "give_up").status_code == 302
    assert stands()[0] == "voided"


@pytest.mark.parametrize("pk", ["0", "x", "9" * 30])
def test_what_is_not_there(outside, qiao, pk):
    assert qiao.get(f"{ALL}{pk}/change/").status_code == 404


def test_the_post_needs_its_token(outside):
    held_by_kernel("faults")
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.ensure_user(username="qiao", role="ops", is_staff=True))
    assert press(client, "give_up").status_code == 403
    assert stands()[0] == "held"


def test_one_row_costs_what_three_cost(outside, qiao):
    costs = []
    for n in (1, 3):
        for number in range(Remedy.objects.count(), n):
            fallen(f"C-{number}")
            claim(f"C-{number}")
        Remedy.objects.update(state="held", held_reason="faults")
        qiao.get(ALL)
        with CaptureQueriesContext(connection) as found:
            qiao.get(ALL)
        costs.append(len(found))
    assert costs[0] == costs[1]
