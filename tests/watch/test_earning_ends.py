"""What points take for the last window of a line, held against what a claim is answered: to the second the same."""

from datetime import timedelta

import pytest

from common import clock
from compensation.models import PolicyVersion
from compensation.queries import quote
from compensation.rules.defaults import METERED
from compensation.rules.policy import Policy
from orders.models import Licence
from orders.services.deliveries import take_deliveries
from orders.services.observations import take_observations
from orders.services.usage import take_usage
from tests.tickets.case import claim, order_of
from tests.watch.test_earning import ends, goods, look, over, sold
from watch.models import OrderPoints
from watch.services import earning, earning_facts

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
WINDOW = {"licence": DAY, "course": 30 * DAY, "metered": 40 * DAY}
DEADLINE = timedelta(seconds=60)


def put(kind):
    """Goods with one window, from first delivery; nothing else of theirs outlasts it."""
    if kind != "metered":
        return goods(kind, warranty_days=0, delivery_seconds=60)
    clauses = [*METERED["clauses"]]
    clauses.insert(clauses.index("refund.pro_rata") + 1, "refund.after_cooling_off")
    changed = {"code": "metered-dated", "clauses": clauses, "pro_rata_seconds": 40 * 86_400}
    policy = Policy.from_data(METERED | changed)
    PolicyVersion.objects.create(
        code=policy.code, version=1, kind="metered", title="限期退的", data=policy.as_data(), hash=policy.hash,
        published_at=clock.now(),
    )  # fmt: skip
    return goods("metered", policy=policy.code, warranty_days=0, delivery_seconds=60)


def deliver(after, quantity=1, **more):
    at = (clock.now() + after).isoformat()
    row = {"order_no": "A-1", "delivered_at": at, "quantity": quantity} | more
    assert take_deliveries(raw_rows=[row], now=clock.now() + after).accepted == 1


def count(after, n):
    at = clock.now() + after
    row = {"order_no": "A-1", "observed_at": at.isoformat(), "count": n, "measurable": True}
    assert take_observations(raw_rows=[row], now=at).accepted == 1


def usage():
    row = {"order_no": "A-1", "observed_at": clock.now().isoformat(), "used_units": 0}
    assert take_usage(raw_rows=[row], now=clock.now()).accepted == 1


def licences():
    Licence.objects.create(order=order_of("A-1"), unit=1, licence_id="L-1", changed_at=clock.now())


LATE = timedelta(days=2)
CAME = {  # what happened, and how long after payment the days began; None: they have not
    "nothing": (lambda: None, None),
    "a delivery of nothing": (lambda: deliver(LATE, 0), None),
    "nothing, and that this was all": (lambda: deliver(SECOND, 0, final=True), None),
    "nothing first": (lambda: [deliver(SECOND, 0), deliver(LATE)], LATE),
    "a late delivery": (lambda: deliver(LATE), LATE),
    "a delivery before payment": (lambda: deliver(-SECOND), timedelta()),
    "licences": (licences, timedelta()),
    "usage": (usage, timedelta()),
    "a count": (lambda: count(SECOND, 10), timedelta()),
}


def answer(at):
    return quote(order=order_of("A-1"), reason="refund", now=at).decision.clause


@pytest.mark.parametrize("what", CAME)
@pytest.mark.parametrize("kind", ["licence", "course"])
def test_days_begin_for_points_as_they_do_for_a_refund(shop, by_day, kind, what):
    put(kind)
    order = sold(sku=kind, quantity=10, baseline=0, target="")
    happens, after = CAME[what]
    happens()
    ends_at = earning_facts.read([order_of("A-1")])[order.pk].ends_at
    if after is None:
        assert (ends_at, answer(order.paid_at + 400 * DAY)) == (None, answer(order.paid_at + SECOND))
        return
    assert ends_at == order.paid_at + after + WINDOW[kind]
    assert answer(ends_at + SECOND) == "refund.after_cooling_off" != answer(ends_at)


@pytest.mark.parametrize(("delivered_after", "begins_after"), [
    (None, timedelta()), (-DAY, timedelta()), (timedelta(days=5), timedelta(days=5)),
])  # fmt: skip
def test_days_of_metered_goods_begin_with_their_first_delivery_too(
    shop, by_day, delivered_after, begins_after
):
    put("metered")
    order = sold(sku="metered")
    count(DEADLINE, 20)
    if delivered_after is not None:
        deliver(delivered_after)
    ends_at = earning_facts.read([order_of("A-1")])[order.pk].ends_at
    assert ends_at == order.paid_at + begins_after + WINDOW["metered"]
    assert (answer(ends_at), answer(ends_at + SECOND)) == ("refund.pro_rata", "refund.after_cooling_off")


# ---- what never came


@pytest.mark.parametrize(("kind", "again"), [("licence", DAY), ("course", 3 * DAY)])
def test_what_never_came_is_looked_at_as_seldom_as_its_days_can_end(shop, by_day, kind, again):
    put(kind)
    sold(sku=kind, quantity=10, baseline=0, target="")
    over(by_day, days=100)
    assert OrderPoints.objects.get().due_at == clock.now() + again
    deliver(SECOND)  # just after the look: what it is looked at again for is not over yet
    over_at = clock.now() + SECOND + WINDOW[kind]
    by_day.shift(again + earning.LAG + SECOND)
    look()
    assert (ends(), OrderPoints.objects.get().due_at) == ([("A-1", "")], over_at)
    by_day.move_to(over_at + earning.LAG + SECOND)
    look()
    assert ends() == [("A-1", "earned")]


def test_what_never_came_and_was_claimed_is_looked_at_no_more(shop, by_day):
    """However late it comes, the claim was before its days are over."""
    put("course")
    sold(sku="course", quantity=10, baseline=0, target="")
    claim(reason="delay", text="没有收到")
    over(by_day, days=1)
    assert (ends(), OrderPoints.objects.get().due_at) == ([("A-1", "claimed")], None)
