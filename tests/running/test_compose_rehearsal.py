"""docker-compose.yml without Docker: every service's own command and environment, on the services of this machine.

What a container adds (the image, the network, a read-only disk) is not rehearsed.
"""

import os
import sqlite3

import pytest

from tests.running.compose_file import compose, ours
from tests.running.real_shop import ORDER, Shop, database, until

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif("DATABASE_URL" in os.environ, reason="自己另建 PostgreSQL 库，跑一遍就够"),
]
LONG_RUNNING = ("sandbox", "web", "worker", "beat")


@pytest.fixture
def shop(postgres_url, redis_url, tmp_path):
    """A shop whose environment is the file's: only the volume's folder and the numbers of servers are ours."""
    name = f"aftersales_rehearsal_{os.getpid()}"
    with database(postgres_url, name) as url, Shop(tmp_path) as shop:
        environ = ours(compose(PORT=str(shop.port)))["web"]["environment"]
        in_volume = {key: value.replace("/data", str(tmp_path / "data")) for key, value in environ.items()}
        shop.environ |= in_volume | {"DATABASE_URL": url, "REDIS_URL": redis_url}
        yield shop


def in_order(services):
    """Names as depends_on puts them."""
    done = []
    while len(done) < len(services):
        done += [
            name
            for name, one in services.items()
            if name not in done and set(one.get("depends_on", {})) <= {"pod", "postgres", "redis", *done}
        ]
    return done


def test_a_claim_from_a_fresh_start_to_a_clean_end(shop, tmp_path):
    services = ours(compose(PORT=str(shop.port)))
    names = in_order(services)
    assert names[0] == "prepare"
    greeting = shop.run(services["prepare"]["command"])
    assert f"http://127.0.0.1:{shop.port}/" in greeting
    assert "管理员 admin 的密码" in greeting
    for name in names[1:]:
        shop.start(name, services[name]["command"])
    ready = until(lambda: shop.answers("/readyz/"), limit=60)

    order_no = ORDER.format("15")
    token = shop.opened(order_no)
    status, ticket, _ = shop.call("/api/v1/tickets/", {"order_no": order_no, "reason": "drop"}, token)
    assert (status, ticket["decision"]["outcome"]) == (201, "compensate")
    settled = until(
        lambda: shop.call(f"/api/v1/tickets/{ticket['no']}/", token=token)[1]["state"] == "confirming", 20
    )
    keys = [remedy["key"] for remedy in ticket["remedies"]]
    assert executed(tmp_path / "data" / "sandbox.sqlite3", keys) == [("supplier", 180, "completed", 180)]

    port = (tmp_path / "data" / "sandbox.port").read_text()
    again = shop.run(services["prepare"]["command"])  # docker compose up a second time, while all of it runs
    assert "管理员 admin 的密码" not in again
    assert (tmp_path / "data" / "sandbox.port").read_text() == port
    stopped = {name: round(shop.stop(name, within_s=grace(services[name])), 1) for name in LONG_RUNNING}
    logs = "".join(shop.log_of(name).replace("Service Unavailable: /readyz/", "") for name in LONG_RUNNING)
    assert [line for line in logs.splitlines() if "Traceback" in line or "ERROR celery" in line] == []
    assert "Warm shutdown" in logs
    print(f"ready after {ready:.1f} s, settled after {settled:.1f} s; seconds to stop: {stopped}")


def executed(path, keys):
    """What the provider did of these, by its own book."""
    book = sqlite3.connect(path)
    try:
        rows = book.execute("SELECT key, channel, amount, state, delivered FROM jobs").fetchall()
        return [row[1:] for row in rows if row[0] in keys]
    finally:
        book.close()


def grace(service):
    """Docker kills after this."""
    return float(service.get("stop_grace_period", "10s").removesuffix("s"))
