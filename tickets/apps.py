"""The case."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = "售后单"

    def ready(self) -> None:
        from tickets import receivers  # noqa: F401  hears how remedies fare
