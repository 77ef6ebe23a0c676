"""What was sold, what happened to it, the licences that come with it, and files on their way in."""

from orders.models.card_keys import CARD_KEY_STATES, CardKey
from orders.models.deliveries import DeliveredBatch, Delivery, Supplier
from orders.models.goods import (
    GATEWAYS,
    KINDS,
    KindTiers,
    Observation,
    Order,
    OrderQuerySet,
    Product,
    PrunedCounts,
    Rollup,
)
from orders.models.imports import (
    FILE_KINDS,
    FILE_SOURCES,
    IMPORT_STATES,
    OPEN_IMPORTS,
    ImportRun,
    RejectedRow,
)
from orders.models.licences import LICENCE_STATES, Licence
from orders.models.listed import ListedSpecification
from orders.models.makers import MakerStanding
from orders.models.tutorials import (
    SAID,
    TUTORIAL_STATES,
    Tutorial,
    TutorialReading,
    TutorialTally,
    TutorialVersion,
)
from orders.models.usage import Usage, UsageDay, UsageReport

__all__ = [
    "CARD_KEY_STATES",
    "FILE_KINDS",
    "FILE_SOURCES",
    "GATEWAYS",
    "IMPORT_STATES",
    "KINDS",
    "LICENCE_STATES",
    "OPEN_IMPORTS",
    "SAID",
    "TUTORIAL_STATES",
    "CardKey",
    "DeliveredBatch",
    "Delivery",
    "ImportRun",
    "KindTiers",
    "Licence",
    "ListedSpecification",
    "MakerStanding",
    "Observation",
    "Order",
    "OrderQuerySet",
    "Product",
    "PrunedCounts",
    "RejectedRow",
    "Rollup",
    "Supplier",
    "Tutorial",
    "TutorialReading",
    "TutorialTally",
    "TutorialVersion",
    "Usage",
    "UsageDay",
    "UsageReport",
]
