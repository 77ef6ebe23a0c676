"""Somebody with the database's own rights rewrites the record: it is found, and where."""

import json
import random

import pytest
from django.db import connection

from common import clock, guards
from evidence.models import Entry, Head, Leaf, Tile
from evidence.rules import merkle
from evidence.rules.entries import digest_of, head_text
from evidence.services import keeping, log, signing, verifying
from tests.evidence.conftest import LATER, seal, write

pytestmark = pytest.mark.django_db


def findings(later=None):
    return [str(each) for each in verifying.check_log(now=clock.now() + (later or LATER * 0))]


@pytest.fixture
def sealed():
    """Three hundred entries under three heads, and no guard left."""
    for _ in range(3):
        write(100)
        seal()
    guards.remove(connection)


def edit(model, pk, **changes):
    assert model.objects.filter(pk=pk).update(**changes) == 1


def at(seq):
    return Leaf.objects.select_related("entry").get(seq=seq)


def test_an_untouched_log_has_no_finding(sealed):
    assert findings() == []


def test_words_changed(sealed):
    edit(Entry, at(7).entry_id, body=at(7).entry.body.replace('"id":7', '"id":8'))
    assert findings() == ["第 7 条（note A-1）：内容和摘要对不上：内容被改过"]


def test_words_and_digest_changed(sealed):
    entry = at(7).entry
    body = entry.body.replace('"id":7', '"id":8')
    edit(Entry, entry.pk, body=body, digest=digest_of(salt=entry.salt, body=body))
    assert findings() == ["第 7 条（note A-1）：摘要和封存的叶对不上：摘要或叶被改过"]


def test_words_digest_and_leaf_changed(sealed):
    entry = at(7).entry
    body = entry.body.replace('"id":7', '"id":8')
    digest = digest_of(salt=entry.salt, body=body)
    edit(Entry, entry.pk, body=body, digest=digest)
    edit(Leaf, 7, hash=merkle.leaf_hash(bytes.fromhex(digest)).hex())
    what = "的头：根和前面的叶对不上：到这里为止有叶被改过"
    assert findings() == [
        f"100 条{what}", f"200 条{what}", "第 0～255 条：这一段的节点和叶对不上", f"300 条{what}",
    ]  # fmt: skip


def test_everything_in_the_database_rewritten_is_told_by_the_head_outside(sealed):
    Head.objects.all().delete()
    Tile.objects.all().delete()
    Leaf.objects.all().delete()
    Entry.objects.filter(pk=Entry.objects.first().pk).delete()
    Entry.objects.update(waiting=True)
    kept = keeping.kept_path().read_text()
    seal()
    keeping.kept_path().write_text(kept)
    (found,) = findings()
    assert found == (
        "evidence-head.json 里的头：当时有 300 条，现在的存证里没有那个头：数据库退回过，或被换过"
    )


def test_a_head_forged_with_another_root_is_not_ours(sealed):
    root = "0" * 64
    edit(Head, 200, root=root)
    assert findings() == ["200 条的头：根和前面的叶对不上：到这里为止有叶被改过", "200 条的头：签名不对"]
    sealed_at = json.loads(json.dumps(Head.objects.get(size=200).sealed_at.isoformat())).replace(
        "+00:00", "Z"
    )
    edit(Head, 200, signature=signing.sign(head_text(size=200, root=root, sealed_at=sealed_at)))
    assert findings() == ["200 条的头：根和前面的叶对不上：到这里为止有叶被改过"]


def test_the_end_cut_off(sealed):
    Leaf.objects.filter(seq__gte=290).delete()
    found = findings(later=LATER)
    assert found[0] == "300 条的头：存证里没有这么多条"
    assert len([each for each in found if "过了 60 秒还没有封存" in each]) == 10


def test_one_taken_out_of_the_middle(sealed):
    Leaf.objects.filter(seq=42).delete()
    assert findings()[0] == "第 42 条：缺了：后面是第 43 条"


