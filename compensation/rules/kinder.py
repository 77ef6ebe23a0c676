"""Of the two policies that a line could be read under, the one that the buyer is bound to be better off with."""

from functools import lru_cache

from compensation.rules.policy import Policy
from compensation.rules.publishing import first_loss


@lru_cache(maxsize=64)
def kinder(dearer: Policy, cheaper: Policy) -> Policy:
    """The cheaper tier's only where it gives less in no case at the limits of either; else the dearer one's."""
    return cheaper if dearer != cheaper and first_loss(dearer, cheaper) is None else dearer
