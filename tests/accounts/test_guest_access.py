"""An order is opened with its number and query password, and guessing doesn't pay."""

import random
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from rest_framework.test import APIClient

from accounts.models import AccessFailure, GuestAccess
from accounts.rules import Guest
from accounts.services import guest_access
from accounts.services.guest_access import BadGuestToken, TooManyTries, WrongQueryPassword
from tests.accounts.conftest import NOON

ADDRESS = "203.0.113.7"
MINUTE = timedelta(minutes=1)


def attempt(order_no="A-1", password="wrong", address=ADDRESS, now=NOON):
    """What one try comes to, as plain values."""
    try:
        return guest_access.open_order(order_no=order_no, password=password, address=address, now=now)
    except (WrongQueryPassword, TooManyTries) as refusal:
        return refusal.status, refusal.detail, refusal.extra


def wrong(left: int) -> tuple:
    then = f"还可以再试 {left} 次，之后要等 15 分钟。" if left else "现在要等 15 分钟才能再试。"
    return 401, "订单号和查询密码对不上。请核对这两处，大小写也算。" + then, {"tries_left": left}


def locked(seconds: int) -> tuple:
    minutes = -(-seconds // 60)
    return 429, f"试错的次数太多了，请等 {minutes} 分钟再试。", {"retry_after": seconds}


@pytest.fixture(autouse=True)
def order() -> None:
    guest_access.set_query_password(order_no="A-1", password="Right")


def test_the_right_password_opens_that_order_and_leaves_no_trace():
    assert attempt(password="Right") == Guest(order_no="A-1")
    assert list(AccessFailure.objects.all()) == []


@pytest.mark.parametrize("order_no", ["A-1", "unknown", "closed"])
def test_five_wrong_tries_then_locked_alike_for_known_unknown_and_closed_orders(order_no):
    guest_access.set_query_password(order_no="closed", password="x")
    guest_access.set_query_password(order_no="closed", password="")
    answers = [attempt(order_no, now=NOON + n * MINUTE) for n in range(6)]
    assert answers == [wrong(4), wrong(3), wrong(2), wrong(1), wrong(0), locked(600)]


def test_locked_means_locked_for_the_right_password_too_until_the_oldest_failure_is_15_minutes_old():
    for n in range(5):
        attempt(now=NOON + n * MINUTE)
    assert attempt(password="Right", now=NOON + 14.9 * MINUTE) == locked(6)
    assert attempt(password="Right", now=NOON + 15 * MINUTE) == Guest(order_no="A-1")


def test_tries_while_locked_do_not_lengthen_the_wait():
    answers = [attempt(now=NOON) for _ in range(9)][5:]
    assert answers == [locked(900)] * 4
    assert AccessFailure.objects.count() == 10


def test_twenty_wrong_tries_from_one_address_over_many_orders():
    answers = [attempt(f"B-{n}") for n in range(21)]
    assert answers == [wrong(min(4, 19 - n)) for n in range(20)] + [locked(900)]
    assert attempt("A-1", "Right") == locked(900)
    assert attempt("A-1", "Right", address="203.0.113.8") == Guest(order_no="A-1")


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("", "", True),
    ],
)
def test_an_ipv6_customer_is_one_address(first, second, shared):
    for n in range(20):
        attempt(f"B-{n}", address=first)
    assert attempt("C-1", address=second) == (locked(900) if shared else wrong(4))


def test_the_failures_do_not_say_who_asked_about_what():
    attempt("A-1")
    assert [len(s) for s in AccessFailure.objects.values_list("scope", flat=True)] == [64, 64]


def test_orders_that_share_a_password_do_not_show_it():
    guest_access.set_many(passwords={"A-2": "Right", "A-3": ""})
    stored = dict(GuestAccess.objects.values_list("order_no", "password_hmac"))
    assert sorted(stored) == ["A-1", "A-2"]
    assert stored["A-1"] != stored["A-2"]
    assert "Right" not in str(stored)


def test_an_import_does_not_replace_a_password():
    guest_access.set_many(passwords={"A-1": "other", "A-2": "two"})
    assert attempt(password="Right") == Guest(order_no="A-1")
    assert attempt("A-2", "two") == Guest(order_no="A-2")


def test_a_token_is_the_guest_for_24_hours():
    token, ends = guest_access.guest_token(Guest(order_no="A-1"), NOON)
    assert ends == NOON + timedelta(hours=24)
    assert token.startswith("g.")
    assert guest_access.read_token(token, ends - timedelta(seconds=1)) == Guest(order_no="A-1")
    with pytest.raises(BadGuestToken):
        guest_access.read_token(token, ends)


