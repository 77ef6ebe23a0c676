"""What was not sent is voided at once; what is at the provider is asked back and ends as it says."""

from datetime import timedelta

import pytest

from integrations.services import intents, sending
from tests.integrations.provider_stub import (
    T0,
    file_refund,
    file_top_up,
    impatient,
    news,
    read,
    stub,
    sweep_for,
)

__all__ = ["news", "stub"]
LATER = T0 + timedelta(seconds=3)


@pytest.mark.django_db
def test_unsent_is_voided_at_once_and_only_once(stub, news):
    intent = file_top_up()
    assert [intents.ask_void(key=intent.key, now=LATER) for _ in range(2)] == ["voided", "final"]
    sweep_for(60, start=LATER)
    assert (read(intent).state, news, stub.seen) == ("voided", [("moved", "voided", 0)], [])


@pytest.mark.django_db
def test_held_unsent_is_voided_at_once(stub, settings):
    settings.SUPPLIER_URL = ""
    intent = file_top_up()
    sweep_for(1)
    assert intents.ask_void(key=intent.key, now=LATER) == "voided"
    assert (read(intent).state, read(intent).held_reason) == ("voided", "")


@pytest.mark.django_db
@pytest.mark.parametrize(("came", "state"), [(0, "voided"), (4, "settled")])
def test_at_the_provider_it_ends_with_what_came(stub, came, state):
    intent = file_top_up()
    stub.ends = {"state": "in_progress", "delivered": came}
    sweep_for(2.5)
    assert intents.ask_void(key=intent.key, now=LATER) == "asked"
    sweep_for(60, start=LATER)
    assert (read(intent).state, read(intent).delivered) == (state, came)
    assert stub.methods().count("DELETE") == 1


@pytest.mark.django_db
def test_a_void_that_comes_too_late_changes_nothing(stub):
    intent = file_top_up()
    stub.ends = {"state": "in_progress"}
    sweep_for(2.5)
    intents.ask_void(key=intent.key, now=LATER)
    stub.ends = {"state": "completed"}
    stub.jobs[str(intent.key)]["state"] = "accepted"
    stub.faults["DELETE"].append((False, "409"))
    sweep_for(60, start=LATER)
    assert (read(intent).state, read(intent).delivered) == ("settled", 10)


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["204", "garbage"])
def test_a_void_taken_without_a_word_is_followed_by_a_question(stub, how):
    intent = file_top_up()
    stub.ends = {"state": "in_progress", "delivered": 4}
    sweep_for(2.5)
    intents.ask_void(key=intent.key, now=LATER)
    stub.faults["DELETE"].extend([(True, how)] * 20)
    sweep_for(30, start=LATER)
    assert (read(intent).state, read(intent).delivered) == ("settled", 4)
    assert stub.methods().count("DELETE") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["timeout", "reset", "500"])
def test_a_void_that_was_not_heard_is_asked_again(stub, settings, how):
    intent = file_top_up()
    stub.ends = {"state": "in_progress", "delivered": 4}
    sweep_for(2.5)
    intents.ask_void(key=intent.key, now=LATER)
    stub.faults["DELETE"].append((True, how))
    with impatient(settings):
        sending.work(key=intent.key, now=LATER)
    sweep_for(60, start=LATER)
    assert (read(intent).state, read(intent).delivered, len(stub.posts)) == ("settled", 4, 1)


@pytest.mark.django_db
def test_a_void_asked_while_it_is_being_sent(stub):
    intent = file_top_up()
    stub.ends = {"state": "in_progress", "delivered": 4}
    taken = sending.take(key=intent.key, now=T0)
    assert intents.ask_void(key=intent.key, now=T0) == "asked"
    assert read(intent).state == "sending"
    provider_answer = sending.registry.provider("supplier").submit(key=intent.key, body=intent.body.encode())
    sending.finish(taken=taken, answer=provider_answer, now=T0)
    sweep_for(60)
    assert (read(intent).state, len(stub.posts), stub.methods().count("DELETE")) == ("voided", 1, 1)


@pytest.mark.django_db
def test_what_never_arrived_is_voided_instead_of_sent_again(stub):
    intent = file_top_up()
    stub.faults["POST"].append((False, "reset"))
    sending.work(key=intent.key, now=T0)
    assert intents.ask_void(key=intent.key, now=LATER) == "asked"
    sweep_for(60, start=LATER)
    assert (read(intent).state, len(stub.posts), stub.executions) == ("voided", 1, [])


@pytest.mark.django_db
def test_what_never_arrived_and_cannot_be_voided_is_not_sent_again_either(stub):
    intent = file_top_up()
    stub.faults["POST"].append((False, "reset"))
    stub.faults["DELETE"].append((False, "405"))
    sending.work(key=intent.key, now=T0)
    intents.ask_void(key=intent.key, now=LATER)
    sweep_for(60, start=LATER)
    assert (read(intent).state, len(stub.posts), stub.executions) == ("voided", 1, [])


@pytest.mark.django_db
def test_a_refund_cannot_be_asked_back_and_ends_as_it_would(stub):
    intent = file_refund()
    stub.ends = {"state": "succeeded"}
    sending.work(key=intent.key, now=T0)
    assert intents.ask_void(key=intent.key, now=T0) == "asked"
    sweep_for(60)
    assert (read(intent).state, "DELETE" in stub.methods()) == ("settled", False)


@pytest.mark.django_db
def test_reconcile_only_does_not_even_void(stub, settings):
    intent = file_top_up()
    stub.ends = {"state": "in_progress"}
    sweep_for(2.5)
    intents.ask_void(key=intent.key, now=LATER)
    settings.RECONCILE_ONLY = True
    sweep_for(60, start=LATER)
    assert (read(intent).state, "DELETE" in stub.methods()) == ("processing", False)
