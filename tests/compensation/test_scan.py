"""scan_drops on a generated series of counters whose tiers are known, and the files it is imported from."""

import csv
import io
import json
import random
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from compensation.models import DecisionRecord, PolicyVersion, Remedy, UnitDelivery
from compensation.services.scan import scan_drops
from orders.models import Order
from tests.orders.conftest import LATER, PAID, at, z

ORDER_COLUMNS = [
    "order_no",
    "sku",
    "buyer_external_id",
    "quantity",
    "paid_fen",
    "paid_at",
    "target",
    "baseline",
]
COUNT_COLUMNS = ["order_no", "observed_at", "count", "comments", "shares", "measurable"]
# per mille lost in the window → (tier, warn, urgent): each limit and its neighbours on a thousand.
LOSSES = {
    -5: ("none", 0, 0), 0: ("none", 0, 0), 1: ("A", 0, 0), 80: ("A", 0, 0), 81: ("A", 1, 0), 100: ("A", 1, 0),
    101: ("B", 1, 0), 200: ("B", 1, 0), 201: ("C", 1, 0), 300: ("C", 1, 0), 301: ("C", 1, 1), 1000: ("C", 1, 1),
}  # fmt: skip


def series(seed, lines=60):
    """(order rows, count rows, the figures they come to): a line a day falls over 24 h, as public counters do."""
    dice, figures, orders, counts = random.Random(seed), Counter(), [], []
    for number in range(lines):
        order_no, quantity, baseline = f"G-{number}", 1000 * dice.randint(1, 9), dice.choice([1, 25, 4000])
        full = PAID + timedelta(hours=dice.randint(1, 60), seconds=dice.randint(0, 3599))
        orders.append(
            [order_no, "likes", f"u-{number % 7}", quantity, quantity * 5, z(PAID), order_no, baseline]
        )
        lost, (tier, warn, urgent) = dice.choice(list(LOSSES.items()))
        trusted = dice.random() > 0.1
        for hour in sorted(dice.sample(range(1, 24), 5)):
            present = quantity - quantity * lost * hour // 24 // 1000
            counts.append([order_no, z(full + timedelta(hours=hour)), baseline + present, hour, "", 1])
        counts.append([order_no, z(full), baseline + quantity + dice.choice([0, 3]), "", "", 1])
        end = baseline + quantity - quantity * lost // 1000 if trusted else 0
        counts.append([order_no, z(full + timedelta(hours=24)), end, "", "", 1])
        counts.append(
            [order_no, z(full + timedelta(hours=24, seconds=1)), baseline, "", "", 1]
        )  # a slow drop
        figures.update({"lines": 1, tier if trusted else "unmeasurable": 1})
        figures.update({"warn": warn * trusted, "urgent": urgent * trusted})
    dice.shuffle(counts)
    return orders, counts, {name: figures[name] for name in NAMES}


NAMES = ("lines", "none", "A", "B", "C", "unmeasurable", "warn", "urgent")


def write(path, columns, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(columns)
        table.writerows(rows)
    return path


def command(name, *args):
    """(exit status, what was printed, what was complained about)."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    try:
        call_command(name, *map(str, args), stdout=out, stderr=err)
    except SystemExit as stopped:
        status = stopped.code
    return status, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_imported_series_comes_to_its_figures_and_again_to_duplicates(shop, tmp_path, seed):
    orders, counts, figures = series(seed)
    order_file = write(tmp_path / "orders.csv", ORDER_COLUMNS, orders)
    count_file = write(tmp_path / "counts.csv", COUNT_COLUMNS, counts)
    assert command("import_orders", order_file) == (0, "订单：收下 60 行，重复 0 行，没收 0 行。\n", "")
    assert command("import_observations", count_file) == (
        0,
        "计数：收下 480 行，重复 0 行，没收 0 行。\n",
        "",
    )
    status, printed, _ = command("scan_drops", "--json", "--at", z(LATER))
    assert (status, json.loads(printed)) == (0, figures), f"seed {seed}"
    assert command("import_orders", order_file) == (0, "订单：收下 0 行，重复 60 行，没收 0 行。\n", "")
    assert command("import_observations", count_file) == (
        0,
        "计数：收下 0 行，重复 480 行，没收 0 行。\n",
        "",
    )
    assert set(Order.objects.values_list("gateway", flat=True)) == {"manual"}


def test_only_windows_that_ended_by_then(sell, look):
    sell("A-1")
    look("A-1", {4: 1020, 28: 920})
    sell("A-2", sku="licence")
    empty = dict.fromkeys(NAMES, 0)
    assert scan_drops(at=at(28, -1)) == empty
    assert scan_drops(at=at(28)) == empty | {"lines": 1, "A": 1, "warn": 1}


def test_the_scan_judges_as_a_claim_does_with_grants_and_recoveries(sell, look):
    for number, counts in {
        "A-1": {4: 1020, 28: 820},  # 200 lost, 100 of it granted before
        "A-2": {4: 1020, 28: 820, 60: 980},  # recovered
        "A-3": {4: 1020, 28: None},
        "A-4": {4: 420, 28: 420},  # completed by the deadline with 400, counted before and in the window
        "A-5": {},
    }.items():
        order = sell(number)
        look(number, counts)
        if number == "A-1":
            top_up(order, quantity=100, came=100, hours=20)
    expected = {"lines": 5, "none": 1, "A": 1, "B": 0, "C": 1, "unmeasurable": 2, "warn": 1, "urgent": 0}
    assert scan_drops(at=LATER) == expected


def top_up(order, *, quantity, came, hours):
    """A tier A top-up that ended, as its booking leaves it."""
    policy = PolicyVersion.objects.get(code="metered-standard")
    record = DecisionRecord.objects.create(
        order=order, reason="drop", policy=policy, facts={}, sources={}, clause="drop.tier_a", outcome="compensate",
        requires_review=False, review_reasons=[], body={}, decided_at=at(hours),
    )  # fmt: skip
    ordinal = Remedy.objects.filter(order=order).count() + 1
    remedy = Remedy.objects.create(
        key=uuid4(), order=order, decision=record, kind="top_up", ordinal=ordinal, quantity=quantity,
        loss_share=quantity, cover="window", state="settled", delivered=came, created_at=at(hours),
    )  # fmt: skip
    UnitDelivery.objects.create(remedy=remedy, quantity=came, delivered_at=at(hours))


def test_as_many_queries_for_three_lines_with_grants_as_for_one(sell, look, django_assert_num_queries):
    for numbers in (["A-1"], ["A-2", "A-3"]):
        for number in numbers:
            order = sell(number)
            look(number, {4: 1020, 28: 820})
            top_up(order, quantity=100, came=100, hours=20)
            top_up(order, quantity=9, came=9, hours=21)
        scan_drops(at=LATER)  # the policy is read once a process
        with django_assert_num_queries(3):
            found = scan_drops(at=LATER)
        assert found["lines"] == Order.objects.count()


@pytest.mark.parametrize("instant", ["yesterday", "2017-11-01", "2017-11-01T00:00:00"])
def test_at_needs_an_instant_with_its_zone(db, instant):
    with pytest.raises(CommandError, match="带时区的时刻"):
        call_command("scan_drops", "--at", instant)


def test_without_json_it_is_a_sentence(shop):
    assert command("scan_drops")[1] == (
        "满窗口的订单 0，没有掉 0，第一档 0，第二档 0，第三档 0，数不出来 0，该提醒 0，紧急 0\n"
    )
