"""Counts of lines that are over go, what they came to stays; whatever still needs them keeps them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import people
from common import clock
from common.clock import rfc3339
from common.figures import full_day
from compensation.models import DecisionRecord
from compensation.services import intake
from evidence.models import Entry
from orders.models import Delivery, Observation, Order, PrunedCounts, Rollup
from orders.services import bulk, pruning
from orders.services.deliveries import take_deliveries
from orders.services.observations import take_observations
from tests.claims.test_usage import GOODS
from tests.orders.conftest import PRODUCT, client_as, new_order, sell, shop
from tests.tickets.case import claim
from tickets.models import Ticket
from watch.models import EffectCheck, LineHealth
from watch.services import health, retention

__all__ = ["client_as", "sell", "shop"]
pytestmark = pytest.mark.django_db
KEEP = 92
OVER = 5 + 30 + KEEP  # days from payment: delivery, warranty, and as long as counts are kept


@pytest.fixture(autouse=True)
def keeping(settings):
    settings.OBSERVATIONS_KEEP_DAYS = KEEP


def sold(sell, order_no="A-1", **changes):
    """A thousand likes, counted ten times from the hour of payment: full at the fifth, then slowly fewer."""
    sell(order_no, paid_at=clock.now() - timedelta(hours=100), **changes)
    take_observations(
        raw_rows=[row(order_no, 10 * n - 100, min(1020, 220 + 200 * n) - n) for n in range(10)],
        now=clock.now(),
    )


def row(order_no, hours, count):
    at = clock.now() + timedelta(hours=hours)
    return {"order_no": order_no, "observed_at": at.isoformat(), "count": count, "measurable": True}


def later(by_day, days=OVER):
    """So long after; all that the watch has to do with these lines was done."""
    by_day.shift(timedelta(days=days))
    EffectCheck.objects.update(ended_at=clock.now(), due_at=None)
    LineHealth.objects.update(due_at=None)


def prune():
    retention.run(now=clock.now())


def left(order_no="A-1"):
    return Observation.objects.filter(order__order_no=order_no).count()


def story():
    """Everything that pruning writes, but for numbers that a second try may give differently."""
    said = ("order__order_no", "until", "number", "kept", "pruned_at")
    return (
        list(PrunedCounts.objects.order_by("order__order_no").values_list(*said)),
        list(Rollup.objects.order_by("pk").values()),
        list(Observation.objects.order_by("pk").values()),
        [entry.body for entry in Entry.objects.filter(kind="pruning")],
    )


def test_what_nobody_needs_goes_and_what_it_came_to_stays(sell, by_day):
    sold(sell)
    before = Rollup.objects.values(*(f.name for f in Rollup._meta.fields if not f.name.startswith("close")))
    figures, newest = list(before), Observation.objects.order_by("-observed_at").first()
    rows = {(one.observed_at, one.pk) for one in Observation.objects.all()}
    kept = {
        (one.observed_at, one.pk)
        for one in Observation.objects.filter(
            observed_at__in=[
                figures[0]["delivered_seen_at"],
                figures[0]["window_seen_at"],
                newest.observed_at,
            ]
        )
    }
    later(by_day)
    prune()
    assert list(before.all()) == figures
    assert {(one.observed_at, one.pk) for one in Observation.objects.all()} == kept
    said = PrunedCounts.objects.get()
    assert (said.number, said.until, said.pruned_at) == (10 - len(kept), max(rows - kept)[0], clock.now())
    rollup = Rollup.objects.get()
    assert (rollup.closed_at, rollup.close_after) == (clock.now(), None)
    entry = Entry.objects.get(kind="pruning")
    assert entry.internal
    assert f'"counts":{said.number}' in entry.body.replace(" ", "")
    done = story()
    by_day.shift(timedelta(days=30))
    prune()
    assert story() == done


def test_unset_keeps_everything_for_ever(sell, by_day, settings):
    settings.OBSERVATIONS_KEEP_DAYS = 0
    sold(sell)
    later(by_day, 4000)
    retention.run_due(now=clock.now())
    prune()
    assert (left(), Rollup.objects.get().close_after) == (10, None)


def test_by_the_sweep_once_a_minute(sell, by_day):
    sold(sell)
    sold(sell, "A-2", target="")
    later(by_day)
    second, pruned = Rollup.objects.filter(order__order_no="A-2"), []
    second.update(close_after=clock.now() + timedelta(days=1))
    for wait in (timedelta(), retention.EVERY - timedelta(seconds=1), timedelta(seconds=1)):
        by_day.shift(wait)
        retention.run_due(now=clock.now())
        pruned.append(PrunedCounts.objects.count())
        second.update(close_after=clock.now())
    assert pruned == [1, 1, 2]


STILL_NEEDED = {
    "warranty": lambda sell: Order.objects.filter(order_no="A-1").update(warranty_days=365),
    "open case": lambda sell: Ticket.objects.update(state="waiting_ops"),
    "effect check": lambda sell: EffectCheck.objects.update(ended_at=None),
    "health": lambda sell: LineHealth.objects.update(due_at=clock.now()),
    "target": lambda sell: sold(sell, "A-2", target="https://w.example/1"),
}


@pytest.mark.parametrize("why", STILL_NEEDED)
def test_what_is_still_needed_is_left_alone_and_asked_again(sell, by_day, why):
    sold(sell, target="https://w.example/1")
    claim()
    order = Order.objects.get()
    EffectCheck.objects.get_or_create(order=order, defaults={"due_at": clock.now()})
    LineHealth.objects.get_or_create(order=order)
    Ticket.objects.update(state="closed")
    later(by_day)
    STILL_NEEDED[why](sell)
    prune()
    assert (left(), PrunedCounts.objects.count(), Rollup.objects.get(order=order).closed_at) == (10, 0, None)
    assert Rollup.objects.get(order=order).close_after >= clock.now() + pruning.AGAIN
    Ticket.objects.update(state="closed")
    later(by_day, 500)
    prune()
    assert Rollup.objects.get(order=order).closed_at == clock.now()
    assert left() < 10


def test_what_a_decision_names_stays(sell, by_day):
    sold(sell)
    claim()
    record = DecisionRecord.objects.get()
    first, second = Observation.objects.order_by("pk")[:2]
    named = {one["id"] for one in record.sources["counts"]} | {first.pk, second.pk}
    for name, row in (("counts", first), ("unshown", second)):  # as another decision may have named them
        record.pk, record.sources = None, {name: [{"id": row.pk}]}
        record.save(force_insert=True)
    Ticket.objects.update(state="closed")
    later(by_day)
    prune()
    left = set(Observation.objects.values_list("pk", flat=True))
    assert (named <= left, len(left) < 10) == (True, True)
    assert PrunedCounts.objects.get().kept == "," + "".join(f"{pk}," for pk in sorted(left))


def test_of_a_pruned_line_nothing_is_taken_in_and_others_are(sell, by_day):
    sold(sell)
    later(by_day)
    prune()
    sell("A-2", paid_at=clock.now() - timedelta(hours=20))
    before = story()[:2], Delivery.objects.count()
    report = take_observations(
        raw_rows=[row("A-1", -1, 5), row("A-1", -4000, 5), row("A-2", -1, 5)], now=clock.now()
    )
    sentence = f"订单 A-1 的质保早已过了，计数已在 {clock.shanghai(clock.now()):%Y-%m-%d} 清理，不再收。"
    assert (report.accepted, [(one["code"], one["detail"]) for one in report.rejected]) == (
        1, [("counts_closed", sentence)] * 2,
    )  # fmt: skip
    handed = {"order_no": "A-1", "delivered_at": clock.now().isoformat(), "quantity": 3, "final": True}
    assert [one["code"] for one in take_deliveries(raw_rows=[handed], now=clock.now()).rejected] == [
        "counts_closed"
    ]
    after = story()[:2], Delivery.objects.count()
    assert after[0][0] == before[0][0]
    assert after[0][1][0] == before[0][1][0]
    assert after[1] == before[1]


STEPS = [
    (pruning.rollups, "hold"), (pruning, "_targets"), (pruning, "_drop"), (pruning.log, "record"),
    (bulk, "write_rollups"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "name"), STEPS, ids=lambda one: one if isinstance(one, str) else "")
@pytest.mark.parametrize("after", [False, True])
def test_killed_anywhere_and_begun_again_it_comes_to_the_same(sell, by_day, monkeypatch, where, name, after):
    for n in range(3):
        sold(sell, f"A-{n}")
    later(by_day)
    untouched, step = story(), getattr(where, name)

    def dying(*args, **kwargs):
        if after:
            step(*args, **kwargs)
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(where, name, dying)
        with pytest.raises(RuntimeError), transaction.atomic():
            prune()
    assert story() == untouched
    prune()
    assert [one[2] for one in story()[0]] == [story()[0][0][2]] * 3
    assert Rollup.objects.filter(closed_at=clock.now()).count() == 3
    assert len(story()[3]) == 1


def test_between_two_batches_too(sell, by_day, monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 2)
    for n in range(5):
        sold(sell, f"A-{n}")
    later(by_day)
    pruning.prune(keep_days=KEEP, needs=pruning.Needs(lambda _: set(), lambda _: set()), now=clock.now())
    assert PrunedCounts.objects.count() == 2
    prune()
    assert PrunedCounts.objects.count() == 5
    assert Entry.objects.filter(kind="pruning").count() == 3


def test_a_batch_is_a_fixed_number_of_statements(sell, by_day):
    counted = []
    for some in (["A-1", "A-2"], [f"B-{n}" for n in range(8)]):
        for name in some:
            sold(sell, name, target=f"https://w.example/{name[0]}")
            sold(sell, f"{name}x")
        later(by_day)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            prune()
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 22
    assert PrunedCounts.objects.count() == 20


def test_the_guard_lets_through_what_such_a_row_covers_and_nothing_else(sell):
    sold(sell)
    sold(sell, "A-2")
    one = Order.objects.order_by("pk")[0]
    rows = list(Observation.objects.filter(order=one).order_by("observed_at"))
    PrunedCounts.objects.create(
        order=one, until=rows[5].observed_at, number=5, kept=f",{rows[2].pk},", pruned_at=clock.now()
    )
    passed = []
    for look in Observation.objects.order_by("pk"):
        try:
            with transaction.atomic():
                look.delete()
            passed.append(look.order_id)
        except IntegrityError:
            pass
    assert passed == [one.pk] * 5
    assert {look.pk for look in Observation.objects.filter(order=one)} == {
        rows[2].pk, *(row.pk for row in rows[6:])
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.filter(order=one).update(count=1)


def test_what_was_established_later_doesn_t_count_a_closed_line_again(sell, by_day, monkeypatch):
    sold(sell)
    order = Order.objects.get()
    LineHealth.objects.get_or_create(order=order)
    later(by_day)
    prune()
    monkeypatch.setattr(health.troubles, "found_after", lambda **_: [(1, order.pk)])
    health._findings(clock.now(), clock.now())
    assert LineHealth.objects.get().due_at is None


def test_the_page_and_the_api_say_what_went_and_when(sell, by_day, client_as):
    sold(sell)
    order, client = Order.objects.get(), Client()
    user = people.ensure_user(username="b-one", role="buyer", buyer=order.buyer)
    client.force_login(user)
    address, counts = "/orders/A-1/counts/", "/api/v1/orders/A-1/observations/"
    assert "清理" not in client.get(address).content.decode()
    assert client_as("shop").get(counts).json().keys() == {"next", "previous", "results"}
    later(by_day)
    prune()
    client.force_login(user)  # the first session is long over
    gone, api = PrunedCounts.objects.get(), client_as("shop")
    page, data = client.get(address).content.decode(), api.get(counts).json()
    assert (
        f"到 {full_day(gone.until)} 为止的计数，有 {gone.number} 条在 {full_day(gone.pruned_at)} 清理掉了。"
        in page
    )
    assert page.count('id="count-') == len(data["results"]) == 10 - gone.number
    assert data["pruned"] == {
        "number": gone.number, "until": rfc3339(gone.until), "pruned_at": rfc3339(gone.pruned_at)
    }  # fmt: skip


def test_what_has_no_counts_is_never_over(shop, by_day):
    """Of a course a lesson handed over late still counts; and it is put off for good, not asked again."""
    now = clock.now()
    intake.put_product(sku="lessons", fields=PRODUCT | {"title": "课"} | GOODS["course"], now=now)
    intake.take_order(new=new_order("C-1", sku="lessons", quantity=10, paid_at=now), now=now)
    handed = {"order_no": "C-1", "delivered_at": now.isoformat(), "quantity": 5}
    assert take_deliveries(raw_rows=[handed], now=now).accepted == 1
    later(by_day)
    prune()
    rollup = Rollup.objects.get(order__order_no="C-1")
    assert (rollup.closed_at, rollup.close_after) == (None, pruning.NEVER)
    again = handed | {"delivered_at": clock.now().isoformat()}
    assert take_deliveries(raw_rows=[again], now=clock.now()).accepted == 1
