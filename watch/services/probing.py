"""What nobody has counted is asked of the shop's own probe: so many a pass and never for long, in no transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from orders.services import fresh_counts
from watch.models import EffectCheck

log = logging.getLogger(__name__)
MOST, LONGEST = 50, timedelta(seconds=3)


class Asked(NamedTuple):
    """What came of asking about some lines; those that were asked about before are in none of them."""

    answered: list[EffectCheck]
    unanswered: list[EffectCheck]  # or not asked at all, as the probe that only fails rests
    unreached: list[EffectCheck]  # this pass has asked enough


@dataclass
class Probing:
    """What one pass has asked, by its own clock, and whether anybody answers."""

    clock: Callable[[], datetime]
    asked: set[int] = field(default_factory=set)
    since: datetime | None = None  # when the first was asked
    silent: bool = False
    spent: bool = False  # there was one that this pass did not reach any more

    def ask(self, rows: Sequence[EffectCheck]) -> Asked:
        """One by one, in the order given, until it is enough; all empty where there is no probe."""
        found = Asked([], [], [])
        for row in rows if fresh_counts.connected() else ():
            if row.pk in self.asked:
                continue
            if self.silent:
                found.unanswered.append(row)
            elif self._is_enough():
                self.spent = True
                found.unreached.append(row)
            else:
                (found.answered if self._counted(row) else found.unanswered).append(row)
        return found

    def _is_enough(self) -> bool:
        self.since = self.since or self.clock()
        return len(self.asked) >= MOST or self.clock() - self.since > LONGEST

    def _counted(self, row: EffectCheck) -> bool:
        self.asked.add(row.pk)
        try:
            missed = fresh_counts.count_anew(order=row.order, now=self.clock(), interactions=True)
        except Exception:  # one line that breaks our own code must not keep the others from being looked at
            log.exception("问订单 %s 的个数时出错，过一会再问", row.order_id)
            return False
        self.silent = missed is not None and missed.why == fresh_counts.PAUSED
        return missed is None
