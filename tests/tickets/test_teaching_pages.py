"""Tutorials on a buyer's pages: folded beside the form, in the answer, and what their two buttons do."""

import re

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import people
from common import clock
from tests.orders.tutorial_case import tally, write
from tests.tickets.case import claim, fallen, state
from tests.tickets.desk_pages import BACKEND, said
from tickets.models import Ticket
from tickets.services import teaching

pytestmark = pytest.mark.django_db
ORDER = "/orders/A-1/"


@pytest.fixture
def buyer(shop):
    fallen()
    people.ensure_user(
        username="lin", role="buyer", password="pass", buyer=people.ensure_buyer(external_id="b-1")
    )
    return signed_in("lin")


def signed_in(name):
    client = Client(headers={"accept-language": "zh"})
    client.force_login(User.objects.get(username=name), backend=BACKEND)
    return client


@pytest.fixture
def made(buyer):
    return write(symptom_title="找不到入口")


def html(answer):
    return answer.content.decode()


def test_it_is_folded_beside_the_form_and_the_enter_key_files(buyer, made):
    page = html(buyer.get(f"{ORDER}?ask=question"))
    form = page[page.index('id="ask"') :]
    assert ('<details class="proofs guide for-question">' in form, "先看看这个：怎么看补了没有" in form) == (
        True,
        True,
    )
    assert ("想问怎么用：找不到入口" in form, "2. 看曲线" in form) == (True, True)
    first = re.search(r"<button[^>]*>", form).group()
    assert first == '<button type="submit" hidden>'
    assert '<button type="submit" form="ask" class="btn">' in form


def test_looking_counts_nothing(buyer, made):
    for address in (ORDER, f"{ORDER}?ask=question", f"{ORDER}tutorials/"):
        buyer.get(address)
    assert tally(made) == (0, 0, 0)


def test_a_page_without_tutorials_has_none_of_it(buyer):
    assert "guide" not in html(buyer.get(f"{ORDER}?ask=question"))


def test_ops_look_and_have_no_buttons(buyer, made):
    people.ensure_user(username="qiao", role="ops", password="pass", is_staff=True)
    ops = signed_in("qiao")
    assert ("先看看这个" in html(ops.get(ORDER)), 'name="solved"' in html(ops.get(ORDER))) == (True, False)
    assert ops.post(f"{ORDER}tutorials/", {"solved": f"{made.no}/1"}).status_code == 404
    assert tally(made) == (0, 0, 0)


def test_solved_thanks_and_files_nothing(buyer, made):
    answer = buyer.post(
        f"{ORDER}tutorials/", {"reason": "", "text": "", "solved": f"{made.no}/1"}, follow=True
    )
    assert said(answer) == ["解决了就好，没有提交售后单。之后要是又不行，随时可以在这里提交。"]
    assert (Ticket.objects.count(), tally(made)) == (0, (1, 1, 0))


@pytest.mark.parametrize(("chosen", "kept"), [("", "question"), ("fake_units", "fake_units")])
def test_unsolved_goes_on_to_filing_and_nothing_typed_is_lost(buyer, made, chosen, kept):
    typed = {
        "reason": chosen,
        "text": "找了半天",
        "fake_units": "30",
        "accounts": "u-1",
        "unsolved": f"{made.no}/1",
    }
    answer = buyer.post(f"{ORDER}tutorials/", typed)
    page = html(answer)
    assert said(answer) == ["记下了，教程没有解决。写几句情况，按「提交」就交给我们。"]
    assert f'<option value="{kept}" selected>' in page
    assert (">找了半天</textarea>" in page, 'value="30"' in page, ">u-1</textarea>" in page) == (
        True,
        True,
        True,
    )
    assert ('id="other" open' in page, Ticket.objects.count(), tally(made)) == (True, 0, (1, 0, 1))
    offered = re.findall(r'name="offered" value="([^"]+)"', page)
    filed = buyer.post(f"{ORDER}claim/", {"reason": "question", "text": "找了半天", "offered": offered})
    assert (filed.status_code, Ticket.objects.get().reason, tally(made)) == (302, "question", (1, 0, 1))


def test_filing_without_a_word_counts_as_shown(buyer, made):
    buyer.post(f"{ORDER}claim/", {"reason": "question", "text": "怎么看", "offered": f"{made.no}/1"})
    assert (Ticket.objects.count(), tally(made)) == (1, (1, 0, 0))


@pytest.mark.parametrize("value", ["", "x", "J-0000000000/1", "J-0000000000/²", f"J-0000000000/{'9' * 30}"])
def test_what_there_is_not_is_absent(buyer, made, value):
    assert buyer.post(f"{ORDER}tutorials/", {"solved": value}).status_code == 404
    assert tally(made) == (0, 0, 0)


@pytest.fixture
def ticket(made):
    return claim(reason="question")


def test_an_answer_has_the_tutorial_and_its_two_answers(buyer, ticket, made):
    page = html(buyer.get(f"/tickets/{ticket.no}/"))
    assert ("教程：怎么看补了没有" in page, "2. 看曲线" in page, "系统给了教程" in page) == (True, True, True)
    pressed = re.findall(r'name="(solved|unsolved)" value="([^"]+)"', page)
    assert pressed == [("unsolved", f"{made.no}/1"), ("solved", f"{made.no}/1")]
    assert "还没有现成的教程" not in page


def test_the_orders_list_points_to_the_answer(buyer, ticket):
    page = html(buyer.get(ORDER))
    assert ("给了办法，请您打开看" in page, "说说哪一步不明白" in page) == (True, False)


@pytest.mark.parametrize(
    ("word", "ends", "told"),
    [("solved", "resolved", "您说解决了。"), ("unsolved", "waiting_ops", "您说还是不行，由专人接着办。")],
)
def test_the_two_answers_in_a_case(buyer, ticket, made, word, ends, told):
    address = f"/tickets/{ticket.no}/"
    page = buyer.post(f"{address}tutorials/", {word: f"{made.no}/1"}, follow=True)
    assert (page.status_code, state(ticket), told in html(page)) == (200, ends, True)
    assert 'name="solved"' not in html(page)


def test_several_have_their_own_buttons_each(buyer, made):
    other = write(title="第二篇")
    ticket = claim(reason="question")
    page = html(buyer.get(f"/tickets/{ticket.no}/"))
    pressed = re.findall(r'name="(solved|unsolved)" value="([^"]+)"', page)
    assert {key for _, key in pressed} == {f"{made.no}/1", f"{other.no}/1"}
    assert (len(pressed), 'id="confirm"' in page) == (4, True)


def test_a_case_that_moved_on_says_so(buyer, ticket, made):
    address = f"/tickets/{ticket.no}/"
    buyer.post(f"{address}confirm/")
    page = buyer.post(f"{address}tutorials/", {"unsolved": f"{made.no}/1"}, follow=True)
    assert (len(said(page)), state(ticket), tally(made)) == (1, "resolved", (0, 0, 0))


def test_the_moving_part_brings_a_tutorial_that_ops_give(buyer, made):
    ticket = claim(reason="suggestion", text="希望能选时段")
    seen = re.search(r"seen=([\w-]+)", html(buyer.get(f"/tickets/{ticket.no}/"))).group(1)

    teaching.reply(ticket=ticket, text="", no=made.no, name="qiao", now=clock.now())
    part = buyer.get(f"/tickets/{ticket.no}/progress/?seen={seen}")
    assert (part.status_code, "专人给了教程" in html(part)) == (200, True)
    assert '<div id="guides" class="stack" hx-swap-oob="true">' in html(part)
