"""The room of people: who is who, and how they show it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("账户")
    default_auto_field = "django.db.models.BigAutoField"
