"""Start-up of the composition root."""

from django.apps import AppConfig


class ShopAftersalesConfig(AppConfig):
    name = "shop_aftersales"
    verbose_name = "总装"
