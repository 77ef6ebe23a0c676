"""Double-entry books in fen, units and points."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = "账目"

    def ready(self) -> None:
        from ledger import receivers  # noqa: F401  listens to the room below
