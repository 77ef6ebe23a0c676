"""The tamper-evident record of what happened."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    name = "evidence"
    verbose_name = _("存证")

    def ready(self) -> None:
        from evidence import receivers  # noqa: F401  what the room below can't write down itself
