"""Bundles of decisions that rest on what a person established: proven offline, by whoever may have the bundle."""

import json

import pytest

from accounts.models import User
from evidence.rules.bundle import gaps
from orders.models import Product
from tests.evidence.conftest import seal
from tests.evidence.test_bundle import bundle, verify
from tests.tickets import case
from tests.tickets.desk_case import act

__all__ = ["verify"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(outside):
    case.fallen("A-1", left=1000)
    made = case.claim("A-1", "fake_units")
    act(made, "establish", facts={"proof": "verified", "fake_units": 30}, reason="抽查过")
    made.refresh_from_db()
    seal()
    return made


def kinds(whole):
    return [json.loads(entry["body"])["kind"] for entry in whole["entries"]]


def without(whole, kind):
    """Its entries but for those of one kind: each of the others still proves itself."""
    return whole | {"entries": [e for e, k in zip(whole["entries"], kinds(whole), strict=True) if k != kind]}


def test_it_holds_the_finding_that_the_decision_names(ticket, buyer, verify):
    whole = bundle(buyer, ticket)
    said = [json.loads(entry["body"]) for entry in whole["entries"]]
    (finding,) = [each["data"] for each in said if each["kind"] == "finding"]
    named = [each["data"]["sources"].get("findings") for each in said if each["kind"] == "decision"]
    assert [rows and rows[0]["id"] for rows in named] == [None, finding["id"]]
    status, words = verify(whole)
    assert (status, "没有改过；2 个决定" in words) == (0, True), words


def test_one_without_its_finding_is_not_whole(ticket, buyer, verify):
    whole = bundle(buyer, ticket)
    number = ticket.decision.sources["findings"][0]["id"]
    status, words = verify(without(whole, "finding"))
    assert (status, f"由人查明的事实第 {number} 号不在里面" in words) == (1, True), words


def test_whoever_has_only_this_ticket_has_its_finding_too(ticket, client_as, verify):
    developer = client_as("developer")
    mine = User.objects.get(username="the-developer")
    Product.objects.filter(pk=case.order_of("A-1").product_id).update(developer=mine)
    whole = bundle(developer, ticket)
    assert kinds(whole).count("finding") == 1
    assert "finding_by" not in kinds(whole)
    assert verify(whole)[0] == 0


def test_facts_other_than_those_found_are_told(ticket, buyer):
    whole = bundle(buyer, ticket)
    for entry in whole["entries"]:
        entry["body"] = entry["body"].replace('"fake_units":30,', '"fake_units":300,', 1)
        if '"kind":"finding"' in entry["body"]:
            entry["body"] = entry["body"].replace('"fake_units":300', '"fake_units":30')
    number = ticket.decision.sources["findings"][0]["id"]
    assert list(gaps(whole)) == [f"决定的事实和由人查明的第 {number} 号不一样"]
