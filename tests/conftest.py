"""What every test may use."""

import gc
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.services_present"]
# A machine that is busy is no finding.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
# Files that take a minute by themselves, so that none of them is begun last while the other worker has nothing to do.
LONG = (
    "pages/test_every_state.py", "running/test_compose_rehearsal.py",
    "running/test_admin_lists.py", "pages/", "tickets/test_desk_stateful.py",
)  # fmt: skip


def _put_back_empty(self):
    """After a test that wrote for good, instead of Django's flush."""
    from tests import emptying  # deferred: the rules' tests run without Django

    emptying.empty(connection)


TransactionTestCase._fixture_teardown = _put_back_empty


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request, django_db_modify_db_settings):
    """Before the test database is made: it becomes a copy, but for one that is kept (--reuse-db on PostgreSQL)."""
    from tests import schema, services_present

    if connection.vendor == "sqlite" or request.config.getvalue("create_db"):
        schema.copy_instead(connection, services_present.POSTGRES_URL)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """What the database has by itself, before the first test writes anything."""
    from tests import emptying

    with django_db_blocker.unblock():
        emptying.remember_empty(connection)


def pytest_runtest_setup(item):
    """Every test begins in the shop's own language, and knows no policy that another one published and took back."""
    if apps.ready:
        from compensation.queries import policy_version  # deferred: the rules' tests run without Django

        translation.deactivate()
        policy_version.cache_clear()
        # The head of the record that is kept outside, and what was put aside, belong to the database of one test.
        for path in Path(django_settings.DATA_DIR).glob("evidence-head*.json"):
            path.unlink(missing_ok=True)


def pytest_collection_modifyitems(items):
    """The long files first; the rest as it was found."""
    items.sort(
        key=lambda item: next(
            (n for n, name in enumerate(LONG) if f"tests/{name}" in item.path.as_posix()), 99
        )
    )


def pytest_collection_finish():
    """What is there when the first test begins stays to the end: Python's collector needn't look at it each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