@pytest.mark.parametrize("passwords", [["new"], ["Right"], [""], ["", "Right"]])
def test_setting_the_password_again_ends_its_tokens(passwords):
    token, _ = guest_access.guest_token(Guest(order_no="A-1"), NOON)
    for password in passwords:
        guest_access.set_query_password(order_no="A-1", password=password)
    with pytest.raises(BadGuestToken):
        guest_access.read_token(token, NOON)


def test_a_number_from_a_form_may_hold_anything():
    assert attempt("A-1\0", "Right") == wrong(4)


def test_an_empty_password_opens_nothing():
    guest_access.set_query_password(order_no="A-1", password="")
    guest_access.set_query_password(order_no="A-9", password="")
    assert [attempt("A-1", ""), attempt("A-9", "")] == [wrong(4), wrong(4)]


def test_a_hundred_tampered_tokens_are_refused_and_the_true_one_is_not(client_of):
    client = client_of("A-1")
    assert client.get("/who/").json() == {"username": "guest:A-1"}
    token = client._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    dice = random.Random(2026)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:.\xff"
    answers = []
    for _ in range(100):
        place = dice.randrange(len(token))
        letter = dice.choice([c for c in letters if c != token[place]])
        forged = token[:place] + letter + token[place + 1 :]
        answer = APIClient().get("/who/", HTTP_AUTHORIZATION=f"Bearer {forged}")
        answers.append((answer.status_code, answer["WWW-Authenticate"], answer.json()["code"]))
    assert answers == [(401, "Bearer", "unauthenticated")] * 100


@pytest.mark.parametrize("header", ["Bearer", "Bearer g.", "Bearer g.a b", "Bearer g.é:é", "bearer g.x:y:z"])
def test_malformed_tokens_are_refused(header):
    answer = APIClient().get("/who/", HTTP_AUTHORIZATION=header)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_over_http_the_guest_gets_a_token_that_ends_after_a_day(time_machine):
    time_machine.move_to(NOON, tick=False)
    given = {"order_no": "A-1", "query_password": "Right"}
    answer = APIClient().post("/api/v1/auth/order-access/", given, format="json")
    token = answer.json()["token"]
    assert answer.status_code == 200
    assert answer.json() == {"token": token, "expires_at": "2026-11-23T04:00:00Z", "order_no": "A-1"}
    bearer: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    assert APIClient().get("/who/", **bearer).json() == {"username": "guest:A-1"}
    time_machine.move_to(NOON + timedelta(hours=24), tick=False)
    assert APIClient().get("/who/", **bearer).status_code == 401


def test_over_http_refusals_are_problems_with_the_tries_left_and_the_wait(time_machine):
    time_machine.move_to(NOON, tick=False)
    given = {"order_no": "nobody", "query_password": "wrong"}
    answers = [APIClient().post("/api/v1/auth/order-access/", given, format="json") for _ in range(6)]
    first, last = answers[0], answers[5]
    assert first.json() == {
        "type": "about:blank",
        "title": "订单号和查询密码对不上",
        "status": 401,
        "code": "wrong_query_password",
        "detail": wrong(4)[1],
        "errors": [],
        "tries_left": 4,
    }
    assert (first["Content-Type"], first["WWW-Authenticate"]) == ("application/problem+json", "Bearer")
    assert [a.status_code for a in answers] == [401] * 5 + [429]
    assert (last.json()["code"], last["Retry-After"]) == ("too_many_tries", "900")


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({}, [("order_no", "required"), ("query_password", "required")]),
        ({"order_no": "x" * 65, "query_password": "p"}, [("order_no", "max_length")]),
        ({"order_no": "A\0", "query_password": "p"}, [("order_no", "null_characters_not_allowed")]),
        ({"order_no": "A-1", "query_password": ""}, [("query_password", "blank")]),
    ],
)
def test_over_http_what_is_missing_is_named(given, errors):
    answer = APIClient().post("/api/v1/auth/order-access/", given, format="json")
    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == errors


def test_a_header_of_a_proxy_is_not_believed(time_machine):
    time_machine.move_to(NOON, tick=False)
    for n in range(20):
        attempt(f"B-{n}", address="127.0.0.1")
    given = {"order_no": "A-1", "query_password": "Right"}
    answer = APIClient().post(
        "/api/v1/auth/order-access/", given, format="json", HTTP_X_FORWARDED_FOR="198.51.100.1"
    )
    assert answer.status_code == 429


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_get_no_more_tries_than_guesses_in_a_row():
    answers = []

    def guess() -> None:
        answers.append(attempt())
        connections.close_all()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    judged = [answer for answer in answers if answer[0] == 401]
    assert len(answers) == 12
    assert len(judged) <= 5
    assert AccessFailure.objects.count() == 2 * len(judged)
