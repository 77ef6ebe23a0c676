"""The same cast that the orders' tests have."""

from tests.orders.conftest import client_as

__all__ = ["client_as"]
