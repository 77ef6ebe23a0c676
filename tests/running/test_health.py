"""/healthz/ asks nothing; /readyz/ names what is missing."""

import time
from datetime import timedelta

import pytest
from django.db import OperationalError

from common import clock
from integrations.services import heartbeats
from shop_aftersales import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def _beating():
    for name in (health.WORKER, health.SWEEP):
        heartbeats.beat(name=name, now=clock.now())


def missing(client):
    answer = client.get("/readyz/")
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, [gap["key"] for gap in answer.json()["missing"]]


def test_alive_without_asking_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz/")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert not answer.cookies


@pytest.mark.usefixtures("_beating")
def test_ready(client):
    assert missing(client) == (200, [])


@pytest.mark.parametrize("name", [health.WORKER, health.SWEEP])
def test_a_beat_that_is_too_old(client, name):
    other = health.SWEEP if name == health.WORKER else health.WORKER
    heartbeats.beat(name=other, now=clock.now())
    heartbeats.beat(name=name, now=clock.now() - timedelta(seconds=76))
    assert missing(client) == (503, ["worker"])


@pytest.mark.usefixtures("_beating")
@pytest.mark.parametrize("age", [timedelta(seconds=14), timedelta(seconds=0)])
def test_a_beat_that_is_young_enough(client, age):
    heartbeats.beat(name=health.WORKER, now=clock.now() - age)
    assert missing(client) == (200, [])


@pytest.mark.usefixtures("_beating")
def test_a_broker_folder_that_is_gone(client, settings, tmp_path):
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path / "gone")}
    assert missing(client) == (503, ["broker"])


@pytest.mark.usefixtures("_beating")
def test_a_redis_that_does_not_answer_costs_half_a_second_at_most(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    began = time.monotonic()
    assert missing(client) == (503, ["broker"])
    assert time.monotonic() - began < 2


@pytest.mark.usefixtures("_beating")
def test_a_database_that_does_not_answer(client, monkeypatch):
    def refuse():
        raise OperationalError("gone")

    monkeypatch.setattr(health.connection, "cursor", refuse)
    status, keys = missing(client)
    assert status == 503
    assert "database" in keys


@pytest.mark.usefixtures("_beating")
@pytest.mark.parametrize("path", ["/healthz/", "/readyz/"])
def test_only_reading(client, path):
    assert client.post(path).status_code == 405
