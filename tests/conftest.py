"""What every test may use."""

from django.apps import apps
from django.db import models, transaction  # noqa: F401  without models the next line fails outside pytest-django
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils import translation

from common import guards

pytest_plugins = ["tests.services_present"]
# Files that take a minute by themselves, so that none of them is begun last while the other worker has nothing to do.
LONG = (
    "pages/test_every_state.py", "running/test_restored.py",
    "running/test_compose_rehearsal.py", "running/test_admin_lists.py", "pages/", "tickets/test_desk_stateful.py",
)  # fmt: skip
_flush = BaseDatabaseOperations.execute_sql_flush


def _flush_past_guards(self, sql_list):
    """The flush after a transactional test empties guarded tables too; all or nothing, so that the guards come back."""
    from ledger.services import books  # deferred: the rules' tests run without Django

    books.forget_accounts()
    with transaction.atomic(using=self.connection.alias):
        guards.remove(self.connection)
        _flush(self, sql_list)
        guards.install(self.connection, apps.get_models())


BaseDatabaseOperations.execute_sql_flush = _flush_past_guards


def pytest_runtest_setup(item):
    """Every test begins in the shop's own language, and knows no policy that another one published and took back."""
    if apps.ready:
        from compensation.queries import policy_version  # deferred: the rules' tests run without Django

        translation.deactivate()
        policy_version.cache_clear()


def pytest_collection_modifyitems(items):
    """The long files first; the rest as it was found."""
    items.sort(
        key=lambda item: next(
            (n for n, name in enumerate(LONG) if f"tests/{name}" in item.path.as_posix()), 99
        )
    )
