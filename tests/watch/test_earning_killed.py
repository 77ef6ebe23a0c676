"""Points, with a worker killed before or after any of its commits, and with eight of them at once."""

from datetime import timedelta

import pytest

from accounts.models import Buyer
from common import clock
from evidence.models import Entry
from ledger import queries as ledger
from ledger.models import Account, Balance
from ledger.services.recording import unsound_points
from tests import killing
from tests.tickets.case import assert_balanced, claim, fallen
from tests.watch.test_earning import booked, ends, look, sold
from tests.watch.test_races import at_once
from watch.models import OrderPoints, Pass, Stumble
from watch.services import earning

pytestmark = pytest.mark.django_db


def found():
    """All that could tell one run from another, but its instants."""
    assert_balanced()
    return {
        "rows": ends(),
        "books": booked(),
        "balances": sorted(Balance.objects.values_list("account__code", "amount", "never_negative")),
        "record": sorted(
            Entry.objects.filter(kind="transfer", body__contains="points_issued").values_list(
                "order_no", flat=True
            )
        ),
        "sound": list(unsound_points()),
    }


def seed(many=3):
    for n in range(many):
        sold(f"A-{n}", buyer_external_id=f"b-{n % 2}")
    fallen("C-1", target="https://v.example/c")
    claim("C-1")


def test_killed_before_and_after_every_commit_it_comes_to_the_same(shop, by_day, monkeypatch):
    monkeypatch.setattr(earning, "BATCH", 2)
    seed()
    by_day.shift(timedelta(days=40))
    begin = clock.now()

    def run(axe):
        by_day.move_to(begin)
        killing.struck(axe, lambda: earning.run_due(now=clock.now()))
        for _ in range(2):
            by_day.shift(earning.EVERY)
            earning.run_due(now=clock.now())
        return found()

    whole = killing.Axe()
    expected = killing.undone(lambda: run(whole))
    assert [result for _, result in expected["rows"]] == ["earned"] * 3 + ["claimed"]
    assert ([n for _, n in expected["books"]], expected["sound"]) == ([50] * 3, [])
    assert whole.commits == 5  # whose turn it is (two), enrolled, two batches
    for axe in killing.each(whole):
        assert killing.undone(lambda axe=axe: run(axe)) == expected, axe


@pytest.mark.django_db(transaction=True)
def test_eight_workers_book_each_order_once(shop, by_day):
    seed(8)
    at_once(lambda n: look())
    assert (OrderPoints.objects.count(), Pass.objects.get(name="points").after) == (0, 0)
    by_day.shift(timedelta(days=40))
    at_once(lambda n: look())
    look()
    said = found()
    assert (said["books"], said["sound"]) == ([(f"A-{n}", 50) for n in range(8)], [])
    assert [amount for _, amount, _ in said["balances"]] == [200, 200]
    assert Stumble.objects.count() == 0  # whoever came second left it alone
    assert (len(said["record"]), Account.objects.filter(unit="point").count()) == (8, 3)
    buyers = Buyer.objects.values_list("id", flat=True)
    assert sum(ledger.points_before(buyers=buyers, at=clock.now() + timedelta(seconds=1)).values()) == 400
