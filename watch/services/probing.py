"""What nobody has counted is asked of the shop's own probe: so many a pass and never for long, in no transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from orders.services import fresh_counts
from watch.models import EffectCheck

log = logging.getLogger(__name__)
MOST, LONGEST = 50, timedelta(seconds=3)


@dataclass
class Probing:
    """What one pass has asked, by its own clock, and whether anybody answers."""

    clock: Callable[[], datetime]
    asked: set[int] = field(default_factory=set)
    since: datetime | None = None  # when the first was asked
    silent: bool = False

    def ask(self, rows: Sequence[EffectCheck]) -> tuple[list[EffectCheck], list[EffectCheck]]:
        """(answered, to be asked later) of those that were not asked before; both empty where there is no probe."""
        answered: list[EffectCheck] = []
        later: list[EffectCheck] = []
        for row in rows if fresh_counts.connected() else ():
            if row.pk not in self.asked:
                (answered if self._may_ask() and self._counted(row) else later).append(row)
        return answered, later

    def _may_ask(self) -> bool:
        self.since = self.since or self.clock()
        return not self.silent and len(self.asked) < MOST and self.clock() - self.since <= LONGEST

    def _counted(self, row: EffectCheck) -> bool:
        self.asked.add(row.pk)
        try:
            missed = fresh_counts.count_anew(order=row.order, now=self.clock(), interactions=True)
        except Exception:  # one line that breaks our own code must not keep the others from being looked at
            log.exception("问订单 %s 的个数时出错，过一会再问", row.order_id)
            return False
        self.silent = missed is not None and missed.why == fresh_counts.PAUSED
        return missed is None
