"""Users get a token for a name and password; it ends by itself, and roles open doors."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.test import APIClient

from accounts.api.authentication import TokenAuthentication
from accounts.models import User
from accounts.services import guest_access, people, tokens
from accounts.services import log_in as log_in_service
from common import clock
from tests.accounts.conftest import NOON, PASSWORD

URL = "/api/v1/auth/token/"


def log_in(username="qiao", password=PASSWORD, **extra):
    return APIClient().post(URL, {"username": username, "password": password}, format="json", **extra)


def test_a_token_lasts_a_day(qiao, time_machine):
    time_machine.move_to(NOON, tick=False)
    answer = log_in()
    token = answer.json()["token"]
    assert (answer.status_code, answer.json()) == (
        200,
        {"token": token, "expires_at": "2026-11-23T04:00:00Z"},
    )
    bearer: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    time_machine.move_to(NOON + timedelta(hours=24, seconds=-1), tick=False)
    assert APIClient().get("/who/", **bearer).json() == {"username": "qiao"}
    time_machine.move_to(NOON + timedelta(hours=24), tick=False)
    ended = APIClient().get("/who/", **bearer)
    assert (ended.status_code, ended["WWW-Authenticate"]) == (401, "Bearer")


def test_logging_in_is_noted(qiao, time_machine):
    time_machine.move_to(NOON, tick=False)
    log_in()
    assert User.objects.get(username="qiao").last_login == NOON


@pytest.mark.parametrize(
    ("username", "password"), [("qiao", "wrong"), ("nobody", PASSWORD), ("qiao", PASSWORD + " ")]
)
def test_a_wrong_password_and_an_unknown_name_look_alike(qiao, username, password):
    answer = log_in(username, password)
    assert (answer.status_code, answer["WWW-Authenticate"], answer.json()["code"]) == (
        401,
        "Bearer",
        "wrong_credentials",
    )


def test_a_name_from_a_form_may_hold_anything():
    with pytest.raises(log_in_service.WrongCredentials):
        log_in_service.verify(request=RequestFactory().post("/"), username="qiao\0", password=PASSWORD)


def test_somebody_who_left_gets_in_neither_by_password_nor_by_an_old_token(qiao, client_of):
    client = client_of(qiao)
    User.objects.update(is_active=False)
    assert (log_in().status_code, client.get("/who/").status_code) == (401, 401)


def test_ten_wrong_passwords_lock_the_name_for_a_quarter_of_an_hour(qiao):
    answers = [log_in(password=f"wrong{n}") for n in range(11)]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [401] * 9 + [429] * 2
    locked = log_in()
    assert (locked.status_code, locked["Retry-After"], locked["Content-Type"], locked.json()["code"]) == (
        429,
        "900",
        "application/problem+json",
        "too_many_tries",
    )


def test_an_old_token_sent_along_does_not_stand_in_the_way(qiao):
    assert log_in(HTTP_AUTHORIZATION="Bearer " + "0" * 64).status_code == 200


@pytest.mark.parametrize("token", ["0" * 64, "x", "é", "A" * 64, "0" * 63 + "\0"])
def test_an_unknown_token_is_refused(token):
    answer = APIClient().get("/who/", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_a_known_token_costs_one_query(qiao, django_assert_num_queries):
    token, _ = tokens.issue_for(user=qiao, now=clock.now())
    tokens.issue_for(user=qiao, now=clock.now())
    with django_assert_num_queries(1):
        assert TokenAuthentication().authenticate_credentials(token.encode())[0] == qiao


@pytest.mark.parametrize(
    ("who", "shop_door", "ops_door", "reader_door"),
    [
        ("nobody", 401, 401, 401),
        ("guest", 403, 403, 200),
        ("buyer", 403, 403, 200),
        ("panel", 403, 403, 200),
        ("developer", 403, 403, 200),
        ("", 403, 403, 200),
        ("ops", 403, 200, 200),
        ("shop", 200, 403, 200),
        ("superuser", 200, 200, 200),
    ],
)
def test_doors_by_role(who, shop_door, ops_door, reader_door, client_of):
    guest_access.set_query_password(order_no="A-1", password="Right")
    if who == "nobody":
        client = APIClient()
    elif who == "guest":
        client = client_of("A-1")
    else:
        role = "" if who == "superuser" else who
        client = client_of(people.ensure_user(username="x", role=role, is_superuser=who == "superuser"))
    answers = [client.get(url).status_code for url in ("/shop/", "/ops/", "/who/")]
    assert answers == [shop_door, ops_door, reader_door]


def test_a_signed_in_browser_works_with_csrf_only(qiao, settings):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(qiao)
    assert client.get("/who/").json() == {"username": "qiao"}
    assert client.post("/who/").status_code == 403
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    assert client.post("/who/", HTTP_X_CSRFTOKEN="a" * 32).json() == {"username": "qiao"}
