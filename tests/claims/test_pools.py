"""Two lines on one target: each claims its part of what is missing, whoever claims first and however often."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from compensation.models import DecisionRecord
from compensation.queries import quote
from compensation.services.recomputing import recomputed_differently
from compensation.services.scan import scan_drops
from tests.claims.conftest import claim, count, find, settle_up, told
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
POST = "https://v.example/one-post"


@pytest.fixture
def pool(fell):
    """pool(1700): A-1 and A-2 of 1000 each on one post, one after the other; so many over A-1's start are left."""

    def make(left, **changes):
        fell("A-1", target=POST, paid_at=clock.now() - timedelta(hours=60))
        fell("A-2", target=POST, baseline=1020, **changes)
        count("A-2", 2000, ago=17)  # 20 and both
        count("A-1", left, ago=1)
        return find("A-1"), find("A-2")

    return make


def facts_of(order_no):
    found = quote(order=find(order_no), reason="drop", now=clock.now())
    f = found.facts
    return f.delivered, f.present, f.pending, f.restored, found.decision.clause


def test_each_line_has_its_part(pool, work):
    first, second = pool(1700)
    assert facts_of("A-1") == facts_of("A-2") == (1000, 850, 0, 0, "drop.tier_b")
    one = claim("A-1")
    assert told(one)[1] == [("top_up", "pending", 180, 0)]
    sources = DecisionRecord.objects.get(order=first).sources
    assert sources["pool"] == [first.pk, second.pk]
    # On their way are 180: of the 300 missing 120 are left, and they are the other's.
    assert facts_of("A-1") == (1000, 820, 180, 150, "drop.tier_b")
    assert facts_of("A-2") == (1000, 880, 0, 0, "drop.tier_b")
    two = claim("A-2")
    assert told(two)[1] == [("top_up", "pending", 144, 0)]
    work()
    settle_up(one)
    settle_up(two)
    again = [claim("A-1"), claim("A-2")]
    assert [told(ticket)[1] for ticket in again] == [[], []]
    assert list(recomputed_differently()) == []


def test_claiming_again_first_gives_nothing_of_the_others_part(pool, work):
    pool(1700)
    one = claim("A-1")
    work()
    count("A-1", 1880)  # they came, and were counted
    settle_up(one)
    again = claim("A-1")
    assert (again.decision.clause, told(again)[1]) == ("drop.tier_b", [])
    assert told(claim("A-2"))[1] == [("top_up", "pending", 144, 0)]


@pytest.mark.parametrize(("came", "unshown", "reasons"), [(1700, True, ("supplier",)), (1880, False, ())])
def test_whether_a_top_up_was_ever_seen_is_asked_of_the_counter_and_not_of_the_number(
    pool, work, came, unshown, reasons
):
    pool(1700)
    one = claim("A-1")
    work()
    settle_up(one)
    count("A-2", came)
    count("A-1" if came > 1700 else "A-2", 1300, ago=-0.01)
    found = quote(order=find("A-1"), reason="drop", now=clock.now() + timedelta(minutes=1))
    assert (found.decision.clause, found.facts.unshown, found.decision.review_reasons) == (
        "drop.tier_c", unshown, reasons,
    )  # fmt: skip


def test_a_third_is_refunded_line_by_line_and_the_gift_counts_from_its_own_start(pool, work):
    pool(1400)
    one = claim("A-1")
    assert (one.decision.clause, one.decision.facts["present"]) == ("drop.tier_c", 700)
    work()
    gift = find("A-1-G1")
    assert (gift.quantity, gift.baseline) == (1000, 1420)
    # Nothing of it has fallen: what A-2's start makes missing is the closed line's.
    count("A-2", 2400, ago=0)
    assert quote(order=gift, reason="drop", now=clock.now()).decision.clause == "drop.none"
    two = claim("A-2")
    assert two.decision.clause == "drop.tier_c"
    work()
    later = find("A-2-G1")
    assert later.quantity == 1000
    assert list(recomputed_differently()) == []


