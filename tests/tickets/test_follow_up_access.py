"""Every new operation, every role, on one's own, another's and what is not there: allowed, refused, or absent."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from compensation.models import Remedy
from tests.tickets.case import claim, fallen
from tests.tickets.files import hand_in, picture
from tickets.models import Attachment, Event, Rating, Ticket
from tickets.services import attachments

pytestmark = pytest.mark.django_db
ROLES = ("buyer", "guest:A-1", "ops", "developer", "shop", "panel", "nobody")
# what each role is answered on A-1 (its buyer's own); on B-1, another's; on what is not there
EXPECTED = {
    "GET remedies": ((200, 200, 200, 404, 200, 404, 401), (404, 404, 200, 404, 200, 404, 401), 404),
    "GET units": ((200, 200, 200, 404, 200, 404, 401), (404, 404, 200, 404, 200, 404, 401), 404),
    "GET file": ((200, 200, 200, 404, 404, 404, 401), (404, 404, 200, 404, 404, 404, 401), 404),
    "POST nudge": ((200, 200, 403, 403, 403, 403, 401), (404, 404, 403, 403, 403, 403, 401), 404),
    "POST attachments": ((201, 201, 403, 403, 403, 403, 401), (404, 404, 403, 403, 403, 403, 401), 404),
    "POST late": ((409, 409, 403, 403, 403, 403, 401), (404, 404, 403, 403, 403, 403, 401), 404),
    "POST rating": ((409, 409, 403, 403, 403, 403, 401), (404, 404, 403, 403, 403, 403, 401), 404),
}  # fmt: skip


@pytest.fixture
def cases(shop):
    found = {}
    for order_no, buyer in (("A-1", "b-1"), ("B-1", "b-2")):
        fallen(order_no, buyer_external_id=buyer)
        ticket = claim(order_no)
        given = [attachments.Given("一.png", picture())]
        (proof,) = hand_in(ticket, given)
        found[order_no] = (ticket.no, proof.token, Remedy.objects.get(order__order_no=order_no).key)
    return found


def call(client, operation, order_no, no, token, key):
    order, ticket = f"/api/v1/orders/{order_no}/remedies/", f"/api/v1/tickets/{no}/"
    match operation:
        case "GET remedies":
            return client.get(order)
        case "GET units":
            return client.get(f"{order}{key}/units/")
        case "GET file":
            return client.get(f"{ticket}attachments/{token}/")
        case "POST attachments":
            file = SimpleUploadedFile("二.png", picture())
            return client.post(f"{ticket}attachments/", {"file": file}, format="multipart")
        case "POST late":
            return client.post(f"/api/v1/orders/{order_no}/late-choice/", {"choice": "wait"}, format="json")
        case "POST rating":
            return client.post(f"{ticket}rating/", {"stars": 5}, format="json")
    return client.post(f"{ticket}nudge/")


@pytest.mark.parametrize("operation", EXPECTED)
def test_who_may_do_what(cases, client_as, operation):
    own, anothers, absent = EXPECTED[operation]
    answered = {"A-1": [], "B-1": []}
    for role in ROLES:
        for order_no, codes in answered.items():
            Ticket.objects.update(nudged_at=None)
            codes.append(call(client_as(role), operation, order_no, *cases[order_no]).status_code)
    assert (tuple(answered["A-1"]), tuple(answered["B-1"])) == (own, anothers)
    nobodys = call(client_as("buyer"), operation, "X-1", "T-0000000000", "0" * 32, cases["A-1"][2])
    assert nobodys.status_code == absent
    theirs = call(client_as("buyer"), operation, "B-1", *cases["B-1"])
    assert theirs.content == nobodys.content


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("buyer", "guest:A-1")])
def test_what_is_refused_leaves_nothing(cases, client_as, role):
    before = (Event.objects.count(), Attachment.objects.count())
    for operation in EXPECTED:
        call(client_as(role), operation, "A-1", *cases["A-1"])
    assert (Event.objects.count(), Attachment.objects.count(), Rating.objects.count()) == (*before, 0)


def test_a_key_of_another_order_opens_nothing(cases, client_as):
    key = cases["B-1"][2]
    assert client_as("ops").get(f"/api/v1/orders/A-1/remedies/{key}/units/").json()["results"] == []
