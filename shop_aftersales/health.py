"""Is the process alive, and is everything behind it there: read by whoever watches or starts this program."""

import os
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from common import clock
from common.language import spoken
from common.phrases import mark
from integrations import queries

WORKER, SWEEP = "worker", "sweep"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers; nothing else is asked."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200, or 503 naming what is missing."""
    missing = [
        {"key": key, "detail": spoken(detail)} for key, (there, detail) in NEEDED.items() if not there()
    ]
    body = {"status": "not_ready" if missing else "ready", "missing": missing}
    return JsonResponse(body, status=503 if missing else 200, json_dumps_params={"ensure_ascii": False})


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker() -> bool:
    if not settings.REDIS_URL:
        folder = str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])
        return os.path.isdir(folder) and os.access(folder, os.W_OK)
    client = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()


def _worker() -> bool:
    now, age = clock.now(), timedelta(seconds=max(15.0, 5 * settings.SWEEP_S))
    try:
        return not (
            queries.stale(name=WORKER, now=now, age=age)
            or queries.stale(name=SWEEP, now=now, age=5 * age)  # a pass takes long while a provider hangs
        )
    except DatabaseError:
        return False


NEEDED: dict[str, tuple[Callable[[], bool], str]] = {
    "database": (_database, mark("数据库连不上。")),
    "broker": (_broker, mark("消息通道用不了：Redis 连不上，或消息文件夹不能写。")),
    "worker": (_worker, mark("后台进程没有心跳：worker 没在运行，或者卡住了。")),
}
