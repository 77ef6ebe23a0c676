"""A fresh count asked of the shop's probe, outside of any transaction; a probe that only fails is left alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from integrations.rules.bodies import COLLECTOR, Unreadable
from integrations.services import breaker
from integrations.vendors import registry
from integrations.vendors.http import Unheard

PAUSED = "paused"  # it only fails, and is left alone for a while


class NotHad(Exception):
    """Asked, or not even that, and no count was had; for the record, why."""


def is_connected() -> bool:
    return registry.collector() is not None


def count_of(*, order_no: str, target: str, now: datetime) -> Mapping[str, Any] | None:
    """What the probe counts now; None where there is no probe or it doesn't watch this one. Refuses: NotHad."""
    probe = registry.collector()
    if probe is None:
        return None
    until = breaker.paused_until(provider=COLLECTOR)
    if until and (until > now or not breaker.may_probe(provider=COLLECTOR, paused_until=until, now=now)):
        raise NotHad(PAUSED)
    try:
        found = probe.count(order_no=order_no, target=target)
    except (Unheard, Unreadable) as error:
        breaker.note_fault(provider=COLLECTOR, now=now)
        raise NotHad(str(error)) from None
    breaker.note_answer(provider=COLLECTOR)
    return found
