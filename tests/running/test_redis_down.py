"""Redis refuses, or takes the connection and says nothing: a claim is answered at once all the same, and settles."""

import contextlib
import os
import time

import pytest

from common import resting
from tests import schema
from tests.running.compose_file import compose
from tests.running.real_shop import ORDER, Shop, database, free_port, silent_server, until

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif("DATABASE_URL" in os.environ, reason="两种数据库都自己另建，跑一遍就够"),
]
SERVICES = compose()["services"]


@contextlib.contextmanager
def closed_port():
    yield free_port()


@pytest.fixture(
    params=[
        pytest.param(("sqlite", closed_port), id="sqlite", marks=pytest.mark.long),
        pytest.param(("postgresql", silent_server), id="postgresql"),
    ]
)
def shop_and_redis(request, postgres_url, tmp_path_factory, worker_id):
    """Prepared with demo orders and a running sandbox; web and worker come with each test."""
    with contextlib.ExitStack() as stack:
        environ = {"SECRET_KEY": "k" * 50, "DEMO": "1", "SANDBOX": "1", "SWEEP_S": "0.5"}
        kind, redis = request.param
        if kind == "postgresql":
            name = f"aftersales_redis_down_{worker_id}"
            made = database(postgres_url, name, schema.postgres_template(postgres_url))
            environ["DATABASE_URL"] = stack.enter_context(made)
        shop = stack.enter_context(Shop(tmp_path_factory.mktemp("shop"), **environ))
        if kind == "sqlite":
            shop.starts_migrated()
        shop.run(["python", "manage.py", "prepare"])
        shop.start("sandbox", ["python", "manage.py", "run_sandbox", "--pace", "0.1"])
        yield shop, redis


@pytest.fixture(scope="session")
def worker_id(request):
    """Which process of several this is; xdist has the same fixture where it is in use."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


def claimed(shop, percent):
    """(ticket, its reader's token, seconds): the claim meets a Redis that nobody has found missing yet."""
    token = shop.opened(ORDER.format(percent))
    for _ in range(6):  # each of web's processes has come up
        shop.call(f"/api/v1/orders/{ORDER.format(percent)}/", token=token)
    time.sleep(resting.QUIET_S + 0.2)  # and has forgotten that it met a Redis that isn't there
    body = {"order_no": ORDER.format(percent), "reason": "drop"}
    status, ticket, seconds = shop.call("/api/v1/tickets/", body, token)
    assert status == 201, ticket
    assert ticket["decision"]["remedies"][0]["kind"] in ("top_up", "gift")
    return ticket, token, seconds


def test_a_claim_is_answered_within_a_second_and_settles_by_the_sweep(shop_and_redis):
    shop, redis = shop_and_redis
    bind = f"127.0.0.1:{shop.port}"
    with redis() as port:
        url = {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}
        command = [word.replace("0.0.0.0:8000", bind) for word in SERVICES["web"]["command"]]
        shop.start("web", command, **url)
        until(shop.answers, limit=40)
        for percent in ("15", "06", "30"):  # one slow claim is the machine's, three are the program's
            ticket, token, seconds = claimed(shop, percent)
            if seconds < 1.0:
                break
        assert seconds < 1.0
        # Only now: while a worker starts, it takes a whole core of a small machine.
        shop.start("worker", SERVICES["worker"]["command"], **url)

        def settled():
            _, answer, took = shop.call(f"/api/v1/tickets/{ticket['no']}/", token=token)
            assert took < 1.0
            return [remedy["state"] for remedy in answer["remedies"]] == ["settled"]

        settling = until(settled, limit=40)
        stopping = {name: shop.stop(name, within_s=8) for name in ("web", "worker")}
        print(f"answered after {seconds:.3f} s, settled after {settling:.1f} s more, stopped: {stopping}")
