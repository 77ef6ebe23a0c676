"""Which providers are connected; one without its URL is absent."""

from django.conf import settings

from integrations.rules.answers import Abilities
from integrations.rules.bodies import LICENCE, SHOP_REFUND, SUPPLIER
from integrations.vendors.licence import LicenceService
from integrations.vendors.protocol import Provider
from integrations.vendors.shop_refund import ShopRefund
from integrations.vendors.supplier import Supplier

NAMES = (SUPPLIER, SHOP_REFUND, LICENCE)


def provider(name: str) -> Provider | None:
    """The provider of that name, None where it is not connected."""
    kind, url, secret = {
        SUPPLIER: (Supplier, settings.SUPPLIER_URL, settings.SUPPLIER_SECRET),
        SHOP_REFUND: (ShopRefund, settings.SHOP_REFUND_URL, settings.SHOP_REFUND_SECRET),
        LICENCE: (LicenceService, settings.LICENCE_URL, settings.LICENCE_SECRET),
    }[name]
    if not url or not secret:
        return None
    return kind(url=url, secret=secret, timeout_s=settings.SEND_TIMEOUT_S)


def secret_of(name: str) -> str:
    """What its call-backs are signed with; "" verifies nothing."""
    secret: str = {SUPPLIER: settings.SUPPLIER_SECRET, SHOP_REFUND: settings.SHOP_REFUND_SECRET}[name]
    return secret


def speaks(name: str) -> type[Provider]:
    """The adapter by which that provider's words are read, connected or not."""
    return {SUPPLIER: Supplier, SHOP_REFUND: ShopRefund, LICENCE: LicenceService}[name]


def abilities(name: str) -> Abilities:
    """What the provider can do, connected or not."""
    return speaks(name).abilities_within(timeout_s=settings.SEND_TIMEOUT_S)
