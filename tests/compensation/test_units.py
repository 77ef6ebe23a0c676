"""Which accounts a top-up came from: asked once its units are booked, page by page; harmless where nobody answers."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from common import clock
from compensation.models import DeliveredUnit, Remedy, UnitList
from compensation.services import units
from integrations.models import Breaker
from tests.integrations.provider_stub import PATIENT_S, SECRET
from tests.orders.conftest import client_as, sell, shop
from tests.tickets.case import Outside, claim, fallen, work

__all__ = ["client_as", "sell", "shop"]
pytestmark = pytest.mark.django_db
CAME_AT = datetime(2020, 1, 1, tzinfo=UTC)  # before it was asked for: not believed


def unit(number, **changes):
    return {"account_id": f"3100{number:06d}", "delivered_at": None, "interactions": 3} | changes


class Lister(Outside):
    """A supplier with a list of accounts; `listing` is what it answers, a status or rows after N."""

    def __init__(self):
        self.listing, self.questions = lambda after: [unit(n) for n in range(after, 180)][:500], []
        super().__init__()

    def carry_out(self, method, path, body):
        if "/units?after=" not in path:
            return super().carry_out(method, path, body)
        after = int(path.rpartition("=")[2])
        self.questions.append(after)
        answer = self.listing(after)
        return (answer, {}) if isinstance(answer, int) else (200, answer)


@pytest.fixture
def lister(shop, settings):
    one = Lister()
    settings.SUPPLIER_URL = settings.SHOP_REFUND_URL = one.url
    settings.SUPPLIER_SECRET = settings.SHOP_REFUND_SECRET = SECRET
    settings.SEND_TIMEOUT_S, settings.LEASE_S, settings.RECONCILE_ONLY = PATIENT_S, 15.0, False
    yield one
    one.stop()


@pytest.fixture
def topped_up(lister):
    """180 units came; nobody has asked for their accounts yet."""
    fallen()
    claim()
    work()
    return Remedy.objects.get()


def known():
    return list(DeliveredUnit.objects.order_by("n").values_list("n", "account_id"))


def due():
    return UnitList.objects.get().next_at


def rounds(lister, *, start=None, most=100):
    """Rounds of the sweep, each when it is due, until nothing is."""
    now = start or clock.now()
    for _ in range(most):
        units.run_due(now=now)
        if due() is None:
            return
        now = max(now, due())
    raise AssertionError("it never ends")


def test_every_account_is_kept_once_and_then_nobody_asks(topped_up, lister):
    rounds(lister)
    assert known() == [(n, f"3100{n - 1:06d}") for n in range(1, 181)]
    assert (lister.questions, units.run_due(now=clock.now())) == ([0], 0)


def test_long_lists_come_in_pages_and_a_later_one_goes_on_where_the_last_ended(topped_up, lister):
    lister.listing = lambda after: [unit(n) for n in range(after, 180)][:70]
    rounds(lister)
    assert (len(known()), lister.questions) == (180, [0, 70, 140])


def test_more_than_came_is_not_believed(topped_up, lister):
    lister.listing = lambda after: [unit(n) for n in range(after, 400)]
    rounds(lister)
    assert len(known()) == 180


def test_instants_are_kept_between_the_order_and_now(topped_up, lister):
    later = (clock.now() + timedelta(days=9)).isoformat()
    said = [CAME_AT.isoformat(), later, "soon", None]
    lister.listing = lambda after: [unit(n, delivered_at=said[n % 4]) for n in range(after, 180)]
    rounds(lister)
    at = DeliveredUnit.objects.order_by("n").values_list("delivered_at", flat=True)[:4]
    assert (at[0], all(topped_up.created_at <= one <= clock.now() for one in at)) == (
        topped_up.created_at,
        True,
    )


@pytest.mark.parametrize(
    ("listing", "questions"),
    [
        (lambda after: 404, 1),  # it offers none: that is no fault
        (lambda after: 500, 24), (lambda after: 401, 24), (lambda after: [], 24), (lambda after: {"units": []}, 24),
        (lambda after: ["310"], 24), (lambda after: [{"account_id": None}], 24),
        (lambda after: [{"account_id": "a\n"}], 24),
        (lambda after: [unit(n) for n in range(501)], 24), (lambda after: [unit(0, account_id="3" * 65)], 24),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_asked_again_less_and_less_and_then_no_more(
    topped_up, lister, listing, questions
):
    lister.listing = listing
    rounds(lister)
    assert (known(), len(lister.questions), Remedy.objects.get().state) == ([], questions, "settled")


def test_a_dead_supplier_is_asked_once_a_round(topped_up, lister):
    fallen("A-2")
    claim("A-2")
    work()
    lister.listing = lambda after: 500
    assert (units.run_due(now=clock.now()), len(lister.questions)) == (0, 1)


def test_a_supplier_that_sends_rest_from_is_left_alone(topped_up, lister):
    Breaker.objects.update_or_create(
        provider="supplier", defaults={"faults": 5, "open_until": clock.now() + timedelta(seconds=5)}
    )
    assert (units.run_due(now=clock.now()), lister.questions) == (0, [])


def test_without_a_supplier_nothing_is_asked(topped_up, lister, settings):
    settings.SUPPLIER_URL = ""
    assert (units.run_due(now=clock.now()), known()) == (0, [])


def test_two_workers_keep_each_account_once(topped_up, lister):
    """The second was asking while the first wrote."""
    row, now = UnitList.objects.select_related("remedy").get(), clock.now()
    units._ask(row, now)
    stale = UnitList.objects.select_related("remedy").get()
    stale.known, stale.next_at = 0, row.next_at
    units._ask(stale, now)
    assert (len(known()), UnitList.objects.get().known) == (180, 180)


def test_units_that_come_while_it_asks_are_asked_for_next(topped_up, lister, monkeypatch):
    ask = units.unit_lists.units

    def meanwhile(**given):
        units.want(remedy=topped_up, now=clock.now())
        return ask(**given)

    monkeypatch.setattr(units.unit_lists, "units", meanwhile)
    units.run_due(now=clock.now())
    assert (len(known()), due() is None) == (180, False)


def test_the_question_is_signed_and_names_the_order(topped_up, lister):
    rounds(lister)
    method, path, _, body = lister.seen[-1]
    assert (method, path, body, lister.unsigned) == (
        "GET",
        f"/base/orders/{topped_up.key}/units?after=0",
        b"",
        0,
    )
    assert json.loads(lister.posts[0][1])["key"] == str(topped_up.key)
