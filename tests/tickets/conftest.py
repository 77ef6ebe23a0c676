"""The shop, its clients, and the outside on loopback."""

import pytest

from tests.integrations.provider_stub import PATIENT_S, SECRET
from tests.orders.conftest import client_as, sell, shop
from tests.tickets.case import Outside

__all__ = ["client_as", "outside", "sell", "shop"]


@pytest.fixture
def outside(shop, settings):
    """Both providers, connected."""
    one = Outside()
    settings.SUPPLIER_URL = settings.SHOP_REFUND_URL = one.url
    settings.SUPPLIER_SECRET = settings.SHOP_REFUND_SECRET = SECRET
    settings.SEND_TIMEOUT_S, settings.LEASE_S = PATIENT_S, 15.0
    settings.RECONCILE_ONLY = False
    yield one
    one.stop()


@pytest.fixture
def buyer(client_as):
    return client_as("buyer")


@pytest.fixture
def ops(client_as):
    return client_as("ops")
