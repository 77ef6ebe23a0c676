"""Lines of one supplier over many products at once: one incident, ruled on, shown and killed as a product's is."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common import clock
from compensation.services import intake
from evidence.models import Entry
from orders.models import Supplier
from orders.services.deliveries import take_deliveries
from tests import killing
from tests.orders.conftest import PRODUCT
from tests.tickets.case import fallen
from tests.watch.test_effects import counted, packs, sold
from tests.watch.test_effects import look as look_for_effects
from tests.watch.test_killed_at_each_commit import found, work
from tests.watch.test_let_go import incidents, rule
from tests.watch.test_races import at_once
from tests.watch.test_warnings import later, links, look
from watch.models import DropWarning, EffectCheck, Incident
from watch.services import looking, mass

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two(monkeypatch):
    """The limit in these tests."""
    monkeypatch.setattr(mass, "MOST", 2)


def goods(sku):
    intake.put_product(sku=sku, fields=PRODUCT | {"title": f"货 {sku}"}, now=clock.now())


def delivered(*order_nos, by="nan", ago=timedelta(hours=20)):
    at = (clock.now() - ago).isoformat()
    rows = [{"order_no": no, "delivered_at": at, "quantity": 1000, "supplier": by} for no in order_nos]
    assert take_deliveries(raw_rows=rows, now=clock.now()).accepted == len(rows)


def fell(*lines, by="nan", left=850):
    """Each (order, product): it fell and is that supplier's."""
    for order_no, sku in lines:
        goods(sku)
        fallen(order_no, sku=sku, left=left, target=f"https://v.example/{order_no}")
        if by:
            delivered(order_no, by=by)
    return look()


def over(prefix, n):
    """So many lines, each of a product of its own."""
    return [(f"{prefix}-{each}", f"{prefix}{each}") for each in range(n)]


def of():
    """Whose each incident is, and how many wait in it."""
    rows = Incident.objects.order_by("id")
    return [row.product.sku if row.product else row.supplier.code for row in rows], [
        row.lines for row in rows
    ]


# ---- which incident


def test_lines_of_one_supplier_over_many_products_wait_in_one_incident(shop):
    assert fell(*over("A", 5)) == 5
    assert (len(links()), of(), incidents()) == (2, (["nan"], [3]), ["open"])
    assert set(DropWarning.objects.exclude(incident=None).values_list("supplier__code", flat=True)) == {"nan"}
    entry = Entry.objects.get(kind="incident")
    assert ('"supplier":"nan"' in entry.body, "sku" in entry.body, entry.internal) == (True, False, True)


def test_the_same_of_nobody_known_and_of_two_suppliers_is_no_incident(shop):
    fell(*over("A", 3), by="")
    fell(*over("B", 2), by="nan")
    fell(*over("C", 2), by="bei")
    goods("D0")
    fallen("D-0", sku="D0")
    delivered("D-0", by="nan")
    delivered("D-0", by="bei", ago=timedelta(hours=21))  # two delivered it: nobody's
    look()
    assert (len(links()), of()) == (8, ([], []))


def test_many_of_one_product_are_the_products_whoever_delivered_them(shop):
    fell(*((f"A-{n}", "g") for n in range(4)))
    fell(("B-0", "h"), ("B-1", "i"))
    assert (len(links()), of()) == (4, (["g"], [2]))


def test_what_is_open_is_joined_and_no_second_one_is_opened_for_the_same_lines(shop):
    fell(*over("A", 3))  # of the supplier
    fell(*((f"B-{n}", "A0") for n in range(3)))  # and now many of one of its products
    assert of() == (["nan"], [4])
    fell(
        *((f"C-{n}", "A0") for n in range(2)), by="bei"
    )  # with another's, two of that product have been told of
    assert of() == (["nan", "A0"], [4, 1])


@pytest.mark.parametrize("product", [True, False])
@pytest.mark.parametrize("supplier", [True, False])
def test_an_incident_is_of_exactly_one(shop, product, supplier):
    goods("g")
    fell(("A-0", "g"))
    line = DropWarning.objects.get()
    whose = {
        "product": line.order.product if product else None,
        "supplier": line.supplier if supplier else None,
    }
    if product != supplier:
        assert Incident.objects.create(opened_at=clock.now(), **whose).pk
        with pytest.raises(IntegrityError), transaction.atomic():
            Incident.objects.create(opened_at=clock.now(), **whose)
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            Incident.objects.create(opened_at=clock.now(), **whose)


# ---- ruled on

# Ruled how, minutes later, so many fall, of them told, incidents then: as of a product.
AFTER = [
    ("released", 1, 2, 2, ["released"]),
    ("released", 1, 3, 2, ["released", "open"]),
    ("released", 61, 3, 2, ["released", "open"]),
    ("dismissed", 1, 1, 0, ["dismissed", "open"]),
    ("dismissed", 59, 3, 0, ["dismissed", "open"]),
    ("dismissed", 61, 2, 2, ["dismissed"]),
]


