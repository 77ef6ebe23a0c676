"""The same shop that the orders' tests sell in."""

from tests.orders.conftest import hand_over, look, sell, shop

__all__ = ["hand_over", "look", "sell", "shop"]
