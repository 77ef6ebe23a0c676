"""What we notice before the buyer does."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WatchConfig(AppConfig):
    name = "watch"
    verbose_name = _("看护")

    def ready(self) -> None:
        from watch import receivers  # noqa: F401  hears of claims as they are filed
