"""Messages to buyers: filed with what they tell of, sent by the hundred, each once, whatever goes wrong on the way."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from common import clock
from common.signing import signed_headers
from integrations.models import Breaker, Intent
from integrations.rules import answers
from integrations.rules import messages as rules
from integrations.rules.answers import Meaning, Report
from integrations.rules.bodies import BodyRefused
from integrations.rules.messages import Outgoing
from integrations.services import breaker, message_batches, messages, reconcile, standstill, sweep
from integrations.vendors.messages import Messages
from integrations.vendors.sandbox.answers import Protocols
from integrations.vendors.sandbox.exchange import Answer
from integrations.vendors.sandbox.faults import Faults
from tests.forking import killed
from tests.sandbox_fixture import MESSAGE_SECRET, until

pytestmark = pytest.mark.django_db


def one(n=1, **changes):
    usual = {
        "external_id": f"b-{n}", "contact": f"qq:{n}", "kind": "warning", "about": f"A-{n}:inside",
        "order_no": f"A-{n}", "text": "少了 150 个", "link": "https://shop.example/claim/x/",
    }  # fmt: skip
    return Outgoing(**usual | changes)


def file(*outgoing):
    with transaction.atomic():
        return messages.file(outgoing=outgoing, now=clock.now())


@pytest.fixture
def twin(settings, sandbox):
    connect(settings, sandbox)
    message_batches.ONE_BY_ONE.end()
    return sandbox


def connect(settings, sandbox):
    settings.MESSAGE_URL, settings.MESSAGE_SECRET = f"http://127.0.0.1:{sandbox.port}", MESSAGE_SECRET
    settings.RECONCILE_ONLY = False


def run(**later):
    return message_batches.run_due(now=clock.now() + timedelta(**later))


def states():
    return list(Intent.objects.order_by("id").values_list("state", flat=True))


def created(sandbox):
    """{key: how often it was carried out}."""
    found = {}
    for row in sandbox.store.log(effect="created"):
        found[row.key] = found.get(row.key, 0) + 1
    return found


def once_each(sandbox):
    return set(created(sandbox).values()) == {1} and len(created(sandbox)) == Intent.objects.count()


def bodies_per_key(sandbox):
    found = {}
    for row in sandbox.store.log():
        if row.method == "POST":
            found.setdefault(row.key, set()).add(row.body_sha256)
    return {len(digests) for digests in found.values()}


# ---- the key and the bytes


def test_the_key_is_the_occasions_whatever_is_said():
    assert one().key == one(text="别的", contact="", link="", order_no="").key
    others = [one(external_id="x"), one(kind="report"), one(about="A-1:slow")]
    assert len({one().key, *(other.key for other in others)}) == 4


def test_the_body_names_who_and_what():
    assert json.loads(rules.freeze(one(order_no=""))) == {
        "key": str(one().key), "to": {"external_id": "b-1", "contact": "qq:1"}, "kind": "warning",
        "text": "少了 150 个", "link": "https://shop.example/claim/x/",
    }  # fmt: skip
    assert json.loads(rules.freeze(one()))["order_no"] == "A-1"


@pytest.mark.parametrize("wrong", [{"external_id": ""}, {"text": ""}, {"text": "长" * 4001}])
def test_what_reaches_nobody_or_is_endless_is_not_filed(wrong):
    with pytest.raises(BodyRefused):
        rules.freeze(one(**wrong))


# ---- filed


def test_filing_twice_is_once_and_five_hundred_cost_a_few_statements(twin):
    many = [one(n) for n in range(500)]
    with CaptureQueriesContext(connection) as seen:
        assert file(*many) == 500
    assert len(seen) < 40
    assert (file(*many), file(one(7), one(7), one(501)), Intent.objects.count()) == (0, 1, 501)


def test_a_message_that_waits_stands_in_the_way_of_nothing_owed(twin):
    file(*[one(n) for n in range(3)])
    assert (sweep.run_due(now=clock.now()), states()) == (0, ["pending"] * 3)


# ---- sent


def test_by_the_hundred_each_under_its_own_key(twin):
    file(*[one(n) for n in range(230)])
    assert (run(), set(states()), once_each(twin)) == (230, {"settled"}, True)
    row = Intent.objects.get(key=one(0).key)
    assert (row.attempts, row.delivered, row.reference[:4], row.next_at) == (1, 1, "MSG-", None)
    assert bodies_per_key(twin) == {1}
    assert len({log.at for log in twin.store.log()}) == 3  # requests
    job = twin.store.job(channel="messages", key=str(row.key))
    assert json.loads(job.body)["to"] == {"external_id": "b-0", "contact": "qq:0"}
    assert reconcile.run(since=clock.now() - timedelta(days=1), now=clock.now()).mismatches == 0


def test_as_each_answer_says(twin):
    file(one(1), one(2, contact="reject"), one(3, contact="slow"), one(4, contact="stall"))
    run()
    assert states() == ["settled", "failed", "processing", "processing"]
    assert Intent.objects.get(key=one(2).key).last_error == "nobody is there"
    run(seconds=30)
    assert states()[2:] == ["processing", "processing"]  # asked after a minute, not after two seconds
    until(lambda: twin.store.job(channel="messages", key=str(one(3).key)).state == "sent")
    run(seconds=61)
    assert states()[2:] == ["settled", "processing"]


@pytest.mark.parametrize("how", ["reset", "500_after", "truncated", "reset_before", "500"])
def test_a_lost_batch_is_asked_about_and_what_is_not_there_goes_out_again(twin, how):
    file(one(1), one(2, contact=f"fault-{how}"), one(3))
    run()
    assert states() == ["unknown"] * 3
    for seconds in (3, 9, 20):
        run(seconds=seconds)
    assert (states(), once_each(twin), bodies_per_key(twin) <= {1}) == (["settled"] * 3, True, True)


def test_one_fate_spoils_its_own_message_only(twin):
    file(one(1), one(2, contact="fault-rejected"), one(3))
    run()
    assert states() == ["settled", "failed", "settled"]


def test_whoever_was_told_before_a_restore_is_not_told_again(twin):
    file(one(1))
    run()
    Intent.objects.all().delete()  # what the backup has forgotten
    file(one(1, text="换了个说法"), one(2))
    run()
    assert (states(), created(twin)[str(one(1).key)]) == (["processing", "settled"], 1)
    run(seconds=61)
    assert states() == ["settled", "settled"]


def test_a_backend_without_batches_gets_them_one_by_one(twin, monkeypatch):
    answer = Protocols.answer

    def alone(self, request, *, now):
        batch = request.path.endswith("/batch")
        return Answer(404, {"detail": "no such path"}) if batch else answer(self, request, now=now)

    monkeypatch.setattr(Protocols, "answer", alone)
    file(one(1), one(2))
    run()
    assert (states(), Breaker.objects.filter(faults__gt=0).exists()) == (["unknown"] * 2, False)
    file(one(3))
    run(seconds=9)
    run(seconds=18)
    assert (states(), once_each(twin)) == (["settled"] * 3, True)
    message_batches.ONE_BY_ONE.end()


def test_nothing_goes_out_while_sending_stands_still_or_nobody_is_there(twin, settings):
    file(one(1))
    standstill.begin(last_known=None, now=clock.now())
    assert (run(), states()) == (0, ["pending"])
    standstill.end(row=standstill.current(), now=clock.now())
    url, settings.MESSAGE_URL = settings.MESSAGE_URL, ""
    assert (run(), states()) == (0, ["pending"])
    settings.MESSAGE_URL = url
    assert (run(), states()) == (1, ["settled"])


def test_the_breaker_stops_batches_and_one_finds_out_for_all(settings, twin):
    settings.MESSAGE_URL = "http://127.0.0.1:9"
    file(*[one(n) for n in range(1, 7)])
    for n in range(5):
        Intent.objects.filter(key=one(n + 1).key).update(next_at=clock.now() - timedelta(days=1))
        Intent.objects.exclude(key=one(n + 1).key).update(next_at=clock.now() + timedelta(hours=1))
        message_batches.send_some(now=clock.now())
    Intent.objects.filter(state="pending").update(next_at=clock.now())
    assert (message_batches.send_some(now=clock.now()), states()[-1]) == (0, "pending")
    connect(settings, twin)
    assert message_batches.send_some(now=clock.now() + breaker.OPEN_FOR) == 1
    assert Breaker.objects.get().faults == 0


def test_after_an_outage_it_goes_on_without_a_person(settings, twin, caplog):
    settings.MESSAGE_URL = "http://127.0.0.1:9"
    file(one(1))
    for seconds in range(0, 140, 4):
        run(seconds=seconds)
    assert (states(), Intent.objects.get().held_reason) == (["held"], "faults")
    assert [record.levelname for record in caplog.records if "停下等" in record.message] == ["WARNING"]
    connect(settings, twin)
    for seconds in (400, 401, 410):
        run(seconds=seconds)
    assert (states(), once_each(twin)) == (["settled"], True)


def test_after_three_days_it_is_over(twin):
    file(one(1, contact="stall"))
    run()
    file(one(2), one(3))
    Intent.objects.filter(key=one(3).key).update(created_at=clock.now() + timedelta(minutes=1))
    assert messages.end_late(now=clock.now() + messages.TOO_LATE) == 2
    assert states() == ["settled", "voided", "pending"]


def test_a_month_after_its_end_nothing_of_it_is_kept(twin):
    file(one(1), one(2))
    run()
    Intent.objects.filter(key=one(2).key).update(finished_at=clock.now() + timedelta(hours=1))
    assert messages.tidy(now=clock.now() + messages.KEPT) == 1
    assert list(Intent.objects.values_list("key", flat=True)) == [one(2).key]


def test_whoever_is_to_be_forgotten_is_not_written_to_any_more(twin):
    file(one(1))
    run()
    file(one(2), one(3))
    assert messages.erase(keys=[one(1).key, one(2).key], now=clock.now()) == 2
    assert list(Intent.objects.order_by("id").values_list("state", "body"))[:2] == [
        ("settled", ""),
        ("voided", ""),
    ]
    run()
    assert str(one(2).key) not in created(twin)


@pytest.mark.parametrize("tail", ["", "?q=A-1", "{pk}/change/"])
def test_who_and_what_are_in_no_list_and_no_log(twin, admin_client, caplog, tail):
    caplog.set_level(logging.DEBUG)
    file(one(1))
    run()
    row = Intent.objects.get()
    page = admin_client.get(f"/admin/integrations/intent/{tail.format(pk=row.pk)}")
    assert (page.status_code, "给买家的消息" in page.content.decode()) == (200, True)
    service = Messages(url=twin.url, secret=MESSAGE_SECRET, timeout_s=3)
    listed = json.dumps(service.listing(since=clock.now() - timedelta(days=1)))
    told = page.content.decode() + caplog.text + listed + str(row)
    assert [secret for secret in ("qq:1", "少了 150", "/claim/") if secret in told] == []


def test_a_call_back_settles(make_sandbox, settings, live_server):
    one_twin = make_sandbox(app_url=live_server.url, pace=0.01)
    connect(settings, one_twin)
    file(one(1, contact="slow"))
    run()
    until(lambda: states() == ["settled"])


@pytest.mark.parametrize(
    ("secret", "status", "state"), [(MESSAGE_SECRET, 200, "settled"), ("another", 401, "processing")]
)
def test_only_the_service_itself_calls_back(twin, client, secret, status, state):
    file(one(1, contact="stall"))
    run()
    said = {
        "event_id": "e-1", "key": str(one(1).key), "reference": Intent.objects.get().reference, "state": "sent",
        "occurred_at": clock.now().isoformat(),
    }  # fmt: skip
    path, body = "/api/v1/webhooks/messages/", json.dumps(said).encode()
    signed = signed_headers(
        secret=secret, method="POST", path=path, body=body, now_ts=clock.now().timestamp()
    )
    for _ in range(2):
        answer = client.post(path, body, content_type="application/json", headers=signed)
        assert (answer.status_code, states()) == (status, [state])


def test_whose_lease_ran_out_settles_nothing(twin):
    file(one(1), one(2))
    late = message_batches._take(clock.now())
    refused = dict.fromkeys((row.key for row in late.rows), answers.told(Report(meaning=Meaning.REFUSED)))
    Intent.objects.update(token=uuid4())  # another worker has them by now
    message_batches._settle(late, refused, clock.now())
    assert states() == ["sending"] * 2
    for seconds in (16, 17, 26):  # unknown, asked about, sent again
        run(seconds=seconds)
    message_batches._settle(late, refused, clock.now())
    assert (states(), once_each(twin)) == (["settled"] * 2, True)


# ---- killed


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["_take", "_submit", "_settle"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_worker_killed_anywhere_changes_nothing(twin, where, after):
    file(*[one(n) for n in range(5)])
    killed(message_batches, where, after=after, work=lambda: message_batches.run_due(now=clock.now()))
    for seconds in (0, 16, 17, 23, 30):
        run(seconds=seconds)
    assert (states(), once_each(twin), bodies_per_key(twin)) == (["settled"] * 5, True, {1})


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once(twin):
    def work(_):
        try:
            return run()
        finally:
            connections.close_all()

    file(*[one(n) for n in range(400)])
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 400
    assert (set(states()), once_each(twin)) == ({"settled"}, True)


@pytest.mark.parametrize("seed", ["one", "two"])
def test_half_of_all_requests_go_wrong_and_each_message_still_goes_out_once(settings, make_sandbox, seed):
    kinds = ("500", "500_after", "reset", "reset_before", "truncated", "rejected", "unknown_state")
    one_twin = make_sandbox(faults=Faults(share=0.5, kinds=kinds, seed=seed), pace=0.001)
    connect(settings, one_twin)
    for start in range(0, 120, 20):  # small batches, so that there are enough to spoil
        file(*[one(n) for n in range(start, start + 20)])
        run()
    for seconds in range(8, 400, 8):
        run(seconds=seconds)
        if not Intent.objects.filter(finished_at=None).exists():
            break
    ends = set(states())
    assert ({"settled"} <= ends <= {"settled", "failed"}, once_each(one_twin), bodies_per_key(one_twin) <= {1}) == (
        True, True, True,
    )  # fmt: skip
    there = {
        str(row.key): one_twin.store.job(channel="messages", key=str(row.key)).state
        for row in Intent.objects.all()
    }
    said = {"settled": "sent", "failed": "failed"}
    assert all(said[row.state] == there[str(row.key)] for row in Intent.objects.all())
    assert len([row for row in one_twin.store.log() if row.fault]) >= 3
