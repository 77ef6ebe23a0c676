"""What was sold, what happened to it, the licences that come with it, and files on their way in."""

from orders.models.goods import GATEWAYS, KINDS, Delivery, Observation, Order, OrderQuerySet, Product, Rollup
from orders.models.imports import (
    FILE_KINDS,
    FILE_SOURCES,
    IMPORT_STATES,
    OPEN_IMPORTS,
    ImportRun,
    RejectedRow,
)
from orders.models.licences import LICENCE_STATES, Licence
from orders.models.usage import Usage, UsageReport

__all__ = [
    "FILE_KINDS",
    "FILE_SOURCES",
    "GATEWAYS",
    "IMPORT_STATES",
    "KINDS",
    "LICENCE_STATES",
    "OPEN_IMPORTS",
    "Delivery",
    "ImportRun",
    "Licence",
    "Observation",
    "Order",
    "OrderQuerySet",
    "Product",
    "RejectedRow",
    "Rollup",
    "Usage",
    "UsageReport",
]
