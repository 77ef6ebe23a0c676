"""Whoever was told of the window's drop is told once more, of what is missing when the filing limit is over."""

from datetime import timedelta

import pytest

from common import clock
from tests.tickets.case import claim, confirm, count, fallen, state, work
from tests.tickets.conftest import outside
from tests.watch.test_let_go import incidents
from tests.watch.test_noticed_late import texts
from tests.watch.test_put_off import end
from tests.watch.test_races import at_once
from tests.watch.test_warnings import later, links, look, waiting, warnings
from watch.models import DropWarning, Incident
from watch.queries import lines_of, picture
from watch.services import looking, mass, noticing

__all__ = ["outside"]
pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
# From noon on: complete 18 hours before, the window ends at six, the filing limit two days later.
WINDOW_OVER, NEARLY_OVER, OVER = {"hours": 7}, {"hours": 46}, {"hours": 1, "minutes": 1}


def fallen_on(by_day, *names, first=900, then=300, looked=True):
    """Of a thousand so many are left in the window, looked at or not, and so many after it; nobody counts any more."""
    for name in names:
        fallen(name, left=first, target=f"https://v.example/{name}")
    if looked:
        look()
    later(by_day, **WINDOW_OVER)
    for name in names:
        count(name, then, clock.now() - MINUTE)
    look()


def told():
    """(window, lost) in the order of their saying."""
    rows = DropWarning.objects.exclude(said_at=None).order_by("said_at", "id")
    return list(rows.values_list("window", "loss"))


# Left in the window, looked at then or only later, left since → told until the limit, and when it is over.
TOLD = [
    (960, True, 300, [], [("slow", 700)]),
    (960, False, 300, [], [("slow", 700)]),
    (900, True, 300, [("inside", 100)], [("slow", 700)]),
    (900, False, 300, [("inside", 100)], [("slow", 700)]),
    (600, True, 300, [("inside", 400)], [("slow", 700)]),
    (600, False, 300, [("inside", 400)], [("slow", 700)]),
    (900, True, 910, [("inside", 100)], [("slow", 90)]),
    (900, False, 910, [("inside", 90)], [("slow", 90)]),
    (900, True, 950, [("inside", 100)], []),
    (900, False, 950, [], []),
]


@pytest.mark.parametrize(("first", "looked", "then", "before", "after"), TOLD)
def test_what_is_missing_when_the_limit_is_over_is_told_though_nobody_counts_any_more(
    shop, by_day, first, looked, then, before, after
):
    fallen_on(by_day, "A-1", first=first, then=then, looked=looked)
    said = []
    for wait in ({"minutes": 1}, NEARLY_OVER, OVER, {"days": 3}):
        later(by_day, **wait)
        look()
        said.append(told())
    assert said == [before, before, before + after, before + after]
    assert (len(links()), waiting()) == (len(before + after), 0)


def test_it_says_what_a_claim_then_gives(shop, by_day, client):
    fallen_on(by_day, "A-1")
    later(by_day, **NEARLY_OVER)
    later(by_day, **OVER)
    look()
    assert texts()[1:] == ["您买的「说说点赞」少了 700 个，按规则可以补 700 个。点开看一眼，按一下就能申请。"]
    assert client.post(links()[1], {"offer": "drop.slow|top_up:700"}).status_code == 200


def test_what_a_claim_gives_before_the_limit_is_told_then(shop, by_day, outside):
    """The window's drop was made good, and everything that is missing since can be claimed at once."""
    fallen_on(by_day, "A-1")
    ticket = claim()
    work()
    confirm(ticket)
    later(by_day, hours=1)
    count("A-1", 400, clock.now() - MINUTE)
    look()
    assert (state(ticket), told()) == ("resolved", [("inside", 100), ("slow", 600)])


NOT_TOLD = {
    "claimed": claim,
    "claimed by the link": lambda: None,
    "came back": lambda: count("A-1", 990, clock.now()),
}


