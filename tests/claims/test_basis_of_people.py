"""What a person established, and a top-up that no count shows: kept with the decision, shown under their numbers."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.services import people
from common import clock
from common.clock import rfc3339
from compensation.models import DecisionRecord, Finding
from compensation.services.recomputing import recomputed_differently
from orders.models import Observation, Product
from tests.tickets.case import claim, confirm, count, fallen, order_of, work
from tests.tickets.conftest import client_as, outside, shop
from tests.tickets.desk_case import act

__all__ = ["client_as", "outside", "shop"]
pytestmark = pytest.mark.django_db
FOUND = {
    "fake_units": ({"proof": "verified", "fake_units": 30}, "凭证已核实，假号 30 个"),
    "defect": ({"proof": "claimed", "fault": "developer"}, "有凭证，没有核实，是商家的原因"),
    "compatibility": (
        {"fault": "buyer"},
        "是买家的原因",
    ),  # answered with the tutorial, which rests on that alone
}


def page_of(address, order_no="A-1"):
    client = Client(headers={"accept-language": "zh"})
    buyer = order_of(order_no).buyer
    client.force_login(people.ensure_user(username="b-one", role="buyer", buyer=buyer))
    return client.get(address).content.decode()


@pytest.mark.parametrize("reason", FOUND)
def test_what_a_person_established_is_named_and_opens(outside, reason):
    facts, words = FOUND[reason]
    fallen(left=1000)
    Product.objects.update(tutorial="先退出再登录一次")
    ticket = claim(reason=reason, text="看过")
    assert "findings" not in ticket.decision.sources
    act(ticket, "establish", facts=facts, reason="对过截图")
    ticket.refresh_from_db()
    row = Finding.objects.get()
    assert ticket.decision.sources["findings"] == [{"id": row.pk, "at": rfc3339(row.at)}]
    ticket_page = page_of(f"/tickets/{ticket.no}/")
    assert f"由专人查明（第 {row.pk} 号记录）" in ticket_page
    assert f"#finding-{row.pk}" in ticket_page
    counts = page_of("/orders/A-1/counts/")
    assert f'id="finding-{row.pk}"' in counts
    assert f"{words}。理由：对过截图" in counts
    assert list(recomputed_differently()) == []


def test_the_newest_finding_is_the_one_it_rests_on(outside):
    fallen(left=1000)
    ticket = claim(reason="fake_units")
    for number in (10, 20):
        act(ticket, "establish", facts={"proof": "claimed", "fake_units": number})
    ticket.refresh_from_db()
    newest = Finding.objects.order_by("-pk")[0]
    assert [row["id"] for row in ticket.decision.sources["findings"]] == [newest.pk]


def test_a_finding_of_another_reason_is_not_what_a_drop_rests_on(outside):
    fallen()
    act(claim(reason="defect"), "establish", facts={"proof": "claimed", "fault": "developer"})
    assert "findings" not in claim(reason="drop").decision.sources


@pytest.fixture
def never_shown(outside):
    """150 lost, 180 given, and done as the supplier says; counted later the same, and then 300 are gone."""
    fallen()
    first = claim()
    work()
    assert first.decision.remedies.get().state == "settled"
    now = clock.now()
    count("A-1", 850, now + timedelta(seconds=1))
    count("A-1", 700, now + timedelta(seconds=2))
    first.refresh_from_db()
    return first


def test_a_top_up_that_no_count_shows_names_the_counts_around_it(never_shown):
    confirm(never_shown)
    ticket = claim(at=clock.now() + timedelta(minutes=1))
    decision = ticket.decision
    assert (decision.clause, decision.facts["unshown"]) == ("drop.tier_c", True)
    before, after = Observation.objects.filter(count=870).order_by("observed_at")
    kept = decision.sources["unshown"]
    assert [(row["id"], row["count"], row["own"]) for row in kept] == [
        (before.pk, 870, True), (after.pk, 870, True),
    ]  # fmt: skip
    page = page_of(f"/tickets/{ticket.no}/")
    for words, row in (("补单到之前：", before), ("补单到之后最多：", after)):
        assert words in page
        assert f"数到 870（第 {row.pk} 号记录）" in page
        assert f"#count-{row.pk}" in page
    assert list(recomputed_differently()) == []


def test_one_that_was_seen_names_none(never_shown):
    confirm(never_shown)
    now = clock.now()
    count("A-1", 1030, now + timedelta(seconds=3))
    count("A-1", 700, now + timedelta(seconds=4))
    ticket = claim(at=clock.now() + timedelta(minutes=1))
    assert "unshown" not in ticket.decision.sources


def test_the_api_names_them(outside, client_as):
    fallen(left=1000)
    ticket = claim(reason="fake_units")
    act(ticket, "establish", facts={"proof": "verified", "fake_units": 30})
    told = client_as("buyer").get(f"/api/v1/tickets/{ticket.no}/").json()["decision"]["sources"]
    assert told["findings"] == DecisionRecord.objects.order_by("-pk")[0].sources["findings"]


def test_what_was_found_before_and_is_left_as_it_is_still_holds(outside):
    fallen(left=1000)
    ticket = claim(reason="fake_units")
    act(ticket, "establish", facts={"proof": "claimed", "fake_units": 30})
    act(ticket, "establish", facts={"proof": "verified"})
    ticket.refresh_from_db()
    facts = ticket.decision.facts
    assert (facts["proof"], facts["fake_units"], ticket.decision.clause) == ("verified", 30, "fake.replace")
    assert Finding.objects.order_by("-pk")[0].facts == {"proof": "verified", "fake_units": 30}
