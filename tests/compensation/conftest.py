"""The same shop that the orders' tests sell in."""

from tests.orders.conftest import client_as, hand_over, look, sell, shop

__all__ = ["client_as", "hand_over", "look", "sell", "shop"]