@pytest.mark.parametrize("what", NOT_TOLD)
def test_what_needs_no_word_any_more_gets_none(shop, by_day, client, what):
    fallen_on(by_day, "A-1")
    NOT_TOLD[what]()
    if what == "claimed by the link":
        assert client.post(links()[0], {"offer": "drop.tier_a|top_up:100"}).status_code == 200
    later(by_day, **NEARLY_OVER)
    later(by_day, **OVER)
    look()
    assert (told(), len(links())) == ([("inside", 100)], 1)
    assert DropWarning.objects.get(window="slow").dropped_at is not None


@pytest.mark.parametrize("there", ["alone", "beside another"])
def test_where_nothing_was_counted_since_the_window_it_is_told_once(shop, by_day, there):
    fallen("A-1", left=900, target="https://v.example/1")
    if there == "beside another":
        fallen("A-2", left=1900, baseline=1020, target="https://v.example/1")
    look()
    count("A-1", 895, clock.now())
    look()
    later(by_day, **WINDOW_OVER)
    later(by_day, **NEARLY_OVER)
    later(by_day, **OVER)
    look()
    assert {row.window for row in DropWarning.objects.all()} == {"inside"}


def test_what_becomes_urgent_is_hurried_as_the_slow_drop_is_written_down(shop, by_day):
    """Both counts come in one night, of the end of the window and after it."""
    later(by_day, hours=10)
    fallen(left=900)
    assert (look(), links()) == (1, [])
    later(by_day, **WINDOW_OVER)
    count("A-1", 600, clock.now() - timedelta(hours=2))
    count("A-1", 590, clock.now())
    assert (look(), told()) == (1, [("inside", 400)])
    assert list(DropWarning.objects.values_list("window", "urgent")) == [("slow", False), ("inside", True)]


# ---- many at once


def test_a_line_of_which_two_words_are_written_down_counts_once(shop, by_day, monkeypatch):
    monkeypatch.setattr(mass, "MOST", 3)
    fallen_on(by_day, "A-1", "A-2", looked=False)
    assert (len(links()), incidents(), DropWarning.objects.count()) == (2, [], 4)
    for name in ("A-3", "A-4"):
        fallen(name, target=f"https://v.example/{name}")
        look()
    assert (incidents(), Incident.objects.get().lines, len(links())) == (["open"], 1, 3)


def test_what_is_known_is_not_worked_out_again(shop, by_day, monkeypatch):
    fallen_on(by_day, "A-1")
    asked, quote = [], noticing.quote
    monkeypatch.setattr(noticing, "quote", lambda **given: asked.append(given["now"]) or quote(**given))
    count("A-1", 290, clock.now())
    look()
    assert asked == [clock.now()]


@pytest.mark.parametrize("looked", [True, False])
def test_what_waits_for_a_person_waits_whole_and_is_shown_once(shop, by_day, monkeypatch, looked):
    monkeypatch.setattr(mass, "MOST", 0)
    fallen_on(by_day, "A-1", "A-2", looked=looked)
    incident = Incident.objects.get()
    shown = [(row.order.order_no, row.loss) for row in lines_of(incident_id=incident.pk, most=9)]
    assert (incident.lines, shown) == (2, [("A-1", 700), ("A-2", 700)])
    assert picture(incident_id=incident.pk)["shares"] == [0, 0, 0, 2]
    end(incident)
    look()
    assert told() == [("inside", 100)] * 2
    later(by_day, **NEARLY_OVER)
    later(by_day, **OVER)
    look()
    assert (told()[2:], incidents()) == ([("slow", 700)] * 2, ["released"])


def test_released_after_the_limit_it_is_told_once(shop, by_day, monkeypatch):
    monkeypatch.setattr(mass, "MOST", 0)
    fallen_on(by_day, "A-1")
    later(by_day, **NEARLY_OVER)
    later(by_day, **OVER)
    end(Incident.objects.get())
    look()
    assert (told(), len(links())) == ([("slow", 700)], 1)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_write_both_down_once(shop, by_day):
    for n in range(3):
        fallen(f"A-{n}", left=900, target=f"https://v.example/{n}")
    later(by_day, **WINDOW_OVER)
    for n in range(3):
        count(f"A-{n}", 300, clock.now() - MINUTE)
    written = at_once(lambda n: looking.run_due(now=clock.now()))
    assert (sum(written), told()) == (6, [("inside", 100)] * 3)
    assert sorted({row[1] for row in warnings()}) == ["inside", "slow"]