@pytest.mark.parametrize(("how", "minutes", "falls", "told", "then"), AFTER)
def test_after_a_person_has_ruled(shop, by_day, how, minutes, falls, told, then):
    fell(*over("A", 4))
    rule(how)
    later(by_day, minutes=minutes)
    look()
    before = len(links())
    assert before == {"released": 4, "dismissed": 2}[how]
    fell(*over("B", falls))
    assert (len(links()) - before, incidents(), set(of()[0])) == (told, then, {"nan"})


def test_a_release_of_the_supplier_is_one_of_its_goods_and_the_other_way_round(shop, by_day):
    fell(*((f"A-{n}", "g") for n in range(3)))
    rule("released")
    later(by_day, minutes=1)
    fell(("B-0", "h"), ("B-1", "g"))  # five of the supplier within the hour, but three were looked at
    assert (len(links()), of()) == (5, (["g"], [1]))
    fell(*over("C", 1))
    rule("released")
    later(by_day, minutes=1)
    fell(("D-0", "g"), ("D-1", "g"))
    assert (len(links()), of()) == (8, (["g", "nan"], [1, 1]))


def test_let_go_at_night_only_what_is_urgent_is_said_before_eight(shop, by_day):
    fell(*over("A", 4))
    later(by_day, hours=12)
    fell(*over("N", 1), left=650)
    fell(*over("M", 1))
    rule("released")
    look()
    assert (len(links()), of()) == (3, (["nan"], [4]))
    later(by_day, hours=8)
    look()
    assert len(links()) == 6


def test_packs_of_one_supplier_over_many_products_wait_too(shop, by_day):
    for order_no, sku in over("A", 4):
        goods(sku)
        sold(order_no, sku=sku)
        delivered(order_no, ago=timedelta(hours=1))
    later(by_day, days=7)
    for order_no, _ in over("A", 4):
        counted(order_no, 0)
    assert (look_for_effects(), of()) == (2, (["nan"], [2]))
    assert EffectCheck.objects.exclude(supplier=None).filter(round=1).count() == 4
    rule("released")
    assert (look_for_effects(), len(packs()), incidents()) == (2, 4, ["released"])


# ---- what it costs, a kill, a race


def test_one_and_three_take_as_many_questions(shop):
    def asked(prefix, n):
        for order_no, sku in over(prefix, n):
            goods(sku)
            fallen(order_no, sku=sku, target=f"https://v.example/{order_no}")
            delivered(order_no)
        with CaptureQueriesContext(connection) as seen:
            look()
        return len(seen)

    fell(*over("A", 3))
    assert asked("B", 1) == asked("C", 3)
    assert of() == (["nan"], [5])


def test_killed_before_and_after_every_commit_it_comes_to_the_same(shop, by_day, monkeypatch):
    monkeypatch.setattr(looking, "AT_ONCE", 1)
    monkeypatch.setattr(looking, "BATCH", 3)
    for order_no, sku in over("A", 5):
        goods(sku)
        fallen(order_no, sku=sku, target=f"https://v.example/{order_no}")
        delivered(order_no)
    begin = clock.now()

    def run(axe):
        by_day.move_to(begin)
        killing.struck(axe, work)
        for _ in range(3):
            later(by_day, seconds=16)
            work()
        return found() | {"of": of()}

    whole = killing.Axe()
    expected = killing.undone(lambda: run(whole))
    assert (len(expected["warnings"]), len(expected["inbox"]), expected["of"]) == (5, 2, (["nan"], [3]))
    for axe in killing.each(whole):
        assert killing.undone(lambda axe=axe: run(axe)) == expected, axe


@pytest.mark.django_db(transaction=True)
def test_eight_workers_open_one(shop):
    for order_no, sku in over("A", 6):
        goods(sku)
        fallen(order_no, sku=sku, target=f"https://v.example/{order_no}")
        delivered(order_no)
    written = at_once(lambda n: looking.run_due(now=clock.now()))
    assert (sum(written), len(links()), of()) == (6, 2, (["nan"], [4]))


# ---- the page


def test_the_page_names_the_supplier_and_the_goods_that_were_hit(shop, admin_client):
    fell(*over("A", 2))
    fell(("B-0", "g"), ("B-1", "g"), left=800)
    fell(("C-0", "h"), left=700)
    Supplier.objects.filter(code="nan").update(title="南方号池")
    url = f"/admin/watch/incident/{Incident.objects.get().pk}/change/"
    page = admin_client.get(url)
    assert (page.context["title"], [(one["title"], one["lines"], one["lost"]) for one in page.context["hit"]]) == (
        "供货商 南方号池", [("货 g", 2, 400), ("货 h", 1, 300)],
    )  # fmt: skip
    html = page.content.decode()
    assert ("哪些商品" in html, "这一家供货商" in html) == (True, True)
    for listed in ("/admin/watch/incident/", "/admin/watch/board/"):
        assert "供货商 南方号池" in admin_client.get(listed).content.decode()
    assert admin_client.post(url, {"action": "dismiss", "reason": "数错了"}).status_code == 302
    assert incidents() == ["dismissed"]


def test_the_page_of_a_product_lists_no_goods(shop, admin_client):
    fell(*((f"A-{n}", "g") for n in range(3)))
    page = admin_client.get(f"/admin/watch/incident/{Incident.objects.get().pk}/change/")
    assert (page.context["title"], page.context["hit"]) == ("货 g", [])
