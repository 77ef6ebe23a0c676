"""Pages in English, and the switch at the foot of each."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.template import loader
from django.test import Client
from django.utils.translation import override

from accounts.models import User
from common import clock
from compensation.services import imports as workers
from orders.models import ImportRun
from tests.orders.test_import_admin import hand_in, order_csv, staff
from tests.translation.chinese_only import TODAY
from tests.translation.extracting import CHINESE, ROOMS

__all__ = ["staff"]

SWITCH = re.compile(r'<button type="submit" name="language" value="zh-hans".*?</button>', re.DOTALL)
ERRORS = ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"]
PAGES = ["/login/", "/evidence/", "/no-such-page/", "/orders/no-such/"]
DESK = sorted(
    f"{model._meta.app_label}/{model._meta.model_name}/"
    for model in admin.site._registry
    if model._meta.app_label in {*ROOMS} - TODAY
)


def chinese_in(html):
    """Lines with Chinese, but for the language's own name in the switch."""
    return [line.strip() for line in SWITCH.sub("", html).splitlines() if CHINESE.search(line)]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_in_english_has_no_chinese(db, address):
    html = Client(headers={"Accept-Language": "en"}).get(address).content.decode()
    assert (chinese_in(html), '<html lang="en">' in html) == ([], True)


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_page_of_errors_needs_neither_database_nor_request(name, language):
    with override(language):
        html = loader.get_template(name).render()
    assert f'<html lang="{"en" if language == "en" else "zh-CN"}">' in html
    assert bool(chinese_in(html)) == (language != "en")


@pytest.mark.parametrize("page", ["", "accounts/user/add/", "orders/importrun/add/", *DESK])
def test_the_desk_in_english_has_no_chinese(staff, page):
    client = staff("ops")
    User.objects.update(is_superuser=True)
    answer = client.get(f"/admin/{page}", headers={"Accept-Language": "en"})
    assert (answer.status_code, chinese_in(answer.content.decode())) == (200, [])


def test_a_wrong_password_is_told_in_english(db):
    answer = Client(headers={"Accept-Language": "en"}).post("/login/", {"username": "a", "password": "b"})
    assert (
        "The username or the password is wrong. Please check them and try again; upper and lower case count."
        in (answer.content.decode())
    )


def test_rows_that_were_not_taken_are_told_in_english(staff, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    client = staff("ops")
    hand_in(client, order_csv({"quantity": "x"}, {"order_no": "号"}), name="orders.csv")
    run = ImportRun.objects.get()
    workers.go_on(run_id=run.pk, now=clock.now())
    english = client.get(f"/admin/orders/importrun/{run.pk}/change/", headers={"Accept-Language": "en"})
    told = re.findall(r"<td>(\d+)</td><td>(.*?)</td>", english.content.decode())
    assert [(line, unescape(why)) for line, why in told] == [
        ("2", "quantity must be a whole number."),
        ("3", "order_no may only have letters, digits, dots, hyphens and underscores."),
    ]
    assert chinese_in(english.content.decode()) == []
    assert list(run.rejected_rows.values_list("detail", flat=True)) == [
        "quantity 要是整数。", "order_no 只能有字母、数字、点、横线和下划线。",
    ]  # fmt: skip


def test_a_file_that_cannot_be_read_is_told_in_english(staff, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    client = staff("ops")
    hand_in(client, b"order_no,sku\n", name="orders.csv")
    run = ImportRun.objects.get()
    workers.go_on(run_id=run.pk, now=clock.now())
    english = client.get(f"/admin/orders/importrun/{run.pk}/change/", headers={"Accept-Language": "en"})
    assert [unescape(why) for why in re.findall(r'"imp-error">(.*?)</p>', english.content.decode())] == [
        "File orders.csv lacks these columns: buyer_external_id, quantity, paid_fen, paid_at."
    ]


# ---- the switch ----


def switch(client, language, to):
    return client.post("/language/", {"language": language, "next": to})


def test_a_guest_switches_and_it_is_kept(db):
    client = Client(enforce_csrf_checks=True)
    assert '<html lang="zh-CN">' in client.get("/login/?next=/admin/").content.decode()
    answer = switch(client, "en", "/login/?next=/admin/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/admin/")
    cookie = answer.cookies["language8000"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 365 * 24 * 3600)
    assert (
        '<html lang="en">' in client.get("/evidence/", headers={"Accept-Language": "zh-CN"}).content.decode()
    )
    switch(client, "zh-hans", "/")
    assert (
        '<html lang="zh-CN">' in client.get("/evidence/", headers={"Accept-Language": "en"}).content.decode()
    )


def test_the_switch_leads_nowhere_else(db):
    assert switch(Client(), "en", "https://elsewhere.example/")["Location"] == "/"


def next_of(html):
    found = re.search(r'name="next" value="([^"]*)">\s*<button', html)
    return unescape(found[1]) if found else None


@pytest.mark.parametrize(
    ("came_from", "back_to"),
    [
        ("http://testserver/orders/LD-1/?a=1&b=2", "/orders/LD-1/?a=1&b=2"),
        ("https://elsewhere.example/orders/LD-1/", "/"),
        ("", "/"),
    ],
)
def test_what_a_form_answered_is_left_for_the_page_it_came_from(db, came_from, back_to):
    client = Client()
    client.cookies["language8000"] = "en"
    posted = client.post("/login/", {"username": "a", "password": "b"}, headers={"Referer": came_from})
    read = client.get("/login/?next=/orders/A-1/")
    assert (next_of(posted.content.decode()), next_of(read.content.decode())) == (
        back_to, "/login/?next=/orders/A-1/",
    )  # fmt: skip


def test_public_pages_tell_caches_what_they_vary_by(db):
    answer = Client().get("/evidence/")
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in answer["Vary"].split(",")}
    assert answer["Content-Language"] == "zh-hans"
