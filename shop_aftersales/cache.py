"""The cache on Redis, where a Redis that does not answer is an empty cache instead of an error or a wait."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis import ConnectionError, RedisError, TimeoutError

from common.resting import BROKER

log = logging.getLogger(__name__)


class RestingRedisCache(RedisCache):
    """Counts and copies only: what a claim needs is in the database."""


def _missing(*_: Any, **__: Any) -> int:
    raise ValueError("the cache is empty: Redis does not answer")


def _default(key: str, default: Any = None, version: int | None = None) -> Any:
    return default


def _resting(name: str, empty: Callable[..., Any]) -> Callable[..., Any]:
    asked = getattr(RedisCache, name)

    def method(self: RestingRedisCache, *args: Any, **options: Any) -> Any:
        if not BROKER.over():
            return empty(*args, **options)
        try:
            result = asked(self, *args, **options)
        except (ConnectionError, TimeoutError) as error:
            BROKER.begin()
            log.warning("缓存不可用，当作是空的：%s", error)
            return empty(*args, **options)
        except (RedisError, ValueError):
            BROKER.end()
            raise
        BROKER.end()
        return result

    return method


EMPTY: dict[str, Callable[..., Any]] = {
    "add": lambda *_, **__: True,
    "get": _default,
    "get_many": lambda *_, **__: {},
    "has_key": lambda *_, **__: False,
    "set": lambda *_, **__: None,
    "set_many": lambda data, *_, **__: list(data),
    "touch": lambda *_, **__: False,
    "delete": lambda *_, **__: False,
    "delete_many": lambda *_, **__: None,
    "incr": _missing,
    "clear": lambda *_, **__: False,
}
for _name, _empty in EMPTY.items():
    setattr(RestingRedisCache, _name, _resting(_name, _empty))