def test_lines_delivered_side_by_side_lose_nothing(fell):
    """Both recorded the same start, and at 1020 both seem complete."""
    for number in ("A-1", "A-2"):
        fell(number, 1000, target=POST)
    assert facts_of("A-1") == facts_of("A-2") == (1000, 1000, 0, 0, "drop.none")
    count("A-1", 2000, ago=0.5)
    count("A-2", 1700, ago=0.25)
    assert facts_of("A-1") == facts_of("A-2") == (1000, 850, 0, 0, "drop.tier_b")


@pytest.mark.parametrize(
    "changes", [{"target": ""}, {"target": POST + "?"}, {"target": POST, "sku": "others"}]
)
def test_another_target_another_product_or_none_is_no_pool(fell, shop, changes):
    from compensation.services import intake
    from tests.orders.conftest import PRODUCT

    intake.put_product(sku="others", fields=dict(PRODUCT), now=clock.now())
    fell("A-1", 850, target="" if changes["target"] == "" else POST)
    fell("A-2", 900, **changes)
    ticket = claim("A-1")
    assert (ticket.decision.facts["present"], "pool" in ticket.decision.sources) == (850, False)


def test_a_line_alone_is_decided_as_ever(fell):
    fell("A-1", 850, target=POST)
    record = claim("A-1").decision
    assert sorted(record.sources) == ["completed_at", "counts", "observed_at"]
    assert (record.facts["present"], record.facts["gift"]) == (850, False)


def test_a_hidden_counter_measures_neither(pool):
    pool(None)
    for number in ("A-1", "A-2"):
        assert facts_of(number)[-1] == "drop.unmeasurable"


def test_a_closed_line_leaves_the_pool(pool):
    pool(1400)
    claim("A-1")
    Ticket.objects.update(state="resolved")
    # From A-2's own start: 1420 - 1020.
    assert facts_of("A-2") == (1000, 400, 0, 0, "drop.tier_c")
    assert claim("A-1").decision.clause == "closed"


def statements(order_no, reason="drop"):
    order = find(order_no)
    with CaptureQueriesContext(connection) as found:
        quote(order=order, reason=reason, now=clock.now())
    return len(found)


def test_a_line_alone_costs_one_question_and_a_pool_the_same_for_two_and_four(fell):
    fell("A-0", 850, target="")
    fell("B-1", 850, target="https://v.example/alone")
    assert statements("B-1") == statements("A-0") + 1
    assert statements("B-1", "refund") == statements("A-0", "refund")
    spent = []
    for number in range(1, 5):
        fell(f"A-{number}", 850, target=POST)
        spent.append(statements("A-1"))
    # The others with budgets, their grants, the counts: its own grants and budget are among them.
    assert spent[1] == spent[3] == spent[0] + 1


def test_a_claim_on_a_line_alone_costs_one_statement_more(fell):
    fell("A-9", 850)
    claim("A-9")  # what is read once a process
    spent = []
    for number, target in (("A-0", ""), ("A-1", "https://v.example/alone")):
        fell(number, 850, target=target)
        claim(number, reason="question")
        with CaptureQueriesContext(connection) as found:
            claim(number)
        spent.append(len(found))
    assert spent[1] == spent[0] + 1


def test_the_scan_reads_pools_as_claims_do_in_a_fixed_number_of_queries(pool, fell):
    pool(1700)
    later = clock.now() + timedelta(hours=30)
    scan_drops(at=later)
    spent = []
    for number in range(3):
        with CaptureQueriesContext(connection) as found:
            figures = scan_drops(at=later)
        spent.append(len(found))
        fell(f"C-{number}", 850, target="https://v.example/third")
    assert {name: figures[name] for name in ("lines", "none", "A", "B", "C")} == {
        "lines": 4, "none": 0, "A": 2, "B": 2, "C": 0,  # the A: two that were counted as one
    }  # fmt: skip
    assert spent[0] == spent[2]
