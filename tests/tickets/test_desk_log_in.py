"""One log-in for everybody: the admin's own form leads to it, and who could log in there still can."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.services import people
from tests.tickets.desk_pages import QUEUE

pytestmark = pytest.mark.django_db
PASSWORD = "长 words, with blanks at its end  " + "x" * 150
# As a browser sees Docker's published port: the host's own name, from the address of the bridge.
PUBLISHED = {
    "HTTP_HOST": "localhost:8000",
    "REMOTE_ADDR": "172.18.0.1",
    "HTTP_ORIGIN": "http://localhost:8000",
}


@pytest.fixture
def qiao():
    return people.ensure_user(username="qiao", role="ops", password=PASSWORD, is_staff=True)


def send(client, *, wanted=QUEUE, **typed):
    """As a browser does: the form's own token and where to go next, from the page that was asked for."""
    page = client.get("/login/", {"next": wanted}, **PUBLISHED).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    return client.post("/login/", {"csrfmiddlewaretoken": token, "next": wanted} | typed, **PUBLISHED)


def test_the_admin_leads_strangers_to_the_one_log_in_and_back():
    answer = Client().get(f"{QUEUE}?tab=late", follow=True)
    asked = [urlsplit(address) for address, _ in answer.redirect_chain]
    assert [each.path for each in asked] == ["/admin/login/", "/login/"]
    assert parse_qs(asked[-1].query) == {"next": [f"{QUEUE}?tab=late"]}
    assert answer.status_code == 200
    assert f'name="next" value="{QUEUE}?tab=late"' in answer.content.decode()
    assert reverse("admin:login") == "/admin/login/"
    assert Client().get("/admin/login/").headers["Location"] == "/login/?next=%2Fadmin%2F"
    assert Client().post("/admin/login/").status_code == 405


@pytest.mark.parametrize("name", ["qiao", " qiao ", "ｑｉａｏ"])
def test_a_password_that_the_admins_form_took_is_taken(qiao, name):
    client = Client(enforce_csrf_checks=True)
    answer = send(client, username=name, password=PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, QUEUE)
    assert client.get(QUEUE, **PUBLISHED).status_code == 200


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/admin/", "//evil.example", "javascript:alert(1)", "\\\\evil"]
)
def test_nobody_is_led_elsewhere(qiao, wanted):
    assert send(Client(), wanted=wanted, username="qiao", password=PASSWORD)["Location"] == "/admin/"


def test_without_the_token_nobody_is_logged_in_and_after_ten_tries_not_with_the_password(qiao):
    client = Client(enforce_csrf_checks=True)
    typed = {"username": "qiao", "password": PASSWORD}
    assert client.post("/login/", typed, **PUBLISHED).status_code == 403
    tries = [send(client, username="qiao", password="wrong").status_code for _ in range(10)]
    assert set(tries[:9]) == {422}
    assert send(client, **typed).status_code == 429


def test_who_may_not_open_it_is_told_whose_account_it_is(qiao):
    client = Client(headers={"accept-language": "zh"})
    client.force_login(
        people.ensure_user(username="lin", role="buyer", password="pass"),
        backend="accounts.services.log_in.LoopbackDemoBackend",
    )
    shown = client.get(QUEUE, follow=True).content.decode()
    assert "您现在登录的是 lin，打不开要去的那一页。请换一个能打开它的账号。" in shown
    assert "您现在登录的是" not in client.get("/login/").content.decode()


def test_after_too_many_tries_the_page_says_from_what_time_on(qiao, settings):
    settings.AXES_FAILURE_LIMIT = 1
    with time_machine.travel("2026-11-22T05:05:10Z", tick=False):
        answer = Client().post("/login/", {"username": "qiao", "password": "no"})
    page = answer.content.decode()
    error = re.findall(r'id="password_error">([^<]*)<', page)
    button = re.findall(r'class="([^"]*)" form="login">([^<]*)<', page)
    assert (answer.status_code, answer["Retry-After"], error, button) == (
        429, "900", ["试错的次数太多了，请在今天 13:21 以后再试。您填的用户名还在。"],
        [("btn quiet", "今天 13:21 以后再登录")],
    )  # fmt: skip
