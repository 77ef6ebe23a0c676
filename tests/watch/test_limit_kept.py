"""The limit of a pass is counted once and kept, and holds though others write and people rule meanwhile."""

import pytest

from common import clock
from orders import queries as orders
from orders.models import Order
from tests.tickets.case import fallen
from tests.watch.test_effects import counted, later, packs, rounds, sold
from tests.watch.test_effects import look as look_for_effects
from tests.watch.test_let_go import incidents, rule
from tests.watch.test_races import at_once
from tests.watch.test_warnings import links, look
from tickets.services import claims
from watch import queries
from watch.models import Incident
from watch.rules.crowds import Subject
from watch.services import effects, looking, mass

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two(monkeypatch):
    """The limit in these tests, and a line in a batch."""
    monkeypatch.setattr(mass, "MOST", 2)
    monkeypatch.setattr(looking, "BATCH", 1)


def fall(*names):
    for name in names:
        fallen(name, target=f"https://v.example/{name}")


def before_batch(monkeypatch, number, do):
    """The pass is about to take its n-th batch when that happens."""
    whole, taken = orders.lines_to_look_at, []

    def lines(*, most, after):
        taken.append(after)
        if len(taken) == number:
            do(whole, after)
        return whole(most=most, after=after)

    monkeypatch.setattr(orders, "lines_to_look_at", lines)


def test_it_is_counted_once_in_a_pass_and_not_where_nothing_fell(shop, monkeypatch):
    counted_whole, made_since = [], queries.made_since

    def seen(at, *, after=0):
        counted_whole.append(after == 0)
        return made_since(at, after=after)

    monkeypatch.setattr(queries, "made_since", seen)
    fallen("B-0", left=999, target="https://v.example/b")
    look()
    assert counted_whole == []
    fall("A-0", "A-1", "A-2")
    look()
    assert (counted_whole, len(links()), incidents()) == ([True, False, False], 2, ["open"])


def test_what_another_writes_meanwhile_counts_too(shop, monkeypatch):
    fall("A-0", "A-1", "A-2", "A-3")

    def another(whole, after):
        """A worker that gets hold of the next line, and of no more."""
        one = iter([whole(most=1, after=after)])
        with monkeypatch.context() as theirs:
            theirs.setattr(orders, "lines_to_look_at", lambda **_: next(one, []))
            assert look() == 1

    before_batch(monkeypatch, 2, another)
    look()
    assert (len(links()), Incident.objects.get().lines) == (2, 2)


def test_what_another_found_to_be_too_many_waits_at_once(shop, monkeypatch):
    fall("A-0", "A-1")
    goods = Order.objects.first().product_id

    def another(*_):
        mass.opened(subject=Subject(product_id=goods), about="drop", now=clock.now())

    before_batch(monkeypatch, 2, another)
    look()
    assert (len(links()), Incident.objects.get().lines) == (1, 1)


@pytest.mark.parametrize(("how", "told", "then"), [
    ("released", 5, ["released"]), ("dismissed", 2, ["dismissed", "open"]),
])  # fmt: skip
def test_what_a_person_rules_meanwhile_is_known(shop, monkeypatch, how, told, then):
    fall(*(f"A-{n}" for n in range(5)))
    before_batch(monkeypatch, 4, lambda *_: rule(how))
    look()
    assert (len(links()), incidents()) == (told, then)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_tell_no_more_than_the_limit(shop, monkeypatch):
    monkeypatch.setattr(looking, "AT_ONCE", 1)
    fall(*(f"A-{n}" for n in range(8)))
    written = at_once(lambda n: looking.run_due(now=clock.now()))
    assert (sum(written), len(links()), Incident.objects.get().lines) == (8, 2, 6)


@pytest.mark.parametrize("error", [claims.AlreadyOpen, RuntimeError])
def test_what_is_put_off_was_not_given(shop, by_day, monkeypatch, error):
    for n in range(3):
        sold(f"A-{n}")
    later(by_day, days=7)
    for n in range(3):
        counted(f"A-{n}", 0)
    file, tried = effects.claims.open_claim, []

    def first_fails(**given):
        tried.append(given)
        if len(tried) == 1:
            raise error
        return file(**given)

    monkeypatch.setattr(effects.claims, "open_claim", first_fails)
    assert (look_for_effects(), len(packs()), incidents()) == (2, 2, [])
    assert sorted(rounds(f"A-{n}")[0][1] for n in range(3)) == ["", "granted", "granted"]
