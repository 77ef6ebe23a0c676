"""What the makers of the goods see of how these fail."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DevelopersConfig(AppConfig):
    name = "developers"
    verbose_name = _("开发者")
