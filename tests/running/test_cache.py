"""A Redis that is not there is an empty cache; broker and cache share what one of them found out."""

import time

import pytest

from common import jobs
from common.resting import BROKER
from shop_aftersales.cache import EMPTY, RestingRedisCache
from tests.running.real_shop import free_port, silent_server

TIMEOUTS = {"socket_connect_timeout": 0.3, "socket_timeout": 0.3}


@pytest.fixture(autouse=True)
def _nothing_known_of_redis():
    BROKER.end()
    yield
    BROKER.end()


def cache_at(url):
    return RestingRedisCache(url, {"OPTIONS": TIMEOUTS})


@pytest.fixture
def dead():
    return cache_at(f"redis://127.0.0.1:{free_port()}/0")


def test_a_dead_redis_is_an_empty_cache(dead):
    for _ in ("asked", "resting"):
        assert dead.add("a", 1) is True
        assert dead.get("a") is None
        assert dead.get("a", default=7) == 7
        assert dead.get_many(["a"]) == {}
        assert ("a" in dead, dead.has_key("a")) == (False, False)
        assert dead.set("a", 1) is None
        assert dead.set_many({"a": 1}) == ["a"]
        assert (dead.touch("a"), dead.delete("a"), dead.delete_many(["a"])) == (False, False, None)
        assert dead.get_or_set("a", 3) == 3
        with pytest.raises(ValueError, match="empty"):
            dead.incr("a")


def test_no_call_to_redis_is_left_without_its_answer_for_a_dead_one():
    own = {name for name in vars(RestingRedisCache.__base__) if not name.startswith("_")}
    assert own - {"get_backend_timeout"} == set(EMPTY)


def test_a_redis_that_hangs_costs_one_wait_and_tells_the_broker_too(monkeypatch):
    sent = []
    monkeypatch.setattr("celery.current_app.send_task", lambda *_, **__: sent.append(1))
    with silent_server() as port:
        hanging, began = cache_at(f"redis://127.0.0.1:{port}/0"), time.monotonic()
        for _ in range(20):
            hanging.add("a", 1)
        jobs._send("integrations.send", {"intent_id": 1})
        assert time.monotonic() - began < 0.6
    assert sent == []


@pytest.mark.services
def test_a_redis_that_lives_is_a_cache(redis_url):
    cache = cache_at(redis_url)
    cache.delete("shop:test")
    assert cache.add("shop:test", 1, timeout=5) is True
    assert cache.add("shop:test", 1, timeout=5) is False
    assert (cache.incr("shop:test"), cache.get("shop:test")) == (2, 2)
    assert cache.delete("shop:test") is True
    with pytest.raises(ValueError, match="not found"):
        cache.incr("shop:test")
    assert BROKER.over()
