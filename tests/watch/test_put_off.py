"""What can't be said is tried ever more rarely; what a person lets go at night waits for the morning."""

from datetime import timedelta
from itertools import pairwise

import pytest

from common import clock
from tests.tickets.case import count, fallen
from tests.watch.test_warnings import later, links, look, warnings
from watch.models import DropWarning, Incident, Stumble
from watch.services import looking, mass, noticing, saying

pytestmark = pytest.mark.django_db


def breaks_for(monkeypatch, order_no):
    """Our own code breaks on that line."""
    tried, quote = [], saying.quote

    def broken(*, order, **more):
        if order.order_no == order_no:
            tried.append(clock.now())
            raise RuntimeError
        return quote(order=order, **more)

    monkeypatch.setattr(saying, "quote", broken)
    return tried


def held_lines(monkeypatch, many, **given):
    """All of them wait for a person."""
    monkeypatch.setattr(mass, "MOST", 0)
    for n in range(many):
        fallen(f"A-{n}", target=f"https://v.example/{n}", **given)
    assert (look(), links()) == (many, [])
    return Incident.objects.get()


def end(incident, *, release=True):
    mass.end(pk=incident.pk, release=release, by="qiao", reason="抽了三单", now=clock.now())


def test_one_that_always_fails_is_put_off_and_keeps_none_waiting(shop, monkeypatch, by_day):
    incident = held_lines(monkeypatch, 3)
    tried = breaks_for(monkeypatch, "A-0")
    end(incident)
    for _ in range(40):
        look()
        later(by_day, seconds=30)
    waits = [(one - other).total_seconds() for other, one in pairwise(tried)]
    assert [60 * 2**n <= wait < 60 * 2**n + 62 for n, wait in enumerate(waits)] == [True] * 4
    assert {row[0] for row in warnings() if row[4]} == {"A-1", "A-2"}
    monkeypatch.undo()
    later(by_day, minutes=16)
    look()
    assert (DropWarning.objects.get(order__order_no="A-0").tries, len(links())) == (5, 3)


def test_one_that_fails_for_ever_ends_with_the_time_to_claim(shop, monkeypatch, by_day):
    incident = held_lines(monkeypatch, 1)
    breaks_for(monkeypatch, "A-0")
    end(incident)
    for end_of in ({"hours": 55}, {"days": 27, "hours": 1}):  # of the filing limit, of the warranty
        look()
        assert DropWarning.objects.get().due_at is not None
        later(by_day, **end_of)
    look()
    row = DropWarning.objects.get()
    assert (row.said_at, row.dropped_at is None, row.due_at, links()) == (None, False, None, [])


def test_what_is_let_go_at_night_waits_for_the_morning_unless_it_is_urgent(shop, monkeypatch, by_day):
    later(by_day, hours=12)  # midnight
    monkeypatch.setattr(mass, "MOST", 0)
    fallen("A-1")
    fallen("A-2", left=600, target="https://v.example/2")
    look()
    end(Incident.objects.get())
    look()
    assert [row[0] for row in warnings() if row[4]] == ["A-2"]
    later(by_day, hours=8)
    look()
    assert {row[0] for row in warnings() if row[4]} == {"A-1", "A-2"}


def test_what_was_not_said_by_day_is_not_said_at_night_unless_it_is_urgent(shop, monkeypatch, by_day):
    """Due by day, and no worker came before eleven at night."""
    monkeypatch.setattr(mass, "MOST", 0)
    fallen("A-1")
    fallen("A-2", left=600, target="https://v.example/2")
    look()
    end(Incident.objects.get())
    later(by_day, hours=11)
    look()
    assert [row[0] for row in warnings() if row[4]] == ["A-2"]
    assert DropWarning.objects.get(said_at=None).due_at == clock.now() + timedelta(hours=9)
    assert look(after=timedelta(hours=8, minutes=59)) == 0
    assert len(links()) == 1
    look(after=timedelta(hours=9))
    assert {row[0] for row in warnings() if row[4]} == {"A-1", "A-2"}


def test_what_is_let_go_at_night_and_is_not_urgent_any_more_waits_too(shop, monkeypatch, by_day):
    incident = held_lines(monkeypatch, 1, left=600)
    count("A-0", 850, clock.now())
    later(by_day, hours=12)  # midnight
    end(incident)
    look()
    assert (links(), DropWarning.objects.get().urgent) == ([], False)
    later(by_day, hours=8)
    look()
    assert warnings() == [("A-0", "inside", 150, 1000, True)]


