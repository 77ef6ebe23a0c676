"""The supplier of top-ups and gifts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from integrations.rules import bodies
from integrations.rules.answers import Meaning
from integrations.rules.bodies import SUPPLIER
from integrations.vendors import http
from integrations.vendors.protocol import Provider

MOST_UNITS = 500
# Five hundred units with all that a supplier may say of each don't go into 64 KiB.
MAX_UNITS_BYTES = 512 * 1024


@dataclass(frozen=True)
class Unit:
    """One unit that came, and from which account; `at` is None where the supplier names no instant."""

    account_id: str
    at: datetime | None


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

    def units(self, *, key: UUID, after: int) -> tuple[Unit, ...] | None:
        """The units that came after the first `after`, at most 500; None: it offers no such list."""
        path = f"{self.collection}/{key}/units?after={after}"
        reply = self._call("GET", path, max_bytes=MAX_UNITS_BYTES)
        if reply.status == 404:
            return None
        if reply.status != 200:
            raise http.Unheard(f"HTTP {reply.status}")
        rows = bodies.read_json(reply.body, max_bytes=MAX_UNITS_BYTES)
        if not isinstance(rows, list) or len(rows) > MOST_UNITS:
            raise bodies.Unreadable("not a list of at most 500")
        return tuple(_unit(row) for row in rows)


def _unit(row: Any) -> Unit:
    if not isinstance(row, Mapping):
        raise bodies.Unreadable("a unit is not an object")
    return Unit(bodies.text_of(row, "account_id", longest=64), bodies.instant_of(row, "delivered_at"))
