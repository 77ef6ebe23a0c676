"""Many at once, and a person has ruled: the same event goes on without an alarm, until as many again have fallen."""

import pytest

from common import clock
from compensation.services import intake
from tests.orders.conftest import PRODUCT
from tests.tickets.case import fallen
from tests.watch.test_effects import counted, packs, sold
from tests.watch.test_effects import look as look_for_effects
from tests.watch.test_warnings import later, links, look
from watch.models import Incident
from watch.services import mass

pytestmark = pytest.mark.django_db

# What becomes of what falls after a person has ruled on the first four, of which two were told and two held back:
# ruled how, minutes later, so many fall, of them told, incidents then.
AFTER = [
    ("released", 1, 1, 1, ["released"]),
    ("released", 1, 2, 2, ["released"]),
    ("released", 1, 3, 2, ["released", "open"]),
    ("released", 59, 3, 2, ["released", "open"]),
    ("released", 61, 3, 2, ["released", "open"]),
    ("dismissed", 1, 1, 0, ["dismissed", "open"]),
    ("dismissed", 59, 3, 0, ["dismissed", "open"]),
    ("dismissed", 61, 2, 2, ["dismissed"]),
    ("dismissed", 61, 3, 2, ["dismissed", "open"]),
]


def fall(names, **given):
    for name in names:
        fallen(name, target=f"https://v.example/{name}", **given)
    return look()


def rule(how):
    incident = Incident.objects.get(state="open")
    mass.end(pk=incident.pk, release=how == "released", by="qiao", reason="抽了三单", now=clock.now())


def incidents():
    return list(Incident.objects.order_by("id").values_list("state", flat=True))


@pytest.mark.parametrize(("how", "minutes", "falls", "told", "then"), AFTER)
def test_after_a_person_has_ruled(shop, monkeypatch, by_day, how, minutes, falls, told, then):
    monkeypatch.setattr(mass, "MOST", 2)
    fall(f"A-{n}" for n in range(4))
    assert (len(links()), incidents()) == (2, ["open"])
    rule(how)
    later(by_day, minutes=minutes)
    look()
    before = len(links())
    assert before == {"released": 4, "dismissed": 2}[how]
    fall(f"B-{n}" for n in range(falls))
    assert (len(links()) - before, incidents()) == (told, then)


def test_each_release_is_good_for_as_many_again(shop, monkeypatch, by_day):
    monkeypatch.setattr(mass, "MOST", 1)
    for n in range(3):  # two at a time, a minute apart: one is told and one held back, each time anew
        fall(f"{n}-{each}" for each in "ab")
        assert (len(links()), incidents()[-1]) == (2 * n + 1, "open")
        rule("released")
        later(by_day, minutes=1)
        look()
        assert len(links()) == 2 * n + 2
    assert incidents() == ["released"] * 3


def test_what_is_let_go_of_one_product_frees_no_other(shop, monkeypatch, by_day):
    monkeypatch.setattr(mass, "MOST", 1)
    intake.put_product(sku="other", fields=PRODUCT | {"title": "另一件"}, now=clock.now())
    fall(["A-1", "A-2"])
    fall(["B-1"], sku="other")
    rule("released")
    later(by_day, minutes=1)
    fall(["B-2"], sku="other")
    assert list(Incident.objects.order_by("id").values_list("product__sku", "state")) == [
        ("likes", "released"),
        ("other", "open"),
    ]


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(("more", "given", "then"), [(2, 2, ["released"]), (3, 2, ["released", "open"])])
def test_interactions_are_given_on_in_the_same_way(shop, by_day, monkeypatch, more, given, then, together):
    monkeypatch.setattr(mass, "MOST", 2)
    names = [f"A-{n}" for n in range(4 + more)]
    for name in names[:4]:
        sold(name)
    later(by_day, minutes=5)
    for name in names[4:]:
        sold(name)
    later(by_day, days=7, minutes=-5)
    for name in names[:4]:
        counted(name, 0)
    assert (look_for_effects(), len(packs())) == (2, 2)
    rule("released")
    later(by_day, minutes=1)
    assert together or look_for_effects() == 2
    later(by_day, minutes=5)
    for name in names[4:]:
        counted(name, 0)
    look_for_effects()
    assert (len(packs()), incidents()) == (4 + given, then)
