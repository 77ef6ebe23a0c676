"""What can wait goes out by day, however late it got and whatever went wrong by day; the urgent goes at any hour."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from integrations.models import Intent
from integrations.rules.bodies import MESSAGES
from integrations.rules.lifecycle import State
from integrations.services import message_batches, messages, moments, sending
from integrations.vendors.sandbox.answers import Protocols
from integrations.vendors.sandbox.exchange import Answer
from tests.integrations.test_messages import bodies_per_key, connect, created, once_each, one, states, twin

__all__ = ["twin"]
pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # eight in the evening in Shanghai
TEN, TWO, EIGHT = (EVENING + timedelta(hours=hours) for hours in (2, 6, 12))
AWAY = "http://127.0.0.1:9"
SECOND = timedelta(seconds=1)


def waits(n=1, **changes):
    return one(n, by_day=True, **changes)


def file(*outgoing, now=EVENING):
    with transaction.atomic():
        return messages.file(outgoing=outgoing, now=now)


def run(now):
    return message_batches.run_due(now=now)


def told(twin):
    """Which of the numbers were carried out."""
    return [n for n in range(1, 4) if str(one(n).key) in created(twin)]


def due():
    return list(Intent.objects.order_by("id").values_list("next_at", flat=True))


@pytest.mark.parametrize(
    ("now", "at"),
    [
        (EVENING, EVENING), (TEN - SECOND, TEN - SECOND), (TEN, EIGHT), (TWO, EIGHT), (EIGHT - SECOND, EIGHT),
        (EIGHT, EIGHT),
    ],
)  # fmt: skip
def test_what_is_filed_at_night_is_due_in_the_morning(twin, now, at):
    file(waits(1), one(2), now=now)
    assert due() == [at, now]


def test_it_is_in_neither_the_key_nor_the_bytes(twin):
    file(waits(1), one(2))
    assert waits(1).key == one(1).key
    assert [body for body in Intent.objects.values_list("body", flat=True) if "by_day" in body] == []


def test_a_backend_that_comes_back_at_night_gets_the_urgent_only(settings, twin):
    settings.MESSAGE_URL = AWAY
    file(waits(1), one(2))
    for seconds in range(0, 140, 4):
        run(EVENING + seconds * SECOND)
    assert states() == ["held", "held"]
    connect(settings, twin)
    for seconds in range(0, 60, 5):
        run(TWO + seconds * SECOND)
    assert (told(twin), states()) == ([2], ["unknown", "settled"])
    run(EIGHT - SECOND)
    assert told(twin) == [2]
    for seconds in (0, 6):
        run(EIGHT + seconds * SECOND)
    assert (told(twin), states(), once_each(twin), bodies_per_key(twin)) == (
        [1, 2],
        ["settled"] * 2,
        True,
        {1},
    )


def test_workers_that_come_back_at_night_send_the_urgent_only(twin):
    file(waits(1), one(2), waits(3))
    run(TWO)
    assert (told(twin), states(), due()) == ([2], ["pending", "settled", "pending"], [EIGHT, None, EIGHT])
    assert (run(EIGHT - SECOND), run(EIGHT)) == (0, 2)
    assert (states(), once_each(twin)) == (["settled"] * 3, True)


def test_a_pass_that_is_not_over_at_ten_stops(twin, monkeypatch):
    monkeypatch.setattr(message_batches, "AT_ONCE", 1)
    file(waits(1), waits(2))
    assert [message_batches.send_some(now=now) for now in (TEN - SECOND, TEN)] == [1, 0]
    assert told(twin) == [1]


@pytest.mark.parametrize(("how", "first"), [("reset_before", []), ("500_after", [2])])
def test_what_was_lost_just_before_ten_is_asked_about_in_the_morning(twin, how, first):
    file(waits(1), waits(2, contact=f"fault-{how}"), waits(3))
    run(TEN - SECOND)
    assert states() == ["unknown"] * 3
    for seconds in (3, 9, 20, 4000):
        run(TEN + seconds * SECOND)
    assert (states(), due()) == (["unknown"] * 3, [EIGHT] * 3)
    for seconds in (0, 9, 20):
        run(EIGHT + seconds * SECOND)
    assert (states(), once_each(twin), bodies_per_key(twin)) == (["settled"] * 3, True, {1})


def test_a_question_that_takes_until_ten_sends_nothing_again(settings, twin, monkeypatch):
    settings.MESSAGE_URL = AWAY
    file(waits(1))
    run(TEN - 20 * SECOND)
    connect(settings, twin)
    row = Intent.objects.get()
    monkeypatch.setattr(moments, "running_from", lambda now: lambda: TEN)
    sending.work(key=row.key, now=TEN - SECOND)
    assert (told(twin), states()) == ([], ["unknown"])


def test_one_by_one_too(twin, monkeypatch):
    answer = Protocols.answer

    def alone(self, request, *, now):
        batch = request.path.endswith("/batch")
        return Answer(404, {"detail": "no such path"}) if batch else answer(self, request, now=now)

    monkeypatch.setattr(Protocols, "answer", alone)
    message_batches.ONE_BY_ONE.begin()
    file(waits(1), one(2), waits(3))
    monkeypatch.setattr(message_batches, "_let_sleep", lambda now: None)
    run(TWO)
    assert (told(twin), due()) == ([2], [EIGHT, None, EIGHT])
    run(EIGHT)
    assert (states(), once_each(twin)) == (["settled"] * 3, True)
    message_batches.ONE_BY_ONE.end()


def test_a_night_costs_the_same_for_three_and_for_three_hundred(twin):
    def asked(start, end):
        file(*[waits(n) for n in range(start, end)])
        with CaptureQueriesContext(connection) as seen:
            assert run(TWO) == 0
        return len(seen)

    assert asked(0, 3) == asked(3, 303)
    assert set(due()) == {EIGHT}


@pytest.mark.parametrize("now", [EVENING, TWO])
@pytest.mark.parametrize("ask", ["_is_due", "_let_sleep", "_take"])
def test_what_is_due_is_found_by_its_index(twin, ask, now):
    """Among many that are ended: which way a small table is read hangs on what other tests left of its indexes."""
    ended = {"kind": "message", "provider": MESSAGES, "body": "{}", "quantity": 1, "state": State.SETTLED}
    Intent.objects.bulk_create(
        [Intent(key=uuid4(), created_at=EVENING, finished_at=EVENING, **ended) for _ in range(3_000)]
    )
    file(waits(1), one(2))
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked_for:
        cursor.execute("ANALYZE integrations_intent")
        list(message_batches._due(now)) if ask == "_take" else getattr(message_batches, ask)(now)
        selects = [one["sql"] for one in asked_for if one["sql"].startswith("SELECT")]
        plans = []
        for select in selects:
            cursor.execute(
                f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {select}"
            )
            plans.append("intent_due_of" in str(cursor.fetchall()))
    assert plans == ([] if ask == "_let_sleep" and now == EVENING else [True])
