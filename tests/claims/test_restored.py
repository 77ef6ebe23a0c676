"""A database that went back: it is noticed, nothing is sent, what it forgot is told by name, and nothing is done twice.

Going back to a savepoint is a restored backup as far as anything outside can tell: the sandbox and the head in
DATA_DIR remember, the tables don't.
"""

import contextlib
import json
import logging
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from common import clock
from compensation.models import Remedy
from compensation.rules.keys import remedy_key
from compensation.services import forgotten
from evidence.models import Entry, Head
from evidence.services import keeping, log, sealing
from integrations.models import Intent, Standstill
from integrations.services import inbound, standstill, sweep
from integrations.services.reconcile import Unknown
from ledger.models import Break
from shop_aftersales import restored, starting
from tests.claims.conftest import claim, count, told

pytestmark = pytest.mark.django_db
KEY = remedy_key(order_no="A-1", kind="top_up", ordinal=1)


@pytest.fixture
def backup():
    """Call it: everything since then is forgotten by the database, and by nobody else."""
    place = []

    def take():
        place.append(transaction.savepoint())
        return lambda: transaction.savepoint_rollback(place[-1])

    return take


def seal():
    sealing.seal_due(now=clock.now())


def aside():
    return sorted(path.name for path in keeping.kept_path().parent.glob("evidence-head.*.json"))


def created(sandbox):
    return [row.key for row in sandbox.store.log(effect="created")]


def posts(sandbox):
    return [row.key for row in sandbox.store.log() if row.method == "POST"]


def breaks(kind):
    return list(Break.objects.filter(kind=kind).order_by("id").values_list("reference", "detail"))


def sweep_once(ahead=0):
    """What each worker does, in the order of the timetable."""
    at = clock.now() + timedelta(seconds=ahead)
    restored.notice(now=at)
    sweep.run_due(now=at)
    restored.recover(now=at)


@pytest.fixture
def gone_back(fell, work, backup, sandbox):
    """A claim that was settled, on a line that the restored database has, and one that was filed since."""
    fell("A-1", 940)
    fell("A-2", 850)
    seal()
    restore = backup()
    first = claim("A-1")
    work()
    assert told(first)[1] == [("top_up", "settled", 60, 60)]
    seal()
    kept = keeping.read()
    restore()
    assert not Intent.objects.exists()
    return kept


def test_the_whole_story(gone_back, work, sandbox, settings):
    connected, settings.SUPPLIER_URL = settings.SUPPLIER_URL, "http://127.0.0.1:9"
    waiting = claim("A-2")
    for ahead in (0, 20, 60, 120):
        sweep_once(ahead)
    assert (posts(sandbox), standstill.is_open()) == ([str(KEY)], True)
    assert Intent.objects.get().state == "pending"
    assert breaks("unknown_key") == []

    settings.SUPPLIER_URL = connected
    sweep_once(300)
    assert not standstill.is_open()
    ((reference, detail),) = breaks("unknown_key")
    assert reference == f"supplier:{KEY}"
    assert detail.startswith("我们没有这一笔，对方说 done，单号 SUP-")
    assert detail.endswith(
        "。数据库退回时忘了这一笔：订单 A-1 的第 1 次补量，对方已经受理。"
        "请联系买家重新申请：键还是这一个，对方不会再做一次，做完即入账。"
        "在那以前，或这条结案以前，这一单别的补偿照算不发、等人核对，忘掉的退款仍占着额度。"
    )
    again = claim("A-1")
    work()
    assert told(again)[1] == [("top_up", "settled", 60, 60)]
    assert told(waiting)[1] == [("top_up", "settled", 180, 180)]
    assert Remedy.objects.get(order__order_no="A-1").key == KEY
    assert sorted(created(sandbox)) == sorted(
        {str(key) for key in Intent.objects.values_list("key", flat=True)}
    )
    assert posts(sandbox).count(str(KEY)) == 2


def test_it_is_announced_once_and_the_proof_is_put_aside(gone_back, caplog):
    at = clock.now()
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            restored.notice(now=at)
    assert aside() == [f"evidence-head.{gone_back.size}.{gone_back.root[:12]}.json"]
    assert keeping.read() is None
    (said,) = [json.loads(entry.body)["data"] for entry in Entry.objects.filter(kind="restored")]
    assert (said["kept_size"], said["kept_root"]) == (gone_back.size, gone_back.root)
    ((reference, detail),) = breaks("restored")
    assert reference == f"restored:{aside()[0]}"
    assert detail.startswith("数据库退回到 ")
    assert f"（原先有 {gone_back.size} 条，证据 {aside()[0]} 留在 DATA_DIR）" in detail
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    row = Standstill.objects.get()
    head = Head.objects.get()
    assert (row.since, row.ended_at) == (head.sealed_at - timedelta(minutes=10), None)
    seal()
    assert keeping.read().size == head.size + 1


def test_sealing_never_replaces_the_proof(gone_back):
    """A worker that seals before anybody has looked: up to as many entries as there were, and then more."""
    before = Head.objects.get()
    for more in (1, gone_back.size - before.size - 1, 5):
        with transaction.atomic():
            for _ in range(more):
                log.record(kind="note", order_no="", data={}, now=clock.now())
        seal()
        assert keeping.read() == gone_back
    assert Head.objects.filter(size=gone_back.size).exists()
    restored.notice(now=clock.now())
    # What was sealed since the restore says nothing about when it went back to.
    assert Standstill.objects.get().since == before.sealed_at - timedelta(minutes=10)


