"""Claims on goods that are used up, decided on what the shop reported: shares of a course, time, codes, items."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from compensation.models import DecisionRecord, Remedy
from compensation.queries import quote
from compensation.services import intake
from orders.models import Order
from orders.services.deliveries import take_deliveries
from orders.services.usage import take_usage
from tests.claims.conftest import claim, told
from tests.claims.licence_case import sold
from tests.orders.conftest import PRODUCT, z
from tests.tickets.desk_case import person
from tickets.web import read_order
from tickets.web.present_order import present_order

DAY = timedelta(days=1)
MONTH = 30 * 86_400
GOODS = {
    "course": {"kind": "course", "policy": "course-standard"},
    "months": {"kind": "subscription", "policy": "subscription-standard", "duration_seconds": MONTH},
    "sword": {"kind": "game_item", "policy": "game-item-standard"},
    "sealed": {"kind": "licence", "policy": "licence-standard", "revocable": False},
}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def goods(shop, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    for sku, kind in GOODS.items():
        intake.put_product(sku=sku, fields=PRODUCT | {"title": sku} | kind, now=clock.now())


def bought(sku, *, ago, quantity=40, order_no="A-1", **changes):
    return sold(
        order_no, sku=sku, units=quantity, paid_fen=4000, list_fen=4000, paid_at=clock.now() - ago, **changes
    )


def reported(order_no="A-1", *, ago=timedelta(minutes=1), **said):
    at = clock.now() - ago
    row = {"order_no": order_no, "observed_at": z(at), **said}
    assert take_usage(raw_rows=[row], now=clock.now()).as_data()["accepted"] == 1
    return at


def answer(order_no="A-1", *, after=timedelta(0), reason="refund", **more):
    """(clause, fen) of a claim made so long from now."""
    order = Order.objects.select_related("product", "rollup", "buyer").get(order_no=order_no)
    decision = quote(order=order, reason=reason, now=clock.now() + after, **more).decision
    return decision.clause, sum(remedy.amount_fen or 0 for remedy in decision.remedies)


@pytest.mark.parametrize(
    ("days", "said", "expected"),
    [
        (6, {"progress_percent": 10}, ("refund.trial", 4000)),
        (6, {"used_units": 4}, ("refund.trial", 4000)),
        (6, {"progress_percent": "10.01"}, ("refund.pro_rata", 3500)),
        (6, {"progress_percent": 11}, ("refund.pro_rata", 3500)),
        (8, {"used_units": 0}, ("refund.pro_rata", 4000)),
        (29, {"used_units": 39}, ("refund.pro_rata", 100)),
        (29, {"used_units": 40}, ("refund.pro_rata", 0)),
        (6, {"used_units": 4, "revealed_units": 40}, ("refund.trial", 4000)),  # it can be revoked
    ],
)
def test_a_course_by_what_was_used_of_it(days, said, expected):
    bought("course", ago=days * DAY)
    reported(**said)
    assert answer() == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, ("refund.pro_rata", 3000)), (1, ("refund.after_cooling_off", 0))],
)
def test_thirty_days_are_the_end_of_a_course_to_the_second(seconds, expected):
    bought("course", ago=timedelta(0))
    paid_at = clock.now().replace(microsecond=0) - DAY
    Order.objects.update(paid_at=paid_at)
    reported(used_units=10)
    after = paid_at + 30 * DAY + timedelta(seconds=seconds) - clock.now() + timedelta(milliseconds=500)
    assert answer(after=after) == expected


@pytest.mark.parametrize(
    ("hours", "said", "expected"),
    [
        (23, {"used_seconds": 3600}, ("refund.trial", 4000)),
        (23, {"used_seconds": 3601}, ("refund.pro_rata", 3872)),
        (240, {"used_seconds": 10}, ("refund.pro_rata", 2667)),
        (240, {"outage_seconds": 5 * 86_400}, ("refund.pro_rata", 3333)),
        (240, {"outage_seconds": 11 * 86_400}, ("refund.pro_rata", 4000)),
    ],
)
def test_a_subscription_by_time_with_outages_given_back(hours, said, expected):
    bought("months", ago=timedelta(hours=hours), quantity=1)
    reported(**said)
    assert answer() == expected


@pytest.mark.parametrize(
    ("sku", "said", "expected"),
    [
        ("sealed", {"revealed_units": 30}, ("refund.cooling_off", 1000)),
        ("sealed", {"revealed_units": 30, "supplier_unused": True}, ("refund.cooling_off", 4000)),
        ("licence", {"revealed_units": 30}, ("refund.cooling_off", 4000)),
        ("licence", {"used_units": 30}, ("refund.cooling_off", 1000)),
        ("licence", {"used_units": 40}, ("refund.cooling_off", 0)),
        ("sword", {"used_units": 0}, ("refund.trial", 4000)),
        ("sword", {"used_units": 1}, ("refund.after_cooling_off", 0)),
    ],
)
def test_codes_and_items(sku, said, expected):
    bought(sku, ago=timedelta(hours=1))
    reported(**said)
    assert answer() == expected


def test_a_correction_counts_and_a_late_row_by_its_own_time():
    bought("course", ago=6 * DAY)
    reported(used_units=20, ago=timedelta(hours=2))
    reported(used_units=4, ago=timedelta(hours=1))
    reported(used_units=30, ago=timedelta(hours=3))
    assert answer() == ("refund.trial", 4000)


# ---- what a decision rests on


def test_the_decision_names_the_report_it_rests_on(work):
    bought("course", ago=6 * DAY)
    at = reported(used_units=4)
    ticket = claim("A-1", "refund")
    assert DecisionRecord.objects.get().sources["usage_at"] == z(at)
    work()
    assert told(ticket) == ("confirming", [("refund", "settled", 4000, 0)])


@pytest.mark.parametrize(
    ("sku", "days", "held"),
    [("course", 1, "usage_unknown"), ("course", 10, "usage_unknown"), ("months", 0, "usage_unknown"),
     ("months", 10, ""), ("licence", 0, ""), ("sword", 0, "")],
)  # fmt: skip
def test_what_nobody_reported_pays_nothing_by_itself(work, sku, days, held):
    bought(sku, ago=days * DAY + timedelta(minutes=5), quantity=1 if sku == "months" else 40)
    ticket = claim("A-1", "refund")
    assert DecisionRecord.objects.get().sources["usage_at"] is None
    work()
    remedy = Remedy.objects.get()
    assert remedy.held_reason == held
    assert (remedy.state, told(ticket)[0]) == (("held", "waiting_ops") if held else ("settled", "confirming"))


def test_metered_goods_keep_their_sources(fell):
    fell("A-9", 850)
    assert set(claim("A-9").decision.sources) == {"completed_at", "observed_at", "counts"}


# ---- the trial, once per buyer and product


def taken(state):
    bought("sword", ago=timedelta(hours=1), order_no="T-1")
    reported("T-1", used_units=0)
    claim("T-1", "refund")
    if state:
        Remedy.objects.filter(order__order_no="T-1").update(state=state)
    bought("sword", ago=timedelta(hours=1))
    reported(used_units=0)


@pytest.mark.parametrize(
    ("state", "clause"),
    [("settled", "refund.after_cooling_off"), ("awaiting_approval", "refund.after_cooling_off"),
     ("held", "refund.after_cooling_off"), ("voided", "refund.trial"), ("failed", "refund.trial")],
)  # fmt: skip
def test_the_trial_is_taken_once(state, clause):
    taken(state)
    assert answer()[0] == clause


@pytest.mark.parametrize("other", [{"buyer_external_id": "b-2"}, {"sku": "dagger"}])
def test_another_buyer_and_another_product_have_their_own(other):
    intake.put_product(sku="dagger", fields=PRODUCT | GOODS["sword"], now=clock.now())
    taken("settled")
    sku = other.get("sku", "sword")
    bought(sku, ago=timedelta(hours=1), order_no="O-1", **{k: v for k, v in other.items() if k != "sku"})
    assert answer("O-1")[0] == "refund.trial"


def test_a_refund_by_another_clause_takes_no_trial():
    bought("course", ago=8 * DAY, order_no="T-1")
    reported("T-1", used_units=0)
    claim("T-1", "refund")
    bought("course", ago=DAY)
    assert answer()[0] == "refund.trial"


def queries(order_no, reason):
    order = Order.objects.select_related("product", "rollup", "buyer").get(order_no=order_no)
    with CaptureQueriesContext(connection) as seen:
        quote(order=order, reason=reason, now=clock.now())
    return len(seen)


def test_how_much_is_asked(fell):
    """Usage, keys looked at and the trial cost a query each, where they can matter; a metered claim asks for none."""
    fell("A-9", 850)
    bought("sword", ago=timedelta(hours=1))
    bought("licence", ago=timedelta(hours=1), order_no="L-1")
    metered = queries("A-9", "refund")
    assert (queries("L-1", "refund"), queries("A-1", "refund"), queries("A-1", "question")) == (
        metered + 2, metered + 3, metered + 2,
    )  # fmt: skip
    for n in range(3):
        bought("sword", ago=timedelta(hours=1), order_no=f"M-{n}")
    assert queries("A-1", "refund") == metered + 3
    row = {"order_no": "A-1", "delivered_at": z(clock.now()), "quantity": 1}
    take_deliveries(raw_rows=[row], now=clock.now())
    assert queries("A-1", "refund") == metered + 3


# ---- what the buyer reads before filing


@pytest.mark.parametrize(
    ("sku", "said", "rows"),
    [
        ("course", {"progress_percent": "7.5"}, [(40, ""), (3, "报来的"), (37, "")]),
        ("course", {"used_units": 3, "revealed_units": 9}, [(40, ""), (3, "报来的"), (37, "")]),
        ("sealed", {"used_units": 3, "revealed_units": 9}, [(40, ""), (9, "报来的"), (31, "")]),
        ("course", None, [(40, ""), (0, "还没有报来，按 0 算"), (40, "")]),
        ("months", {"outage_seconds": 86_400}, [(720, "小时"), (24, "小时"), (696, "小时")]),
    ],
)
def test_the_order_page_shows_what_is_used_and_as_of_when(sku, said, rows):
    bought(sku, ago=2 * DAY, quantity=1 if sku == "months" else 40)
    if said:
        reported(**said)
    sheet = read_order.read(reader=person("shop"), order_no="A-1", now=clock.now())
    ledger = present_order(sheet=sheet, now=clock.now()).ledger
    assert [(row.value, re.sub(r"^.* (?=报来的)", "", row.note)) for row in ledger.rows] == rows


@pytest.mark.parametrize(("said", "code"), [({"used_units": 0}, ""), (None, "usage_unknown")])
def test_the_order_page_says_beforehand_that_a_person_will_check(work, said, code):
    bought("course", ago=DAY)
    if said:
        reported(**said)
    assert read_order.read(reader=person("shop"), order_no="A-1", now=clock.now()).by_hand == code
