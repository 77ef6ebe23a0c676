"""Tests marked `browser` or `services` run where these are reachable, and say so where they are not."""

import os
import shutil
import sys
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

# The headless shell draws the same for a quarter of the work: the whole browser also keeps windows that nobody sees.
SHELL, WHOLE = Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")
CHROMIUM = SHELL if os.access(SHELL, os.X_OK) else WHOLE
POSTGRES_URL = os.environ.get("TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
REDIS_URL = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379/15"
REQUIRED = os.environ.get("REQUIRE_SERVICES") == "1"


@cache
def missing_postgres() -> str:
    """'' or why PostgreSQL can't be used."""
    import psycopg2

    at = urlsplit(POSTGRES_URL)
    try:
        psycopg2.connect(POSTGRES_URL, connect_timeout=2).close()
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[-1]
        return f"PostgreSQL 连不上（{at.hostname}:{at.port or 5432}，TEST_DATABASE_URL）：{reason}"
    return ""


@cache
def missing_redis() -> str:
    """'' or why Redis can't be used."""
    from redis import Redis, RedisError

    try:
        Redis.from_url(REDIS_URL, socket_connect_timeout=1, socket_timeout=1).ping()
    except RedisError as error:
        return f"Redis 连不上（{REDIS_URL}，TEST_REDIS_URL）：{error}"
    return ""


def missing_browser() -> str:
    """'' or why no browser can be driven."""
    return "" if os.access(CHROMIUM, os.X_OK) else f"没有浏览器 {SHELL}（Debian 包 chromium-headless-shell）"


def missing(item: pytest.Item) -> str:
    """Why this test can't run here, or ''."""
    if item.get_closest_marker("browser") and missing_browser():
        return missing_browser()
    if item.get_closest_marker("services"):
        return missing_postgres() or missing_redis()
    return ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        reason = missing(item)
        if reason and not REQUIRED:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """With REQUIRE_SERVICES=1 an absent service is a failure, not a skip."""
    reason = missing(item) if REQUIRED else ""
    if reason:
        pytest.fail(f"REQUIRE_SERVICES=1，但是{reason}", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] = reasons.get(reason.removeprefix("Skipped: "), 0) + 1
    for reason, count in reasons.items():
        terminalreporter.write_line(f"跳过 {count} 个：{reason}")


def pytest_unconfigure() -> None:
    """Throw away the data folder that tests/settings.py made for this process."""
    folder = Path(os.environ.get("DATA_DIR", ""))
    if folder.name.startswith("aftersales-test-"):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A Redis that a test may empty; for tests marked `services`."""
    return REDIS_URL


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A server on which a test may make databases; for tests marked `services`."""
    return POSTGRES_URL


@pytest.fixture(scope="session")
def chromium() -> Path:
    """For tests marked `browser`: pass `executable_path=chromium, args=["--no-sandbox"]` to playwright."""
    return CHROMIUM


if __name__ == "__main__":  # python -m tests.services_present postgres: exit status 0, or 1 and why
    absent = {"postgres": missing_postgres, "redis": missing_redis, "browser": missing_browser}[sys.argv[1]]()
    if absent:
        print(f"跳过：{absent}")
        sys.exit(1)
