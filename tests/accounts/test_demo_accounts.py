"""A demo account's password is public: it works on this machine and nowhere else."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from accounts.permissions import is_loopback
from tests.accounts.conftest import PASSWORD

HERE: dict[str, Any] = {"HTTP_HOST": "localhost:8000"}
ELSEWHERE: list[dict[str, Any]] = [
    {"HTTP_HOST": "shop.example"},
    {"HTTP_HOST": "localhost", "REMOTE_ADDR": "203.0.113.7"},
    {"HTTP_HOST": "localhost", "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
]


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({"HTTP_HOST": "localhost"}, True),
        ({"HTTP_HOST": "LOCALHOST:8000"}, True),
        ({"HTTP_HOST": "127.0.0.1:8000"}, True),
        ({"HTTP_HOST": "127.1.2.3"}, True),
        ({"HTTP_HOST": "[::1]:8000", "REMOTE_ADDR": "::1"}, True),
        ({"HTTP_HOST": "localhost", "REMOTE_ADDR": "::ffff:127.0.0.1"}, True),
        ({}, False),
        ({"HTTP_HOST": ""}, False),
        ({"HTTP_HOST": "shop.example"}, False),
        ({"HTTP_HOST": "localhost.shop.example"}, False),
        ({"HTTP_HOST": "127.0.0.1.shop.example"}, False),
        ({"HTTP_HOST": "localhost", "REMOTE_ADDR": "203.0.113.7"}, False),
        ({"HTTP_HOST": "localhost", "REMOTE_ADDR": "::ffff:203.0.113.7"}, False),
        ({"HTTP_HOST": "localhost", "REMOTE_ADDR": ""}, False),
        ({"HTTP_HOST": "localhost", "HTTP_FORWARDED": "for=127.0.0.1"}, False),
        ({"HTTP_HOST": "localhost", "HTTP_X_FORWARDED_FOR": ""}, False),
        ({"HTTP_HOST": "localhost", "HTTP_X_FORWARDED_HOST": "localhost"}, False),
        ({"HTTP_HOST": "localhost", "HTTP_X_FORWARDED_PROTO": "https"}, False),
        ({"HTTP_HOST": "localhost", "HTTP_X_REAL_IP": "127.0.0.1"}, False),
        ({"HTTP_HOST": "localhost", "HTTP_VIA": "1.1 proxy"}, False),
    ],
)
def test_loopback(meta, expected):
    assert is_loopback(RequestFactory().get("/", **meta)) is expected


def log_in(**meta):
    given = {"username": "demo-qiao", "password": PASSWORD}
    return APIClient().post("/api/v1/auth/token/", given, format="json", **meta)


def test_here_it_works(demo):
    token = log_in(**HERE).json()["token"]
    answer = APIClient().get("/who/", HTTP_AUTHORIZATION=f"Bearer {token}", **HERE)
    assert answer.json() == {"username": "demo-qiao"}


@pytest.mark.parametrize("meta", ELSEWHERE)
def test_from_elsewhere_the_right_password_is_a_wrong_one(demo, meta):
    right = log_in(**meta)
    wrong = APIClient().post(
        "/api/v1/auth/token/", {"username": "demo-qiao", "password": "wrong"}, format="json", **meta
    )
    assert (right.status_code, right.json()) == (wrong.status_code, wrong.json())
    assert right.status_code == 401


@pytest.mark.parametrize("meta", ELSEWHERE)
def test_from_elsewhere_its_token_is_no_token(demo, client_of, meta):
    client = client_of(demo)
    assert client.get("/who/", **HERE).status_code == 200
    assert client.get("/who/", **meta).status_code == 401


@pytest.mark.parametrize("meta", ELSEWHERE)
def test_from_elsewhere_its_session_is_nobodys(demo, meta):
    client = Client()
    client.force_login(demo)
    assert client.get("/page/", **HERE).content == b"demo-qiao"
    assert client.get("/who/", **HERE).json() == {"username": "demo-qiao"}
    assert client.get("/page/", **meta).status_code == 302
    assert client.get("/who/", **meta).status_code == 401


def test_others_may_come_from_anywhere(qiao, client_of):
    assert client_of(qiao).get("/who/", **ELSEWHERE[1]).json() == {"username": "qiao"}
