"""Call-backs: forged, repeated, shuffled, early, late and contradictory ones."""

import json
import random
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from common import clock, signing
from common.refusals import Malformed
from integrations.models import InboundEvent, Intent
from integrations.rules import answers
from integrations.services import inbound, sending
from integrations.services.inbound import EventReused
from tests.integrations.provider_stub import (
    SECRET,
    T0,
    file_refund,
    file_top_up,
    key_of,
    news,
    read,
    stub,
    sweep_for,
)

__all__ = ["news", "stub"]
pytestmark = pytest.mark.django_db
SUPPLIER_PATH = "/api/v1/webhooks/supplier/"


@pytest.fixture
def client():
    """A provider has no CSRF token."""
    return Client(enforce_csrf_checks=True)


def event(number: int = 1, **changes) -> dict:
    body = {
        "event_id": f"E-{number}", "key": str(key_of()), "reference": "R-0", "state": "in_progress",
        "delivered": 0, "occurred_at": "2026-11-22T05:05:00Z",
    }  # fmt: skip
    return body | changes


def raw(number: int = 1, **changes) -> bytes:
    return json.dumps(event(number, **changes)).encode()


def take(body: bytes, *, channel: str = "supplier"):
    return inbound.take_callback(channel=channel, body=body, now=T0)


def post(client, body: bytes, *, path=SUPPLIER_PATH, secret=SECRET, age_s=0.0, **headers):
    signed = signing.signed_headers(
        secret=secret, method="POST", path=path, body=body, now_ts=clock.now().timestamp() - age_s
    )
    return client.post(path, body, content_type="application/json", headers=signed | headers)


def test_an_end_heard_while_the_send_is_still_on_its_way(stub, news):
    intent = file_top_up()
    taken = sending.take(key=intent.key, now=T0)
    take(raw(1, state="completed", delivered=10))
    assert (read(intent).state, read(intent).delivered) == ("settled", 10)
    heard = list(news)
    sending.finish(taken=taken, answer=answers.lost("time-out"), now=T0)
    assert (read(intent).state, news) == ("settled", heard)


def test_progress_heard_while_the_send_is_still_on_its_way_is_never_unlearned(stub):
    intent = file_top_up()
    taken = sending.take(key=intent.key, now=T0)
    take(raw(1, state="in_progress", delivered=4))
    sending.finish(taken=taken, answer=answers.lost("time-out"), now=T0)
    assert (read(intent).state, read(intent).delivered, read(intent).reference) == ("processing", 4, "R-0")
    sweep_for(60)
    # The stub never got the send: told of, then gone, so a person looks.
    assert (read(intent).state, read(intent).held_reason, stub.posts) == ("held", "gone", [])


@pytest.mark.parametrize("seed", range(8))
def test_shuffled_and_repeated_events_end_the_same(stub, news, seed):
    intent = file_top_up()
    events = [raw(n, state="in_progress", delivered=n) for n in range(1, 8)]
    deliveries = [*events, raw(9, state="completed", delivered=10)] * 3
    random.Random(seed).shuffle(deliveries)
    results = [take(body).value for body in deliveries]
    row = read(intent)
    assert (row.state, row.delivered, results.count("applied")) == ("settled", 10, 8)
    assert news.count(("moved", "settled", 10)) == 1
    assert [delivered for _, _, delivered in news] == sorted({delivered for _, _, delivered in news})
    assert InboundEvent.objects.count() == 8


def test_every_growth_is_announced_once(stub, news):
    file_top_up()
    for number, delivered in enumerate([0, 4, 2, 4, 7]):
        take(raw(number, delivered=delivered))
    assert news == [("moved", "processing", 0), ("moved", "processing", 4), ("moved", "processing", 7)]


def test_a_known_event_with_another_body_is_not_believed(stub):
    intent = file_top_up()
    take(raw(1))
    with pytest.raises(EventReused):
        take(raw(1, state="completed", delivered=10))
    assert read(intent).state == "processing"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"order_no": "N-2"}, "order"),
        ({"state": "completed", "delivered": 9}, "delivered"),
        ({"delivered": 11}, "delivered"),
        ({"quantity": 9}, "quantity"),
    ],
)
def test_what_differs_from_what_was_asked_is_held_and_never_settled(stub, news, changes, kind):
    intent = file_top_up()
    assert take(raw(1, **changes)) == "applied"
    assert (read(intent).state, read(intent).held_reason) == ("held", "mismatch")
    assert news[-1] == ("mismatch", kind, f"supplier:{key_of()}")
    take(raw(2, state="completed", delivered=10))
    assert read(intent).state == "held"


def test_another_amount_is_held(stub, news):
    intent = file_refund()
    body = raw(1, state="succeeded", amount_fen=1251, delivered=None)
    assert take(body, channel="shop_refund") == "applied"
    assert (read(intent).state, news[-1]) == ("held", ("mismatch", "amount", f"shop_refund:{key_of()}"))