def test_a_release_that_is_not_over_at_ten_goes_on_in_the_morning(shop, monkeypatch, by_day):
    incident = held_lines(monkeypatch, 5)
    later(by_day, hours=9, minutes=59)
    end(incident)
    assert saying.say_due(now=clock.now(), most=2) == 2
    later(by_day, minutes=1)
    assert [saying.say_due(now=clock.now(), most=2) for _ in range(2)] == [0, 0]
    later(by_day, hours=10)
    assert [saying.say_due(now=clock.now(), most=2) for _ in range(3)] == [2, 1, 0]
    assert len(links()) == 5


def test_what_is_let_go_is_counted_again_and_goes_out_so_many_at_a_time(shop, monkeypatch):
    incident = held_lines(monkeypatch, 5)
    count("A-3", 1000, clock.now() - timedelta(minutes=1))
    end(incident)
    said = []
    while due := DropWarning.objects.filter(due_at__isnull=False).count():
        assert due <= 5
        said.append(saying.say_due(now=clock.now(), most=2))
    assert (sum(said), max(said), len(links())) == (4, 2, 4)


def test_the_page_of_an_incident_shows_what_fell_and_how_much(shop, monkeypatch, admin_client):
    monkeypatch.setattr(mass, "MOST", 0)
    for n, left in enumerate([915, 850, 849, 750, 400]):
        fallen(f"A-{n}", left=left, target=f"https://v.example/{n}")
    look()
    url = f"/admin/watch/incident/{Incident.objects.get().pk}/change/"
    page = admin_client.get(url)
    assert [(share["name"], share["count"]) for share in page.context["shares"]] == [
        ("10% 以内", 1), ("10% 到 20%", 2), ("20% 到 30%", 1), ("30% 以上", 1),
    ]  # fmt: skip
    assert [(line["order"], line["loss"]) for line in page.context["fallen"]] == [
        ("A-4", 600), ("A-3", 250), ("A-2", 151), ("A-1", 150), ("A-0", 85),
    ]  # fmt: skip
    assert admin_client.get(page.context["fallen"][0]["href"]).status_code == 200
    answer = admin_client.post(url, {"action": "release", "reason": ""})
    assert (answer.status_code, Incident.objects.get().state) == (422, "open")
    assert admin_client.post(url, {"action": "release", "reason": "真的少了"}).status_code == 302
    assert (Incident.objects.get().state, Incident.objects.get().by) == ("released", "admin")


def test_two_hundred_of_one_product_are_told_and_the_next_waits(shop):
    """The figure of the rules itself, by the rows that count and not by lines that fell."""
    row = DropWarning(order=fallen())
    limit = mass.Limit(now=clock.now())
    reached = [limit.beyond(row) is not None for _ in range(202)]
    assert (reached.count(False), reached[199:]) == (200, [False, True, True])


def test_an_incident_is_reported_once(shop, monkeypatch, caplog):
    held_lines(monkeypatch, 3)
    fallen("A-9", target="https://v.example/9")
    look()
    told = [record.levelname for record in caplog.records if "先压着" in record.message]
    assert (told, Incident.objects.get().lines) == (["ERROR"], 4)


@pytest.mark.parametrize(("room", "where"), [(noticing, "quote"), (looking, "falling")])
def test_a_line_that_breaks_when_it_is_looked_at_keeps_no_other_and_is_tried_ever_more_rarely(
    shop, monkeypatch, by_day, room, where
):
    for n in range(3):
        fallen(f"A-{n}", target=f"https://v.example/{n}")
    tried, whole = [], getattr(room, where)

    def broken(*, now, **given):
        some = given["orders"] if "orders" in given else [given["order"]]
        if any(order.order_no == "A-1" for order in some):
            if len(some) == 1:
                tried.append(now)
            raise RuntimeError
        return whole(now=now, **given)

    monkeypatch.setattr(room, where, broken)
    assert (look(), {row[0] for row in warnings()}) == (2, {"A-0", "A-2"})
    for _ in range(40):
        later(by_day, seconds=30)
        look()
    waits = [(one - other).total_seconds() for other, one in pairwise(tried)]
    assert [60 * 2**n <= wait < 60 * 2**n + 62 for n, wait in enumerate(waits)] == [True] * 4
    seen = Stumble.objects.values_list("order__order_no", "work", "tries").get()
    assert seen == ("A-1", "look", 5)
    monkeypatch.undo()
    later(by_day, minutes=16)
    look()
    assert ({row[0] for row in warnings()}, Stumble.objects.count()) == ({"A-0", "A-1", "A-2"}, 0)
