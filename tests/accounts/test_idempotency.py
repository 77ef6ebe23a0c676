"""The same request sent again is carried out once and answered alike, to the byte."""

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import RequestFactory
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from accounts.api.idempotency import _fingerprint
from accounts.models import IdempotencyKey
from accounts.services import guest_access, idempotency
from accounts.services.idempotency import Answer, Claim, InProgress, KeyReused, TakenOver
from tests.accounts import urls
from tests.accounts.conftest import NOON

BODY = {"text": "掉了 30 个赞", "n": 1}


@pytest.fixture
def client(qiao, client_of):
    return client_of(qiao)


def post(client, body=BODY, key="k-1", url="/orders/"):
    return client.post(url, body, format="json", HTTP_IDEMPOTENCY_KEY=key)


def shape(answer):
    return answer.status_code, answer["Content-Type"], answer.content


def carried_out() -> int:
    """How many requests have reached a handler so far."""
    return int(repr(urls.counter)[6:-1])


def test_the_same_again_gets_the_first_answer_and_is_carried_out_once(client):
    before = carried_out()
    first, second = post(client), post(client)
    assert first.status_code == 201
    assert shape(second) == shape(first)
    assert first.json() == {"number": before, "note": "已收到", "sent": BODY}
    assert carried_out() == before + 1
    assert (first.get("Idempotency-Replayed"), second["Idempotency-Replayed"]) == (None, "true")


def test_a_refusal_is_an_answer_too(client):
    first, second = post(client, url="/orders/moved/"), post(client, url="/orders/moved/")
    assert (first.status_code, first["Content-Type"]) == (409, "application/problem+json")
    assert shape(second) == shape(first)


