"""Workers that prune the same lines while counts of these come in: each line once, no count lost unsaid."""

import pytest

from common import clock
from orders.models import Observation, PrunedCounts, Rollup
from orders.services import pruning
from orders.services.observations import take_observations
from tests.orders.conftest import sell, shop
from tests.watch.test_races import at_once
from tests.watch.test_retention import keeping, later, prune, row, sold

__all__ = ["keeping", "sell", "shop"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_each_line_is_pruned_once_and_what_was_taken_in_is_there_or_counted(sell, by_day, monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 2)
    names = [f"A-{n}" for n in range(4)]
    for name in names:
        sold(sell, name, target="https://w.example/" + name[-1:] * (name < "A-2"))
    later(by_day)

    def step(n):
        if n % 2:
            prune()
            return 0
        rows = [row(name, -200 - n, 900) for name in (names if n % 4 else names[::-1])]
        return take_observations(raw_rows=rows, now=clock.now()).accepted

    taken = sum(at_once(step))
    gone = sum(PrunedCounts.objects.values_list("number", flat=True))
    assert PrunedCounts.objects.count() == Rollup.objects.filter(closed_at=clock.now()).count() == 4
    assert Observation.objects.count() + gone == 40 + taken