def test_a_database_that_remembers_nothing_asks_for_everything(fell, backup):
    restore = backup()
    fell("A-1", 940)
    seal()
    restore()
    restored.notice(now=clock.now())
    assert Standstill.objects.get().since == standstill.EARLIEST


def test_a_damaged_file_is_put_aside_too(shop):
    keeping.kept_path().write_text("")
    restored.notice(now=clock.now())
    ((_, detail),) = breaks("restored")
    assert "读不出来" in detail
    assert (len(aside()), standstill.is_open()) == (1, True)


def test_an_ordinary_day(fell, django_assert_num_queries):
    fell("A-1", 940)
    seal()
    with django_assert_num_queries(1):
        restored.notice(now=clock.now())
    with django_assert_num_queries(1):
        restored.recover(now=clock.now())
    assert (standstill.is_open(), aside(), Break.objects.count()) == (False, [], 0)


def test_a_start_notices_before_anything_runs(gone_back):
    starting.fill_database()
    assert standstill.is_open()


def test_what_was_still_remembered_as_unsent_is_settled_by_the_list(fell, work, backup, sandbox):
    fell("A-1", 940)
    ticket = claim("A-1")
    seal()
    restore = backup()
    work()
    seal()
    restore()
    assert Intent.objects.get().state == "pending"
    sweep_once()
    assert told(ticket)[1] == [("top_up", "settled", 60, 60)]
    assert (posts(sandbox), breaks("unknown_key"), standstill.is_open()) == ([str(KEY)], [], False)


def test_another_claim_under_the_same_key_is_held_and_not_done(gone_back, work, sandbox):
    sweep_once()
    count("A-1", 900)
    again = claim("A-1")
    sweep.run_due(now=clock.now() + timedelta(seconds=9))
    intent = Intent.objects.get()
    assert (intent.key, intent.state, intent.held_reason) == (KEY, "held", "conflict")
    assert (created(sandbox), told(again)[1]) == ([str(KEY)], [("top_up", "held", 100, 0)])


def test_a_call_back_that_came_first_is_explained_as_well(gone_back):
    event = {"event_id": "e-1", "key": str(KEY), "state": "completed", "reference": "S-1"}
    inbound.take_callback(channel="supplier", body=json.dumps(event).encode(), now=clock.now())
    sweep_once()
    ((_, detail),) = breaks("unknown_key")
    assert detail.startswith("对方回调说 done，单号 S-1。数据库退回时忘了这一笔：订单 A-1")


def test_names_are_found_for_all_kinds_and_not_for_strangers(fell, work):
    fell("A-1", 940)
    fell("A-2", 940)
    claim("A-1")
    work()
    wanted = {
        ("A-1", "top_up", 1), ("A-1", "top_up", 6), ("A-1", "refund", 5), ("A-2", "gift", 1),
        ("A-2", "interaction_pack", 2),
    }  # fmt: skip
    keys = [str(remedy_key(order_no=no, kind=kind, ordinal=n)) for no, kind, n in sorted(wanted)]
    strangers = ["not-a-key", str(remedy_key(order_no="A-1", kind="top_up", ordinal=7)), ""]
    unknown = [Unknown("supplier", key, "它") for key in keys + strangers]
    found = forgotten.named(unknown=unknown)
    assert {(one.order_no, one.kind, one.ordinal) for one in found.values()} == wanted
    assert sorted(found) == sorted(keys)
    for _ in range(2):
        forgotten.tell(unknown=unknown, names=found, now=clock.now())
    said = dict(breaks("unknown_key"))
    assert len(said) == 8
    assert said["supplier:not-a-key"] == (
        "它。数据库退回过，现有的订单都算不出这个键：订单补进来之后再核对，或请对方说明。"
    )


def test_the_commands_say_so(gone_back):
    restored.notice(now=clock.now())
    said = []
    for _ in range(2):
        for command in ("verify_evidence", "reconcile"):
            out = StringIO()
            with contextlib.suppress(CommandError):  # the proof that was put aside is a finding
                call_command(command, stdout=out, stderr=StringIO())
            said.append("数据库退回过" in out.getvalue() and "只对账，什么也不往外发" in out.getvalue())
        restored.recover(now=clock.now())
    assert said == [True, True, False, False]


def test_a_person_ends_it_where_a_list_is_not_to_be_had(gone_back, settings):
    settings.SUPPLIER_URL = "http://127.0.0.1:9"
    sweep_once()
    for options in ([], ["--resume"]):
        assert standstill.is_open()
        with pytest.raises(CommandError, match="没有拿到清单：supplier"):
            call_command("reconcile", *options, stdout=StringIO())
    assert not standstill.is_open()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_notice_at_once_one_announces_it():
    keeping.kept_path().write_text(
        json.dumps({"size": 9, "root": "a" * 64, "sealed_at": "2026-01-01T00:00:00Z"})
    )
    start, errors = threading.Barrier(6), []

    def look():
        try:
            start.wait(10)
            restored.notice(now=clock.now())
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert (aside(), len(breaks("restored"))) == (["evidence-head.9.aaaaaaaaaaaa.json"], 1)
    assert (Entry.objects.filter(kind="restored").count(), Standstill.objects.count()) == (1, 1)
