"""What every test may use."""

from django.apps import apps
from django.db import models, transaction  # noqa: F401  without models the next line fails outside pytest-django
from django.db.backends.base.operations import BaseDatabaseOperations

from common import guards

pytest_plugins = ["tests.services_present"]
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
