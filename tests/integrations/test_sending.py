"""Whatever goes wrong on the wire: one execution, one key, the same bytes, and an end in time."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from common.refusals import StateMoved
from integrations import signals
from integrations.models import Breaker, Intent
from integrations.rules import answers
from integrations.rules.answers import Answer, Heard, Meaning, Report
from integrations.rules.lifecycle import Action
from integrations.services import intents, moving, sending, settling, sweep
from integrations.vendors import http
from integrations.vendors.supplier import Supplier
from tests.integrations.provider_stub import (
    T0,
    TIMEOUT_S,
    file_refund,
    file_top_up,
    impatient,
    key_of,
    news,
    read,
    stub,
    sweep_for,
)

__all__ = ["news", "stub"]

FAULTS = [
    "timeout", "reset", "trickle", "truncated", "garbage", "oversized", "deep",
    "500", "503", "429", "redirect",
]  # fmt: skip


def after(seconds: float):
    return T0 + timedelta(seconds=seconds)


def assert_once(stub, intent: Intent) -> None:
    """One execution; every send carried the frozen bytes under the one key; all was signed."""
    assert stub.executions == [str(intent.key)]
    assert set(stub.posts) == {(str(intent.key), intent.body.encode())}
    assert stub.unsigned == 0


@pytest.mark.django_db
def test_the_straight_way(stub, news):
    intent = file_top_up()
    last = sweep_for(120)
    assert news == [
        ("moved", "sending", 0), ("moved", "processing", 0), ("moved", "settled", 10),
    ]  # fmt: skip
    row = read(intent)
    assert (row.state, row.delivered, row.reference, row.attempts) == ("settled", 10, "R-0", 1)
    assert (row.next_at, row.finished_at is not None, last <= after(3)) == (None, True, True)
    assert_once(stub, intent)


@pytest.mark.django_db
@pytest.mark.parametrize("how", FAULTS)
def test_carried_out_but_not_heard(stub, settings, how):
    intent = file_top_up()
    stub.faults["POST"].append((True, how))
    with impatient(settings):
        sending.work(key=intent.key, now=T0)
    assert (read(intent).state, read(intent).faults) == ("unknown", 1)
    assert sweep_for(120, start=after(1)) <= after(10)
    assert (read(intent).state, len(stub.posts)) == ("settled", 1)
    assert_once(stub, intent)


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["timeout", "reset", "500"])
def test_neither_carried_out_nor_heard(stub, settings, how):
    intent = file_top_up()
    stub.faults["POST"].append((False, how))
    with impatient(settings):
        sending.work(key=intent.key, now=T0)
    sweep_for(Supplier.minimum_age_s - 2, start=after(1))
    assert (read(intent).state, len(stub.posts)) == ("unknown", 1)  # "not there" is not believed yet
    assert sweep_for(120, start=after(Supplier.minimum_age_s)) <= after(20)
    assert (read(intent).state, len(stub.posts)) == ("settled", 2)
    assert_once(stub, intent)


@pytest.mark.django_db
def test_one_fault_after_another_on_every_request(stub):
    intent = file_refund()
    stub.ends = {"state": "succeeded"}
    stub.faults["POST"].extend([(False, "500"), (True, "reset"), (True, "truncated")])
    stub.faults["GET"].extend([(True, "500"), (True, "garbage"), (True, "reset")])
    assert sweep_for(120) <= after(60)
    assert (read(intent).state, read(intent).faults) == ("settled", 0)
    assert_once(stub, intent)


@pytest.mark.django_db
def test_nothing_but_faults_ends_with_a_person_and_recovers_by_itself(stub, caplog):
    intent = file_top_up()
    stub.faults["POST"].append((True, "500"))
    stub.always = (True, "503")
    last = sweep_for(200)
    row = read(intent)
    assert (row.state, row.held_reason) == ("held", "faults")
    assert row.faults >= 8
    assert after(90) < last
    held = [record for record in caplog.records if "停下等人" in record.message]
    assert [record.levelname for record in held] == ["ERROR"]
    stub.always = None
    sweep_for(240, start=last)
    assert read(intent).state == "settled"
    assert_once(stub, intent)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        ("409", "held", "conflict"), ("400", "held", "declined"), ("404", "held", "declined"),
        ("422", "held", "declined"), ("401", "unknown", ""), ("403", "unknown", ""), ("408", "unknown", ""),
    ],
)  # fmt: skip
def test_no_status_is_a_refusal(stub, status, state, reason):
    intent = file_top_up()
    stub.faults["POST"].append((False, status))
    sending.work(key=intent.key, now=T0)
    assert (read(intent).state, read(intent).held_reason) == (state, reason)


@pytest.mark.django_db
def test_a_refused_signature_is_held_after_a_few_tries(stub, news):
    intent = file_top_up()
    stub.always = (False, "401")
    assert sweep_for(30) < after(10)
    assert (read(intent).state, read(intent).held_reason) == ("held", "unauthorised")
    assert read(intent).faults == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ends", "state", "delivered"),
    [
        ({"state": "rejected"}, "failed", 0),
        ({"state": "partial", "delivered": 4}, "settled", 4),
        ({"state": "partial", "delivered": 0}, "failed", 0),
        ({"state": "in_progress", "delivered": 4}, "processing", 4),
        ({"state": "sleeping"}, "processing", 0),
        ({"state": "partial", "delivered": 11}, "held", 0),
        ({"state": "in_progress", "delivered": 11}, "held", 0),
        ({"state": "in_progress", "reference": "another"}, "held", 0),
    ],
)
def test_what_the_provider_says_in_the_end(stub, ends, state, delivered):
    intent = file_top_up()
    stub.ends = ends
    sweep_for(10)
    assert (read(intent).state, read(intent).delivered) == (state, delivered)


@pytest.mark.django_db
def test_a_refund_that_fails(stub):
    intent = file_refund()
    stub.ends = {"state": "failed"}
    sweep_for(10)
    assert (read(intent).state, read(intent).amount_fen) == ("failed", 1250)


@pytest.mark.django_db
def test_what_works_is_asked_less_and_less_often(stub):
    file_top_up()
    stub.ends = {"state": "in_progress"}
    sweep_for(600)
    assert 12 <= stub.methods().count("GET") <= 30


@pytest.mark.django_db
def test_without_a_provider_it_waits_for_a_person_and_goes_on_when_released(stub, settings):
    url, settings.SUPPLIER_URL = settings.SUPPLIER_URL, ""
    intent = file_top_up()
    sweep_for(300)
    row = read(intent)
    assert (row.state, row.held_reason, row.next_at, row.attempts) == ("held", "provider_absent", None, 0)
    settings.SUPPLIER_URL = url
    intents.release(key=intent.key, now=after(300))
    sweep_for(60, start=after(300))
    assert (read(intent).state, stub.methods()[0]) == ("settled", "GET")
    assert_once(stub, intent)


@pytest.mark.django_db
def test_reconcile_only_asks_and_never_sends(stub, settings):
    lost, unsent = file_top_up(1), file_top_up(2)
    stub.faults["POST"].append((False, "500"))
    sending.work(key=lost.key, now=T0)
    settings.RECONCILE_ONLY = True
    sweep_for(20, start=after(1))
    assert (read(lost).state, read(unsent).state, len(stub.posts)) == ("unknown", "pending", 1)
    assert "GET" in stub.methods()
    settings.RECONCILE_ONLY = False
    sweep_for(60, start=after(21))
    assert (read(lost).state, read(unsent).state) == ("settled", "settled")


@pytest.mark.django_db
def test_a_provider_without_idempotent_submit_is_never_sent_to_twice(stub, monkeypatch):
    monkeypatch.setattr(Supplier, "submit_idempotent", False)
    intent = file_top_up()
    stub.faults["POST"].append((False, "reset"))
    sweep_for(120)
    assert (read(intent).state, read(intent).held_reason, len(stub.posts)) == ("held", "no_second_send", 1)


@pytest.mark.django_db
def test_a_provider_that_cannot_be_asked_is_sent_to_again_after_its_minimum_age(stub, monkeypatch):
    monkeypatch.setattr(Supplier, "query_by_our_key", False)
    intent = file_top_up()
    stub.faults["POST"].append((True, "reset"))
    sweep_for(Supplier.minimum_age_s - 1)
    assert len(stub.posts) == 1
    sweep_for(60, start=after(Supplier.minimum_age_s))
    assert (read(intent).state, stub.methods()[:2]) == ("processing", ["POST", "POST"])
    assert_once(stub, intent)


@pytest.mark.django_db
def test_a_lease_that_ran_out_is_unknown_and_its_late_answer_is_dropped(stub, news):
    intent = file_top_up()
    dead = sending.take(key=intent.key, now=T0)
    sweep.run_due(now=after(14))
    assert read(intent).state == "sending"
    sweep.run_due(now=after(15))
    assert (read(intent).state, read(intent).token) == ("unknown", None)
    sweep_for(60, start=after(15))
    assert read(intent).state == "settled"
    heard = list(news)
    late = answers.told(Report(meaning=Meaning.REFUSED, reference="R-0"))
    sending.finish(taken=dead, answer=late, now=after(60))
    assert (news, read(intent).state) == (heard, "settled")
    assert_once(stub, intent)


@pytest.mark.django_db
def test_what_was_accepted_and_is_gone_is_not_sent_again(stub):
    intent = file_top_up()
    stub.ends = {"state": "in_progress"}
    sweep_for(5)
    stub.jobs.clear()
    sweep_for(300, start=after(5))
    assert (read(intent).state, read(intent).held_reason, len(stub.posts)) == ("held", "gone", 1)


@pytest.mark.django_db
def test_the_breaker_stops_sends_but_not_questions(stub):
    for number in range(1, 6):
        stub.faults["POST"].append((True, "500"))
        sending.work(key=file_top_up(number).key, now=T0)
    waiting = file_top_up(6)
    sending.work(key=waiting.key, now=after(1))
    assert (read(waiting).state, len(stub.posts)) == ("pending", 5)
    sweep.run_due(now=after(2))
    assert stub.methods().count("GET") == 5
    sweep_for(60, start=after(2))
    assert set(Intent.objects.values_list("state", flat=True)) == {"settled"}
    assert sorted(stub.executions) == sorted(str(key_of(number)) for number in range(1, 7))
    assert Breaker.objects.get().faults == 0


@pytest.mark.django_db
def test_one_broken_listener_does_not_stop_the_others(stub):
    broken, sound = file_top_up(1), file_top_up(2)

    def refuse(sender, intent, **_):
        if intent.pk == broken.pk and intent.state == "settled":
            raise RuntimeError("books closed")

    signals.intent_moved.connect(refuse)
    try:
        sweep_for(60)
    finally:
        signals.intent_moved.disconnect(refuse)
    assert (read(broken).state, read(sound).state) == ("processing", "settled")
    sweep_for(120, start=after(60))
    assert read(broken).state == "settled"
    assert len(stub.executions) == 2


@pytest.mark.django_db
def test_what_breaks_before_anything_is_leased_waits_a_while(stub):
    intent = file_top_up()
    sending.take(key=intent.key, now=T0)

    def refuse(sender, intent, **_):
        raise RuntimeError("books closed")

    signals.intent_moved.connect(refuse)
    try:
        sweep.run_due(now=after(15))
    finally:
        signals.intent_moved.disconnect(refuse)
    assert (read(intent).state, read(intent).next_at >= after(45)) == ("sending", True)
    sweep_for(120, start=after(16))
    assert read(intent).state == "settled"


@pytest.mark.django_db
def test_the_row_moves_once_from_what_was_read(stub):
    intent = file_top_up()
    first, second = read(intent), read(intent)
    moving.move(first, action=Action.HOLD, now=T0, held_reason="faults")
    with pytest.raises(StateMoved):
        moving.move(second, action=Action.VOID, now=T0)
    with pytest.raises(StateMoved):
        moving.touch(second, next_at=T0)
    assert (read(intent).state, read(intent).version) == ("held", 1)


@pytest.mark.django_db
def test_not_there_is_old_news_once_anything_else_was_heard(stub):
    intent = file_top_up()
    stub.faults["POST"].append((True, "reset"))
    sending.work(key=intent.key, now=T0)
    asking = sending.take(key=intent.key, now=after(10))
    running = answers.told(Report(meaning=Meaning.RUNNING))
    settling.settle(key=intent.key, answer=running, now=after(10))
    sending.finish(taken=asking, answer=Answer(heard=Heard.ABSENT), now=after(11))
    assert read(intent).state == "processing"
    assert sending._take_again(asking, now=after(11)) is None
    assert len(stub.posts) == 1


@pytest.mark.django_db
def test_the_network_is_refused_inside_a_transaction(stub):
    provider = Supplier(url=stub.url, secret="s", timeout_s=1)
    with transaction.atomic(), pytest.raises(AssertionError, match="inside a transaction"):
        provider.ask(key=key_of())
    assert stub.seen == []
    http.assert_no_transaction()


@pytest.mark.django_db
def test_an_answer_is_read_no_further_than_its_limit(stub):
    given = {"method": "GET", "base_url": stub.url, "path": "/base/orders/x", "body": b"", "headers": {}}
    assert http.exchange(**given, deadline_s=4, max_bytes=2) == http.Reply(status=404, body=b"{}")
    with pytest.raises(http.Unheard, match="too large"):
        http.exchange(**given, deadline_s=4, max_bytes=1)


@pytest.mark.django_db
def test_a_deadline_is_for_the_whole_answer(stub):
    stub.order({"key": str(key_of())})
    stub.faults["GET"].append((True, "trickle"))
    answer = Supplier(url=stub.url, secret="s", timeout_s=TIMEOUT_S).ask(key=key_of())
    assert (answer.heard, answer.why) == ("lost", "time-out")


@pytest.mark.django_db(transaction=True)
def test_two_workers_race_and_one_sends(stub):
    intent, gate = file_top_up(), threading.Barrier(4)

    def worker():
        gate.wait()
        sending.work(key=intent.key, now=T0)
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (stub.methods(), read(intent).state, read(intent).attempts) == (["POST"], "processing", 1)