def test_the_same_key_with_another_body_is_refused_and_the_first_answer_stays(client):
    first = post(client)
    other = post(client, body={"text": "别的"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert shape(post(client)) == shape(first)


def test_without_a_key_each_is_carried_out(client):
    numbers = [client.post("/orders/", BODY, format="json").json()["number"] for _ in range(2)]
    assert numbers[1] == numbers[0] + 1
    assert list(IdempotencyKey.objects.all()) == []


@pytest.mark.parametrize("url", ["/orders/busy/", "/orders/down/"])
def test_a_failure_of_ours_and_a_call_to_come_back_are_not_kept(client, url):
    first, second = post(client, url=url), post(client, url=url)
    assert first.status_code == second.status_code
    assert first.content != second.content
    assert list(IdempotencyKey.objects.all()) == []


def test_after_a_crash_the_next_try_is_carried_out(client):
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            post(client, url="/orders/crash/")
    assert list(IdempotencyKey.objects.all()) == []


def test_keys_are_scoped_to_principal_and_path(client, client_of, shop):
    guest_access.set_many(passwords={"A-1": "one", "A-2": "two"})
    clients = [client, client_of(shop), client_of("A-1"), client_of("A-2")]
    numbers = [post(c).json()["number"] for c in clients]
    numbers.append(post(client, url="/orders/plain/").json()["number"])
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    assert sorted(IdempotencyKey.objects.values_list("path", flat=True)) == ["/orders/"] * 4 + [
        "/orders/plain/"
    ]


def test_only_post_and_only_where_the_view_honours_it(client):
    put = [client.put("/orders/", BODY, format="json", HTTP_IDEMPOTENCY_KEY="k").json() for _ in range(2)]
    quote = [post(client, url="/quotes/").json() for _ in range(2)]
    assert [answers[1]["number"] - answers[0]["number"] for answers in (put, quote)] == [1, 1]


@pytest.mark.parametrize("key", ["", "k" * 201, "a\tb", "a\x7f"])
def test_a_key_must_be_1_to_200_visible_characters(client, key):
    answer = post(client, key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_invalid")


def test_a_key_of_200_and_a_long_path_fit_the_table(client):
    url = "/orders/" + "x" * 600 + "/"
    first = post(client, key="k" * 200, url=url)
    assert first.status_code == 201
    row = IdempotencyKey.objects.get()
    assert (row.key, row.path[:7], len(row.path)) == ("k" * 200, "sha256:", 71)
    assert shape(post(client, key="k" * 200, url=url)) == shape(first)


def test_strangers_are_asked_who_they_are_before_the_key_is_looked_at(client):
    post(client)
    client.credentials()
    assert post(client).status_code == 401


def begin(now=NOON, body_hash="h", key="k"):
    return idempotency.begin(
        principal="user:1", method="POST", path="/p/", key=key, body_hash=body_hash, now=now
    )


def test_while_the_first_runs_the_second_waits(client):
    claim = begin()
    with pytest.raises(InProgress):
        begin(NOON + timedelta(seconds=19))
    idempotency.finish(claim=claim, answer=Answer(201, b"x", "t"))
    assert begin(NOON + timedelta(seconds=19)) == Answer(201, b"x", "t")


def test_over_http_the_second_is_told_to_come_back(client, monkeypatch):
    answers = []
    handler = urls.Orders.post

    def slow(self, request, how=""):
        monkeypatch.setattr(urls.Orders, "post", handler)
        answers.append(post(client))
        return handler(self, request, how)

    monkeypatch.setattr(urls.Orders, "post", slow)
    answers.append(post(client))
    inner, outer = answers
    assert (inner.status_code, inner.json()["code"], inner["Retry-After"]) == (
        409,
        "idempotency_in_progress",
        "2",
    )
    assert outer.status_code == 201


def test_a_stuck_one_is_taken_over_and_its_late_answer_is_not_kept():
    dead = begin()
    minute_later = NOON + timedelta(seconds=20)
    heir = begin(minute_later)
    assert heir == Claim(pk=dead.pk, started=minute_later)
    with pytest.raises(InProgress):
        begin(minute_later)
    idempotency.release(claim=dead)
    with pytest.raises(TakenOver):
        idempotency.finish(claim=dead, answer=Answer(201, b"late", "t"))
    idempotency.finish(claim=heir, answer=Answer(201, b"heir", "t"))
    assert begin(minute_later) == Answer(201, b"heir", "t")


def test_another_body_does_not_take_a_stuck_one_over():
    begin()
    with pytest.raises(KeyReused):
        begin(NOON + timedelta(minutes=5), body_hash="other")


def test_after_a_day_the_key_is_new():
    claim = begin()
    idempotency.finish(claim=claim, answer=Answer(201, b"x", "t"))
    almost, day = NOON + timedelta(hours=24, seconds=-1), NOON + timedelta(hours=24)
    assert begin(almost) == Answer(201, b"x", "t")
    assert begin(day, body_hash="other") == Claim(pk=claim.pk, started=day)


def upload(name: str, content: bytes, text: str = "截图") -> str:
    file = SimpleUploadedFile(name, content)
    request = RequestFactory().post("/", {"file": file, "text": text})
    return _fingerprint(Request(request, parsers=[MultiPartParser()]))


def test_a_form_sent_again_with_another_boundary_is_the_same_body():
    same = upload("a.png", b"1")
    plain = RequestFactory().post(
        "/",
        b'--zz\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xe6\x88\xaa\xe5\x9b\xbe\r\n'
        b'--zz\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n1\r\n--zz--\r\n',
        content_type="multipart/form-data; boundary=zz",
    )
    assert _fingerprint(Request(plain, parsers=[MultiPartParser()])) == same
    others = [upload("a.png", b"2"), upload("b.png", b"1"), upload("a.png", b"1", "别的")]
    assert len({same, *others}) == 4


@pytest.mark.django_db(transaction=True)
def test_twelve_at_once_are_carried_out_once():
    outcomes = []

    def run() -> None:
        try:
            outcomes.append(begin())
        except InProgress:
            outcomes.append(None)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 12
    assert sum(isinstance(outcome, Claim) for outcome in outcomes) == 1
