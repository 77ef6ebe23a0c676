"""Ask the supplier which accounts its units came from: a question that changes nothing, and may go unanswered."""

from datetime import datetime
from uuid import UUID

from integrations.rules.bodies import SUPPLIER, Unreadable
from integrations.services import breaker
from integrations.vendors import registry
from integrations.vendors.http import Unheard
from integrations.vendors.supplier import Supplier, Unit


class Silent(Exception):
    """No whole answer, or nobody to ask, or nobody who should be bothered now: try again later."""


def units(*, key: UUID, after: int, now: datetime) -> tuple[Unit, ...] | None:
    """The units after the first `after`, at most 500; None where this supplier names no accounts."""
    supplier = registry.provider(SUPPLIER)
    if not isinstance(supplier, Supplier):
        raise Silent("not connected")
    paused = breaker.paused_until(provider=SUPPLIER)
    if paused is not None and paused > now:  # it has enough to do with coming back
        raise Silent("paused")
    try:
        return supplier.units(key=key, after=after)
    except (Unheard, Unreadable) as error:
        raise Silent(str(error)) from error
