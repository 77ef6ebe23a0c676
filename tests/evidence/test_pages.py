"""The public page of the record, and the bundle that a buyer downloads from the ticket."""

import json

import pytest
from django.urls import reverse

from accounts.services import guest_access
from evidence.queries import newest_head
from evidence.rules import bundle as bundles
from tests.evidence.conftest import seal, write
from tests.tickets import case

pytestmark = pytest.mark.django_db


def test_the_public_page_before_and_after_the_first_head(client):
    assert "还没有封存过什么" in client.get(reverse("record")).content.decode()
    write(1234)
    seal()
    page = client.get(reverse("record")).content.decode()
    head = newest_head()
    assert ("1,234 条" in page, f"<span>{head.root[:8]}</span>" in page, f"<span>{head.key[-8:]}</span>" in page) == (
        True, True, True,
    )  # fmt: skip
    assert "还没有封存过什么" not in page


def test_a_guest_takes_the_bundle_home(shop, client):
    case.fallen("A-1", left=850)
    ticket = case.claim("A-1")
    seal()
    url = reverse("ticket-evidence", args=[ticket.no])
    assert client.get(url).status_code == 404  # nobody has opened the order in this browser
    guest_access.set_many(passwords={"A-1": "secret"})
    client.post("/", {"order_no": "A-1", "query_password": "secret"})
    assert url in client.get(reverse("ticket", args=[ticket.no])).content.decode()
    answer = client.get(url)
    assert answer["Content-Disposition"] == f'attachment; filename="evidence-{ticket.no}.json"'
    bundle = json.loads(answer.content)
    bundles.check_shape(bundle)
    assert (list(bundles.problems(bundle)), len(bundle["entries"]) > 3) == ([], True)
    assert client.get(reverse("ticket-evidence", args=["T-none"])).status_code == 404


def test_a_buyer_compares_two_bundles_without_any_program(shop, client):
    """As the page says: what was in the first one has the same fingerprint in the second."""
    page = client.get(reverse("record")).content.decode()
    assert ("同一条的指纹（<code>digest</code>）两份一样" in page, "manage.py" in page) == (True, False)
    case.fallen("A-1", left=850)
    ticket = case.claim("A-1")
    guest_access.set_many(passwords={"A-1": "secret"})
    client.post("/", {"order_no": "A-1", "query_password": "secret"})

    def digests():
        seal()
        return [
            entry["digest"]
            for entry in client.get(reverse("ticket-evidence", args=[ticket.no])).json()["entries"]
        ]

    first = digests()
    case.withdraw(ticket)
    second = digests()
    assert (second[: len(first)], len(second) > len(first) > 3) == (first, True)
