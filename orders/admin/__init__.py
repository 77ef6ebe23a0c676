"""Orders in the admin: what was sold and what was counted, to look up; files of them, to hand in."""

from orders.admin import card_keys, deliveries, goods, imports, tutorials

__all__ = ["card_keys", "deliveries", "goods", "imports", "tutorials"]
