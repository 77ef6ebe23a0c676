"""The supplier of top-ups and gifts."""

from integrations.rules.answers import Meaning
from integrations.rules.bodies import SUPPLIER
from integrations.vendors.protocol import Provider


class Supplier(Provider):
    name = SUPPLIER
    collection = "/orders"
    meanings = {
        "accepted": Meaning.RUNNING,
        "in_progress": Meaning.RUNNING,
        "completed": Meaning.DONE,
        "partial": Meaning.PARTIAL,
        "rejected": Meaning.REFUSED,
    }
    submit_idempotent = True
    query_by_our_key = True
    voidable = True
    minimum_age_s = 5.0
