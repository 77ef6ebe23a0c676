"""The link of a warning in wrong hands: tampered with, tried again, fetched by machines, and what it must not open."""

import logging

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import InboxMessage
from common import clock
from evidence.models import Entry
from tests.tickets.case import count, fallen
from tests.watch.test_warnings import later, links, look, press
from tickets.models import Ticket
from watch.models import DropWarning
from watch.queries import token_of
from watch.services import claiming

pytestmark = pytest.mark.django_db
WECHAT = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 MicroMessenger/8.0.44 NetType/WIFI"
BOTS = (WECHAT, "WeChatShareExtension", "curl/8.0", "facebookexternalhit/1.1")


@pytest.fixture
def link(shop):
    fallen()
    look()
    return links()[0]


def untouched():
    row = DropWarning.objects.get(order__order_no="A-1")
    return (row.used_at, row.ticket_no, Ticket.objects.count(), Entry.objects.filter(kind="warning").count())


def test_no_letter_of_it_can_be_changed(link, client):
    token = link.split("/")[2]
    head, signature = token.split(":")
    tampered = {
        f"{head}:{signature[:n]}{'A' if signature[n] != 'A' else 'B'}{signature[n + 1 :]}"
        for n in range(len(signature))
    }
    tampered |= {f"{int(head) + n}:{signature}" for n in (-1, 1, 10**18, 10**40)}
    tampered |= {
        token[:-1],
        token + "A",
        token.upper(),
        token.lower(),
        f"0{token}",
        f"+{token}",
        f" {token}",
        f"{token} ",
    }
    tampered |= {token.replace(":", "："), token.replace(":", "::"), f"{head}:{signature}:{signature}"}
    for one in tampered - {token}:
        answers = [
            client.get(f"/claim/{one}/").status_code,
            client.post(f"/claim/{one}/", {"offer": "x"}).status_code,
        ]
        assert answers == [404, 404], one
    assert untouched() == (None, "", 0, 1)


def test_machines_that_look_first_use_nothing_up(link):
    for agent in BOTS:
        machine = Client(headers={"User-Agent": agent, "Purpose": "prefetch", "Sec-Purpose": "prefetch"})
        assert [machine.head(link).status_code, machine.get(link).status_code] == [200, 200]
        assert [machine.options(link).status_code, machine.put(link).status_code] == [405, 405]
        assert machine.delete(link).status_code == 405
    assert untouched() == (None, "", 0, 1)
    assert press(Client(headers={"User-Agent": WECHAT}), link).status_code == 200


def test_another_site_cannot_press_it(link):
    strict = Client(enforce_csrf_checks=True)
    assert press(strict, link).status_code == 403
    token = strict.get(link).cookies[settings.CSRF_COOKIE_NAME].value
    assert press(strict, link).status_code == 403
    assert untouched() == (None, "", 0, 1)
    given = {"offer": "drop.tier_b|top_up:180", "csrfmiddlewaretoken": token}
    assert strict.post(link, given).status_code == 200


@pytest.mark.parametrize(
    "offer", ["", "drop.tier_b|top_up:181", "drop.tier_c|gift:1000|refund:5000", "x" * 10_000]
)
def test_only_what_was_offered_can_be_pressed(link, client, offer):
    assert press(client, link, offer).status_code == 409
    assert untouched() == (None, "", 0, 1)


def test_it_opens_nothing_else_and_leaves_no_trace_behind(link, client):
    answer = client.get(link)
    assert set(answer.cookies) == {settings.CSRF_COOKIE_NAME}
    assert (answer.headers["Referrer-Policy"], "no-store" in answer.headers["Cache-Control"]) == (
        "strict-origin",  # where from, never the address with its token
        True,
    )
    assert "noindex" in answer.content.decode()
    assert f'name="next" value="{link}"' in press(client, link).content.decode()  # its other language
    no = Ticket.objects.get().no
    for page in (f"/tickets/{no}/", "/orders/A-1/"):
        assert client.get(page).status_code in (302, 404)
    for page in ("/api/v1/me/inbox/", "/api/v1/orders/A-1/", f"/api/v1/tickets/{no}/"):
        assert client.get(page).status_code == 401


def test_the_link_of_one_buyer_claims_nothing_of_another(link, client):
    fallen("B-1", buyer_external_id="b-2", target="https://v.example/2")
    look()
    press(client, link)
    assert [ticket.order.order_no for ticket in Ticket.objects.all()] == ["A-1"]
    other = InboxMessage.objects.get(order_no="B-1").link
    assert client.get(other).context["page"].heading == "少了 150 个"


def test_it_is_of_no_use_again_after_the_case_is_over(link, client, by_day):
    press(client, link)
    Ticket.objects.update(state="closed", due_at=None)
    count("A-1", 700, clock.now())
    assert press(client, link, "drop.tier_c|gift:1000|refund:5000").status_code == 409
    assert Ticket.objects.count() == 1
    later(by_day, days=60)
    assert (client.get(link).status_code, press(client, link).status_code) == (200, 409)


def test_what_was_taken_back_by_a_person_opens_nothing(shop, client):
    fallen()
    look()
    DropWarning.objects.update(said_at=None, dropped_at=clock.now())
    assert client.get(f"/claim/{token_of(DropWarning.objects.get())}/").status_code == 404


def test_it_gets_into_no_log_even_where_something_breaks(link, client, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    token = link.split("/")[2]
    client.get(link)
    client.get(f"/claim/{token}x/")
    press(client, link, "other")

    def broken(**_):
        raise RuntimeError("ours")

    monkeypatch.setattr(claiming.claims, "open_claim", broken)
    client.raise_request_exception = False
    assert press(client, link).status_code == 500
    press(client, link)
    assert token.split(":")[1] not in caplog.text