def test_kind_order_and_instant_belong_to_what_is_sealed(sealed):
    edit(Entry, at(1).entry_id, order_no="B-1")
    edit(Entry, at(2).entry_id, kind="other")
    edit(Entry, at(3).entry_id, recorded_at=clock.now() + LATER)
    assert findings() == [
        "第 1 条（note B-1）：种类或订单号和内容对不上",
        "第 2 条（other A-1）：种类或订单号和内容对不上",
        "第 3 条（note A-1）：时刻和内容对不上",
    ]


def test_an_entry_kept_from_being_sealed(sealed):
    write()
    Entry.objects.update(waiting=False)
    assert findings() == []
    newest = Entry.objects.last()
    assert findings(later=LATER) == [f"存证 #{newest.pk}（note A-1）：过了 60 秒还没有封存"]


def test_words_taken_away_without_being_erased(sealed):
    edit(Entry, at(7).entry_id, body="", salt="")
    assert findings() == ["第 7 条（note A-1）：内容和摘要对不上：内容被改过"]


def test_five_hundred_random_edits_are_all_found_at_their_place(sealed):
    luck = random.Random(20261124)
    for _ in range(500):
        seq, field = luck.randrange(300), luck.choice(["body", "salt", "digest", "hash"])
        leaf = at(seq)
        model, row = (Leaf, leaf) if field == "hash" else (Entry, leaf.entry)
        before = getattr(row, field)
        place = luck.randrange(len(before))
        other = luck.choice([c for c in "0123456789abcdef" if c != before[place]])
        edit(model, row.pk, **{field: before[:place] + other + before[place + 1 :]})
        found = [each.where for each in verifying._check_entry(at(seq))]
        assert found == [f"第 {seq} 条（note A-1）"] * len(found) != [], (seq, field, place)
        edit(model, row.pk, **{field: before})
    assert findings() == []


def test_tables_are_held_against_what_the_log_says():
    for number in (1, 2, 3):
        log.record(kind="row", order_no="A-1", data={"id": number, "sum": number * 10}, now=clock.now())

    def compare(*rows, after=0):
        return [str(each) for each in verifying.compare(kind="row", rows=rows, after=after)]

    one, two, three = ((n, "A-1", {"id": n, "sum": n * 10}) for n in (1, 2, 3))
    assert compare(one, two, three) == []
    assert compare(one, (2, "A-1", {"id": 2, "sum": 21}), three) == ["row #2（A-1）：和存证说的不同：被改过"]
    assert compare(one, three) == ["row #2：存证里有，表里没有：被删了"]
    extra = (4, "A-1", {"id": 4, "sum": 0})
    assert compare(one, two, three, extra) == ["row #4（A-1）：存证里没有：绕过程序写进来的"]
    assert compare(three, after=2) == []
    log.erase(order_no="A-1", now=clock.now())
    assert compare(one, two, three) == []


def test_a_log_that_grows_while_it_is_checked_has_no_finding():
    write(300)
    seal()

    def grow(leaves):
        for leaf in leaves:
            if leaf.seq in (0, 150, 299):
                write(300)
                seal()
            yield leaf

    assert list(verifying.check_log(now=clock.now(), watch=grow)) == []
    assert Head.objects.count() == 4


def test_a_row_written_while_the_tables_are_checked_is_no_finding():
    log.record(kind="row", order_no="A-1", data={"id": 1}, now=clock.now())

    def rows():
        yield 1, "A-1", {"id": 1}
        log.record(kind="row", order_no="A-1", data={"id": 2}, now=clock.now())
        yield 2, "A-1", {"id": 2}

    assert list(verifying.compare(kind="row", rows=rows(), after=0)) == []


def test_leaves_without_a_head(sealed):
    Head.objects.filter(size=300).delete()
    assert findings()[0] == "第 200 条起：有叶却没有头"
