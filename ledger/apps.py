"""Double-entry books in fen, units and points."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = _("账目")

    def ready(self) -> None:
        from ledger import receivers  # noqa: F401  listens to the room below
