"""The case."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("售后单")

    def ready(self) -> None:
        from tickets import receivers  # noqa: F401  hears how remedies fare
