"""Entries get their places once, heads are published, and any number of sequencers makes one log."""

import json
import threading
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, connections, transaction

from common import clock
from evidence import queries
from evidence.models import Entry, Head, Leaf, Tile
from evidence.rules import merkle
from evidence.services import log, sealing, signing, verifying
from tests.evidence.conftest import seal, write

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def findings():
    return [str(each) for each in verifying.check_log()]


@pytest.mark.django_db
def test_nothing_to_seal_is_no_head():
    assert sealing.seal_due(now=NOW) == 0
    assert queries.head_data(queries.newest_head())["size"] == Head.objects.count() == 0


@pytest.mark.django_db
def test_what_waits_is_sealed_in_order_and_the_head_is_signed_and_kept():
    write(3)
    assert sealing.seal_due(now=NOW) == 3
    write(2)
    assert sealing.seal_due(now=NOW) == 2
    leaves = list(Leaf.objects.order_by("seq").values_list("seq", "entry_id", "hash", "entry__digest"))
    assert [seq for seq, *_ in leaves] == list(range(5))
    assert [entry for _, entry, *_ in leaves] == sorted(Entry.objects.values_list("pk", flat=True))
    hashes = [merkle.leaf_hash(bytes.fromhex(digest)) for *_, digest in leaves]
    assert [text for _, _, text, _ in leaves] == [each.hex() for each in hashes]
    head = queries.newest_head()
    peaks = merkle.Peaks()
    for each in hashes:
        list(peaks.append(each))
    assert (head.size, head.root, head.sealed_at) == (5, peaks.root().hex(), NOW)
    text = b"aftersales evidence head\n5\n%s\n2026-11-22T04:00:00Z\n" % head.root.encode()
    assert signing.is_signed(key=head.key, signature=head.signature, text=text)
    assert not signing.is_signed(key=head.key, signature=head.signature, text=text + b" ")
    assert json.loads((settings.DATA_DIR / "evidence-head.json").read_text()) == queries.head_data(head)
    assert list(Head.objects.values_list("size", flat=True)) == [5, 3]
    assert (Entry.objects.filter(waiting=True).count(), findings()) == (0, [])


@pytest.mark.django_db
def test_an_entry_is_written_with_its_fact_or_not_at_all():
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert Entry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded():
    with pytest.raises(AssertionError):
        log.record(kind="note", order_no="", data={}, now=NOW)


@pytest.mark.django_db
def test_tiles_are_kept_for_whole_blocks_and_proofs_hold_over_them():
    write(600)
    seal()
    assert list(Tile.objects.order_by("index").values_list("level", "index")) == [(8, 0), (8, 1)]
    assert findings() == []
    for seq in (0, 255, 256, 511, 512, 599):
        told = queries.proof(seq=seq, size=None)
        path = [bytes.fromhex(step) for step in told["path"]]
        leaf, root = bytes.fromhex(told["leaf_hash"]), bytes.fromhex(queries.newest_head().root)
        assert merkle.is_included(leaf=leaf, index=seq, size=600, path=path, root=root)


@pytest.mark.django_db
def test_a_proof_reads_as_little_of_a_long_log_as_of_a_short_one(django_assert_num_queries):
    write(300)
    seal()
    with django_assert_num_queries(5):
        queries.proof(seq=10, size=None)
    write(900)
    seal()
    with django_assert_num_queries(5):
        queries.proof(seq=10, size=None)


@pytest.mark.django_db
def test_as_many_queries_for_thirty_entries_as_for_one(django_assert_num_queries):
    write(1)
    seal()
    for count in (1, 3, 30):
        write(count)
        with django_assert_num_queries(12):
            sealing.seal_due(now=NOW)


@pytest.mark.django_db(transaction=True)
def test_eight_sequencers_and_eight_writers_make_one_log():
    done = threading.Event()
    errors = []

    def sequence():
        try:
            while not done.is_set():
                sealing.seal_due(now=clock.now())
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    def write_some():
        try:
            for _ in range(10):
                with transaction.atomic():
                    write(3)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    sequencers = [threading.Thread(target=sequence) for _ in range(4)]
    writers = [threading.Thread(target=write_some) for _ in range(8)]
    for thread in sequencers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sequencers:
        thread.join()
    seal()
    assert errors == []
    assert list(Leaf.objects.order_by("seq").values_list("seq", flat=True)) == list(range(240))
    assert findings() == []
    sizes = list(Head.objects.order_by("size").values_list("size", flat=True))
    for first, second in pairwise(sizes):
        told = queries.consistency(first=first, second=second)
        assert merkle.is_consistent(
            first=first, second=second, path=[bytes.fromhex(step) for step in told["path"]],
            first_root=bytes.fromhex(Head.objects.get(size=first).root),
            second_root=bytes.fromhex(Head.objects.get(size=second).root),
        )  # fmt: skip


@pytest.mark.django_db
def test_what_an_order_s_entries_say_can_be_erased_and_every_proof_still_holds():
    write(2, order_no="A-1")
    write(1, order_no="A-2")
    seal()
    assert log.erase(order_no="A-1", now=NOW) == 2
    assert log.erase(order_no="A-1", now=NOW) == 0
    seal()
    assert [bool(body) for body in Entry.objects.order_by("id").values_list("body", flat=True)] == [
        False, False, True, True,
    ]  # fmt: skip
    assert not Entry.objects.filter(order_no="A-1", kind="note").exclude(salt="").exists()
    assert findings() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE evidence_entry SET body = 'x'", "UPDATE evidence_entry SET digest = 'x'",
        "UPDATE evidence_entry SET body = ''", "UPDATE evidence_entry SET order_no = 'B-1'",
        "UPDATE evidence_entry SET recorded_at = '2020-01-01T00:00:00Z'", "DELETE FROM evidence_entry",
        "UPDATE evidence_leaf SET hash = 'x'", "DELETE FROM evidence_leaf", "UPDATE evidence_head SET root = 'x'",
        "DELETE FROM evidence_head", "UPDATE evidence_entry SET erased_at = '2020-01-01T00:00:00Z'",
        "UPDATE evidence_entry SET waiting = NOT waiting", "UPDATE evidence_entry SET internal = NOT internal",
    ],
)  # fmt: skip
def test_the_database_refuses_to_rewrite_the_log(sql):
    write()
    seal()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert findings() == []


@pytest.mark.django_db
def test_the_database_refuses_to_undo_an_erasure_and_to_pass_for_sealed():
    write(2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.update(waiting=False)
    seal()
    log.erase(order_no="A-1", now=NOW)
    for change in ({"erased_at": None}, {"body": "x"}, {"salt": "x"}, {"erased_at": clock.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.filter(kind="note").update(**change)


@pytest.mark.django_db
@pytest.mark.parametrize("digest", ["", "nothex", "A" * 64, "a" * 63, "g" * 64])
def test_what_is_no_digest_never_reaches_the_sealer(digest):
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(kind="note", digest=digest, recorded_at=NOW)


@pytest.mark.django_db
def test_a_sealer_that_gets_nowhere_says_so(caplog, monkeypatch):
    write(1)
    monkeypatch.setattr(
        sealing, "_publish", lambda **_: Leaf.objects.create(seq=0, entry_id=1, hash="0" * 64)
    )
    assert sealing.seal_due(now=NOW) == 0
    assert "封存没有做成" in caplog.text
