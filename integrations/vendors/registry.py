"""Which providers are connected; one without its URL is absent."""

from django.conf import settings

from integrations.rules.answers import Abilities
from integrations.rules.bodies import LICENCE, MESSAGES, SHOP_REFUND, SUPPLIER
from integrations.vendors.collector import Collector
from integrations.vendors.licence import LicenceService
from integrations.vendors.messages import Messages
from integrations.vendors.protocol import Provider
from integrations.vendors.shop_refund import ShopRefund
from integrations.vendors.supplier import Supplier

COLLECT_S = 2.0  # a buyer waits meanwhile


def provider(name: str) -> Provider | None:
    """The provider of that name, None where it is not connected."""
    connections: dict[str, tuple[type[Provider], str, str]] = {
        SUPPLIER: (Supplier, settings.SUPPLIER_URL, settings.SUPPLIER_SECRET),
        SHOP_REFUND: (ShopRefund, settings.SHOP_REFUND_URL, settings.SHOP_REFUND_SECRET),
        LICENCE: (LicenceService, settings.LICENCE_URL, settings.LICENCE_SECRET),
        MESSAGES: (Messages, settings.MESSAGE_URL, settings.MESSAGE_SECRET),
    }
    kind, url, secret = connections[name]
    if not url or not secret:
        return None
    return kind(url=url, secret=secret, timeout_s=settings.SEND_TIMEOUT_S)


def collector() -> Collector | None:
    """The shop's probe, None where it is not connected."""
    if not settings.COLLECTOR_URL or not settings.COLLECTOR_SECRET:
        return None
    timeout_s = min(settings.SEND_TIMEOUT_S, COLLECT_S)
    return Collector(url=settings.COLLECTOR_URL, secret=settings.COLLECTOR_SECRET, timeout_s=timeout_s)


def secret_of(name: str) -> str:
    """What its call-backs are signed with; "" verifies nothing."""
    secret: str = {
        SUPPLIER: settings.SUPPLIER_SECRET, SHOP_REFUND: settings.SHOP_REFUND_SECRET,
        MESSAGES: settings.MESSAGE_SECRET,
    }[name]  # fmt: skip
    return secret


def speaks(name: str) -> type[Provider]:
    """The adapter by which that provider's words are read, connected or not."""
    kinds: dict[str, type[Provider]] = {
        SUPPLIER: Supplier, SHOP_REFUND: ShopRefund, LICENCE: LicenceService, MESSAGES: Messages,
    }  # fmt: skip
    return kinds[name]


def abilities(name: str) -> Abilities:
    """What the provider can do, connected or not."""
    return speaks(name).abilities_within(timeout_s=settings.SEND_TIMEOUT_S)
