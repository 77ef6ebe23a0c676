"""Start-up of the room that everything leaving the building passes through."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = "对外往来"
