"""A backtest over real rows: which decisions it takes, what it knows of them, how often it asks."""

from datetime import timedelta

import pytest

from accounts.models import User
from common import clock
from common.refusals import Invalid
from compensation import queries
from compensation.models import DecisionRecord
from compensation.rules.policy import Policy
from compensation.services import backtesting, bearing, finding
from orders.models import Product
from tests.tickets.case import claim, fallen

pytestmark = pytest.mark.django_db
CODE = "metered-standard"
CHANGED = {"version": 2, "tier_b_rate": [40, 100], "auto_limit_fen": 3000}


def likes(**changes):
    return Policy.from_data(queries.newest_policy(CODE).data | CHANGED | changes)


def lately(days=2):
    now = clock.now()
    return backtesting.Period(now - timedelta(days=days), now + timedelta(minutes=1))


def tried(policy=None, within=None, **options):
    policy = policy or likes()
    among = backtesting.chosen(policy=policy, within=within or lately(), **options)
    return backtesting.run(policy=policy, among=among)


def sold(*lefts):
    for number, left in enumerate(lefts, 1):
        fallen(f"A-{number}", left, buyer_external_id=f"b-{number}")
        claim(f"A-{number}")


def test_stored_decisions_are_held_against_what_the_policy_would_make_of_them(shop):
    sold(850, 700, 1003)
    found = tried()
    assert found.total.decisions == 3
    # 150 lost stay at 180; 300 lost gave 50 yuan and 1000 likes, and now 360 likes
    assert (found.total.cash_before, found.total.cash_after) == (5000, 0)
    assert (found.total.units_before, found.total.units_after) == (1180, 540)
    assert [(row.before, row.after) for row in found.moves] == [("drop.tier_c", "drop.tier_b")]
    assert found.moves[0].behind[0].order_no == "A-2"


def test_one_decision_and_three_cost_as_many_questions(shop, django_assert_num_queries):
    sold(850)
    policy = likes()
    with django_assert_num_queries(3):
        assert tried(policy).total.decisions == 1
    for number in ("A-2", "A-3"):
        fallen(number)
        claim(number)
    with django_assert_num_queries(3):
        assert tried(policy).total.decisions == 3


def test_they_are_read_in_chunks_and_each_is_told(shop, monkeypatch):
    monkeypatch.setattr(backtesting, "CHUNK", 2)
    sold(850, 850, 700, 700, 940)
    policy, seen = likes(), []
    among = backtesting.chosen(policy=policy, within=lately())
    found = backtesting.run(policy=policy, among=among, seen=seen.append)
    assert (seen, found.total.decisions) == ([2, 2, 1], 5)


def test_the_period_takes_its_first_instant_and_leaves_its_last(shop):
    sold(850)
    at = DecisionRecord.objects.get().decided_at
    tick = timedelta(microseconds=1)
    spans = [(at, at + tick), (at - tick, at), (at + tick, at + 2 * tick)]
    counts = [tried(within=backtesting.Period(*span)).total.decisions for span in spans]
    assert counts == [1, 0, 0]


def test_only_the_policy_of_that_code_or_all_of_that_kind(shop):
    sold(850)
    fallen("L-1", sku="licence")
    claim("L-1", reason="refund")
    other = likes(code="metered-other")
    assert tried(other).total.decisions == 0
    assert tried(other, all_of_kind=True).total.decisions == 1


def test_decisions_on_goods_of_another_kind_are_not_tried(shop):
    sold(850)
    found = tried(likes(kind="course", code=CODE))
    assert (found.total.decisions, found.unmeasured) == (0, {"kind": 1})


def test_a_decision_made_anew_is_not_counted_twice(shop):
    fallen()
    record = claim(reason="fake_units", text="像机器号").decision
    finding.establish(
        record=record, facts={"proof": "verified", "fake_units": 30}, as_of=clock.now(), by="qiao", why="抽查过",
        now=clock.now(),
    )  # fmt: skip
    found = tried()
    assert DecisionRecord.objects.count() == 2
    assert (found.total.decisions, found.total.units_before, found.unmeasured) == (1, 30, {"replaced": 1})


def test_facts_that_no_claim_has_are_passed_over(shop):
    sold(850)
    row = DecisionRecord.objects.get()
    row.pk, row.facts = None, row.facts | {"mood": 1}
    row.save()
    found = tried()
    assert (found.total.decisions, found.unmeasured) == (1, {"facts": 1})


def test_costs_stand_with_whoever_bears_them(shop):
    developer = User.objects.create_user("yun", role="developer")
    Product.objects.update(developer=developer)
    sold(700, 700, 700, 700)
    records = list(DecisionRecord.objects.order_by("pk"))
    for record, party in zip(records, ("developer", "supplier", "platform"), strict=False):
        bearing.set_bearer(record=record, party="unknown", by="qiao", reason="-", now=clock.now())
        bearing.set_bearer(record=record, party=party, by="qiao", reason="-", now=clock.now())
    found = tried()
    costs = {row.name: (row.amounts.cash_before, row.amounts.cash_after) for row in found.accounts}
    names = {f"developer_payable.{developer.pk}", "supplier_payable", "platform_expense", "dispute_fund"}
    assert costs == dict.fromkeys(names, (5000, 0))
    [hit] = found.developers.most
    assert (hit.ref, hit.cash, hit.borne, hit.units) == (developer.pk, -20_000, -5000, -4 * 640)


BAD_PERIODS = [
    ("2026-09-01", "2026-09-01", ["to"]),
    ("2026-09-02", "2026-09-01", ["to"]),
    ("2026-02-30", "soon", ["from", "to"]),
    ("", "2026-09-01", ["from"]),
]


@pytest.mark.parametrize(("first", "last", "fields"), BAD_PERIODS)
def test_a_period_that_is_none_names_the_field(first, last, fields):
    with pytest.raises(Invalid) as refused:
        backtesting.period(first, last)
    assert [error["field"] for error in refused.value.errors] == fields


def test_a_day_begins_at_midnight_of_the_shop():
    within = backtesting.period("2026-09-01", "2026-09-02")
    assert (clock.rfc3339(within.since), clock.rfc3339(within.until)) == (
        "2026-08-31T16:00:00Z", "2026-09-01T16:00:00Z",
    )  # fmt: skip