def test_an_end_never_moves_and_its_contradiction_is_reported(stub, news):
    intent = file_top_up()
    take(raw(1, state="rejected"))
    take(raw(2, state="in_progress", delivered=0))
    assert news == [("moved", "failed", 0)]
    take(raw(3, state="completed", delivered=10))
    assert (read(intent).state, news[1:]) == ("failed", [("mismatch", "state", f"supplier:{key_of()}")])


def test_a_partial_end_without_its_figure_is_asked_about(stub):
    intent = file_top_up()
    sweep_for(1)
    stub.ends = {"state": "partial", "delivered": 4}
    take(raw(1, state="partial", delivered=None))
    assert read(intent).state == "processing"
    sweep_for(10)
    assert (read(intent).state, read(intent).delivered) == ("settled", 4)


def test_one_provider_cannot_speak_for_another(stub, news):
    intent = file_top_up()
    assert take(raw(1, state="succeeded"), channel="shop_refund") == "unknown_key"
    assert (read(intent).state, news) == ("pending", [("mismatch", "unknown_key", f"shop_refund:{key_of()}")])


def test_event_ids_count_per_channel(stub):
    file_top_up()
    assert (take(raw(1)), take(raw(1), channel="shop_refund")) == ("applied", "unknown_key")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{", b"\xff", b'{"event_id":"E"}', raw(state=7), raw(delivered=-1), raw(delivered=True),
        raw(delivered=1.5), raw(event_id=""), raw(event_id="a\x00b"), raw(key=None), raw(delivered=10**13),
        b"[" * 60_000, raw()[:-1] + b',"state":"completed"}', raw(amount_fen="1"), raw(event_id="x" * 201),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_malformed_and_leaves_nothing(stub, body):
    intent = file_top_up()
    with pytest.raises(Malformed):
        take(body)
    assert (read(intent).state, InboundEvent.objects.count()) == ("pending", 0)


def test_over_http_it_is_taken_once(stub, client):
    intent = file_top_up()
    answers = [post(client, raw(1)) for _ in range(2)]
    assert [(a.status_code, a.json()) for a in answers] == [
        (200, {"result": "applied"}), (200, {"result": "repeated"}),
    ]  # fmt: skip
    reused = post(client, raw(1, delivered=3))
    assert (reused.status_code, reused.json()["code"]) == (401, "event_reused")
    unknown = post(client, raw(2, key="nobody's"))
    assert (unknown.status_code, unknown.json()) == (200, {"result": "unknown_key"})
    malformed = post(client, b"{}")
    assert (malformed.status_code, malformed.json()["code"]) == (400, "malformed")
    large = post(client, b" " * (64 * 1024 + 1))
    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    assert (read(intent).state, client.get(SUPPLIER_PATH).status_code) == ("processing", 405)


def test_forged_stale_or_displaced_signatures_change_nothing(stub, client, settings):
    intent, body = file_top_up(), raw(1, state="completed", delivered=10)
    tries = [
        post(client, body, secret="another"),
        post(client, body, age_s=301),
        post(client, body, age_s=-302),
        post(client, body, **{"X-Signature": ""}),
        post(client, body, **{"X-Timestamp": "1"}),
        client.post(SUPPLIER_PATH, body, content_type="application/json"),
        client.post(SUPPLIER_PATH, body + b" ", content_type="application/json", headers=headers(body)),
        client.post("/api/v1/webhooks/refund/", body, content_type="application/json", headers=headers(body)),
        client.post(SUPPLIER_PATH + "?a=1", body, content_type="application/json", headers=headers(body)),
    ]
    settings.SUPPLIER_SECRET = ""
    tries.append(post(client, body))
    assert [(a.status_code, a.json()["code"]) for a in tries] == [(401, "bad_signature")] * len(tries)
    assert (read(intent).state, InboundEvent.objects.count()) == ("pending", 0)


def headers(body: bytes) -> dict[str, str]:
    now_ts = clock.now().timestamp()
    return signing.signed_headers(secret=SECRET, method="POST", path=SUPPLIER_PATH, body=body, now_ts=now_ts)


@pytest.mark.django_db(transaction=True)
def test_the_same_event_at_the_same_time_has_one_effect(stub, news):
    file_top_up()
    gate, results = threading.Barrier(4), []

    def deliver():
        gate.wait()
        results.append(take(raw(1, state="completed", delivered=10)).value)
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["applied", "repeated", "repeated", "repeated"]
    assert (news, Intent.objects.get().state) == ([("moved", "settled", 10)], "settled")


def test_held_for_faults_is_settled_by_a_call_back(stub):
    intent = file_top_up()
    stub.always = (True, "500")
    sweep_for(150)
    assert (read(intent).state, read(intent).held_reason) == ("held", "faults")
    take(raw(1, state="completed", delivered=10))
    row = read(intent)
    assert (row.state, row.held_reason, row.finished_at - T0) == ("settled", "", timedelta(0))
