"""What its filing limit overtook before it was said is said as what a claim gives since, and once."""

from datetime import timedelta

import pytest
from django.db.models import F

from accounts.models import InboxMessage
from common import clock
from orders.models import Rollup
from tests.tickets.case import claim, count, fallen, order_of
from tests.watch.test_let_go import incidents
from tests.watch.test_put_off import breaks_for, end, held_lines
from tests.watch.test_warnings import later, links, look, warnings
from watch.models import DropWarning, Incident
from watch.services import saying

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
SLOW = [("A-1", "slow", 150, 1000, True)]
MORNING = {"hours": 9}


@pytest.fixture
def evening(shop, by_day):
    """Eight o'clock: the limit of what fell by then is 54 hours from now, at two in the night."""
    later(by_day, hours=8)


@pytest.fixture
def late(evening, by_day):
    """The workers were down, and look at eleven in the night in which the limit ends."""
    fallen()
    later(by_day, hours=51)
    assert (look(), warnings()) == (1, [("A-1", "inside", 150, 1000, False)])


def texts():
    return list(InboxMessage.objects.order_by("id").values_list("text", flat=True))


def test_what_became_due_after_its_limit_is_told_as_a_slow_drop(late, by_day):
    later(by_day, **MORNING)
    assert (look(), warnings()) == (0, SLOW)
    assert texts() == ["您买的「说说点赞」少了 150 个，按规则可以补 150 个。点开看一眼，按一下就能申请。"]
    row = DropWarning.objects.get()
    assert (row.expires_at, row.urgent) == (row.order.rollup.warranty_ends_at, False)
    count("A-1", 700, clock.now())
    assert (look(), len(links())) == (0, 1)


def test_its_link_files_what_it_says(late, by_day, client):
    later(by_day, **MORNING)
    look()
    assert client.get(links()[0]).context["page"].heading == "少了 150 个"
    assert client.post(links()[0], {"offer": "drop.slow|top_up:150"}).status_code == 200


# What happens in the night → the warnings in the morning.
NOT_TOLD = {
    "claimed": (claim, [("A-1", "inside", 150, 1000, False)]),
    "recovered": (lambda: count("A-1", 1000, clock.now()), [("A-1", "inside", 150, 1000, False)]),
}


@pytest.mark.parametrize("what", NOT_TOLD)
def test_what_needs_no_word_any_more_gets_none(late, by_day, what):
    happens, then = NOT_TOLD[what]
    happens()
    later(by_day, **MORNING)
    assert (look(), warnings(), links()) == (0, then, [])
    assert DropWarning.objects.get().dropped_at is not None
    assert [look() for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize("how", ["said", "waiting", "dismissed", "forgone"])
def test_a_slow_drop_that_is_known_is_told_once(late, by_day, how):
    later(by_day, **MORNING)
    now, row = clock.now(), DropWarning.objects.get()
    state = {
        "said": {"said_at": now},
        "waiting": {"due_at": now + MINUTE},
        "dismissed": {"dropped_at": now, "incident": _dismissed(row, now)},
        "forgone": {"dropped_at": now - MINUTE},
    }[how]
    slow_drop(**state)
    said = []
    for _ in range(3):
        look()
        said.append(len(links()))
        later(by_day, minutes=2)
    assert (
        said == {"said": [0, 0, 0], "waiting": [0, 1, 1], "dismissed": [0, 0, 0], "forgone": [1, 1, 1]}[how]
    )
    unsaid = DropWarning.objects.filter(window="inside").values_list("said_at", "due_at")
    assert list(unsaid) == ([] if how == "forgone" else [(None, None)])


def slow_drop(**state):
    now = clock.now()
    DropWarning.objects.create(
        order=order_of(), window="slow", base=1000, loss=150, observed_at=now, made_at=now,
        expires_at=now + timedelta(days=9), **state,
    )  # fmt: skip


def _dismissed(row, now):
    return Incident.objects.create(
        product=row.order.product, state="dismissed", opened_at=now - 2 * MINUTE, ended_at=now
    )


# Lost, let go so many hours later → told as what, at which hour.
LET_GO = [
    (150, 50.5, "slow", 8),  # half past ten, before the limit
    (400, 50.5, "inside", 22),
    (150, 55, "slow", 8),  # three in the night, after it
    (400, 55, "slow", 8),
    (150, 63, "slow", 11),
    (400, 63, "slow", 11),
]


@pytest.mark.parametrize(("lost", "hours", "window", "hour"), LET_GO)
def test_what_a_person_let_go_too_late_is_told_all_of_it_and_asked_about_once(
    evening, monkeypatch, by_day, lost, hours, window, hour
):
    incident = held_lines(monkeypatch, 4, left=1000 - lost)
    later(by_day, hours=hours)
    end(incident)
    for _ in range(48):
        look()
        later(by_day, minutes=30)
    assert warnings() == [(f"A-{n}", window, lost, 1000, True) for n in range(4)]
    assert {clock.shanghai(row.said_at).hour for row in DropWarning.objects.all()} == {hour}
    assert (incidents(), len(links())) == (["released"], 4)


def meanwhile(monkeypatch, do):
    """It happens once, when a worker has just read what a claim gives."""
    quote, left = saying.quote, [do]

    def slowly(**asked):
        found = quote(**asked)
        if left:
            left.pop()()
        return found

    monkeypatch.setattr(saying, "quote", slowly)


def test_one_that_another_worker_says_meanwhile_is_told_once(late, by_day, monkeypatch):
    later(by_day, **MORNING)
    meanwhile(monkeypatch, lambda: saying.say_due(now=clock.now()))
    assert (look(), warnings(), len(links())) == (0, SLOW, 1)


def test_one_whose_slow_drop_another_worker_writes_meanwhile_is_told_once(late, by_day, monkeypatch):
    later(by_day, **MORNING)
    meanwhile(monkeypatch, lambda: slow_drop(due_at=clock.now()))
    for _ in range(3):
        look()
        later(by_day, minutes=2)
    assert (warnings(), len(links())) == ([("A-1", "inside", 150, 1000, False), *SLOW], 1)
    assert list(DropWarning.objects.filter(due_at__isnull=False)) == []


def test_one_that_breaks_meanwhile_is_told_when_it_is_mended(late, by_day, monkeypatch):
    later(by_day, **MORNING)
    with monkeypatch.context() as broken:
        breaks_for(broken, "A-1")
        look()
    assert links() == []
    later(by_day, minutes=5)
    look()
    assert (warnings(), Rollup.objects.filter(changes__gt=F("looked")).count()) == (SLOW, 0)
