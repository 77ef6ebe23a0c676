"""What is owed."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class CompensationConfig(AppConfig):
    name = "compensation"
    verbose_name = _("补偿")

    def ready(self) -> None:
        from compensation import receivers  # noqa: F401  hears how remedies fare

        connection_created.connect(_forget_policies)


def _forget_policies(**_: Any) -> None:
    """A new connection may be to a restored database, whose next version of a policy is not the one that we read."""
    from compensation.queries import policy_version

    policy_version.cache_clear()
