"""On the desk each decision names the rows it rests on, and each leads to the page where it stands."""

import re
from types import SimpleNamespace

import pytest

from orders.models import Observation
from tests.tickets.case import claim, fallen
from tests.tickets.desk_case import act
from tests.tickets.desk_pages import at, person
from tickets.web.desk.rests import rests_of

pytestmark = pytest.mark.django_db


def rests(client, ticket):
    """{words: address} of the rows that the page of the case names."""
    page = client.get(at(ticket)).content.decode()
    part = page.partition('<ul class="desk-rests">')[2].partition("</ul>")[0]
    return {
        words: address.replace("&amp;", "&")
        for address, words in re.findall(r'<a href="([^"]+)">([^<]+)', part)
    }


def test_the_counts_are_named_and_open(shop):
    fallen()
    client, ticket = person(), claim()
    found = rests(client, ticket)
    first, last = Observation.objects.order_by("observed_at")
    assert [re.search(r"数到 (\d+)（第 (\d+) 号", words).groups() for words in found] == [
        ("1020", str(first.pk)), ("870", str(last.pk)),
    ]  # fmt: skip
    for address, row in zip(found.values(), (first, last), strict=True):
        page, _, anchor = address.partition("#")
        assert f'id="{anchor}"' in client.get(page).content.decode()
        assert anchor == f"count-{row.pk}"


def test_what_a_person_found_opens_too(shop):
    fallen(left=1000)
    client, ticket = person(), claim(reason="fake_units")
    act(ticket, "establish", facts={"proof": "verified", "fake_units": 30})
    address = next(address for words, address in rests(client, ticket).items() if "由专人查明" in words)
    page, _, anchor = address.partition("#")
    assert f'id="{anchor}"' in client.get(page).content.decode()


def test_a_count_under_another_lines_number_opens_as_the_row_it_is(shop):
    """The buyer of one line may not read another's; ops may."""
    fallen()
    (kept, *_) = claim().decision.sources["counts"]
    record = SimpleNamespace(sources={"counts": [kept | {"own": False}]})
    [(words, address)] = rests_of(record=record, order_no="A-2")
    assert f"同一目标的另一单数到 1020（第 {kept['id']} 号记录）" in words
    assert address == f"/admin/orders/observation/{kept['id']}/change/"
    assert person().get(address).status_code == 200
