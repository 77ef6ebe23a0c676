"""The shop's own backend that pays refunds."""

from integrations.rules.answers import Meaning
from integrations.rules.bodies import SHOP_REFUND
from integrations.vendors.protocol import Provider


class ShopRefund(Provider):
    name = SHOP_REFUND
    collection = "/refunds"
    meanings = {
        "accepted": Meaning.RUNNING,
        "succeeded": Meaning.DONE,
        "failed": Meaning.REFUSED,
    }
    submit_idempotent = True
    query_by_our_key = True
    voidable = False
    minimum_age_s = 5.0
