"""Start-up of the composition root."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

from common import guards


class ShopAftersalesConfig(AppConfig):
    name = "shop_aftersales"
    verbose_name = _("总装")

    def ready(self) -> None:
        connection_created.connect(_no_silent_replace, dispatch_uid="guards")
        pre_migrate.connect(_make_way, dispatch_uid="guards")
        post_migrate.connect(_install_guards, dispatch_uid="guards")


def _no_silent_replace(*, connection: Any, **_: Any) -> None:
    """SQLite's INSERT OR REPLACE deletes the row in its way, and without this no trigger sees it."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")


def _make_way(*, using: str, plan: list[Any], **_: Any) -> None:
    if plan:
        guards.make_way(connections[using])


def _install_guards(*, sender: AppConfig, using: str, **_: Any) -> None:
    """After every migrate: a migration that remakes an SQLite table drops its triggers without a word."""
    guards.install(connections[using], sender.get_models())
