"""Somebody with the database's own rights rewrites the record: it is found, and where."""

import json
import random

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from common import clock, guards
from common.clock import rfc3339
from evidence.models import Entry, Head, Leaf, Tile
from evidence.rules import merkle
from evidence.rules.entries import digest_of, head_text
from evidence.services import comparing, keeping, log, signing, verifying
from tests.evidence.conftest import LATER, seal, write

pytestmark = pytest.mark.django_db


def findings():
    return [str(each) for each in verifying.check_log()]


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
    assert findings() == ["300 条的头：存证里没有这么多条"]


def test_one_taken_out_of_the_middle(sealed):
    Leaf.objects.filter(seq=42).delete()
    assert findings()[0] == "第 42 条：缺了：后面是第 43 条"


def test_kind_order_and_instant_belong_to_what_is_sealed(sealed):
    edit(Entry, at(1).entry_id, order_no="B-1")
    edit(Entry, at(2).entry_id, kind="other")
    edit(Entry, at(3).entry_id, recorded_at=clock.now() + LATER)
    edit(Entry, at(4).entry_id, internal=True)
    assert findings() == [
        "第 1 条（note B-1）：种类或订单号和内容对不上",
        "第 2 条（other A-1）：种类或订单号和内容对不上",
        "第 3 条（note A-1）：时刻和内容对不上",
        "第 4 条（note A-1）：是否仅内部可见和内容对不上",
    ]


def test_an_entry_kept_from_being_sealed(sealed):
    write()
    Entry.objects.update(waiting=False)
    assert findings() == []
    newest = Entry.objects.last()
    with time_machine.travel(clock.now() + LATER):
        assert (findings(), verifying.waiting()) == ([], 1)  # nobody seals anything: no worker runs
        write()
        seal()
    assert findings() == [f"存证 #{newest.pk}（note A-1）：过了 60 秒还没有封存"]


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


class Table:
    """Rows of a table that the log records."""

    def __init__(self, *rows):
        self.kept = list(rows)

    def rows(self, *, after, only=None):
        return iter([row for row in self.kept if row[0] > after and only in (None, row[0])])

    def findings(self, after=0):
        return [str(each) for each in comparing.compare(kind="row", rows=self.rows, after=after)]


def row(number, amount=None):
    return number, "A-1", {"id": number, "sum": amount or number * 10}


def recorded(*rows):
    for number, order_no, data in rows:
        log.record(kind="row", order_no=order_no, data=data, row_id=number, now=clock.now())


@pytest.mark.parametrize("erased", [False, True])
def test_tables_are_held_against_what_the_log_says_also_after_its_words_were_erased(erased):
    recorded(row(1), row(2, 5), row(3), row(2))
    if erased:
        log.erase(order_no="A-1", now=clock.now())
    assert Table(row(1), row(2), row(3)).findings() == []
    assert Table(row(1), row(2, 21), row(3)).findings() == ["row #2（A-1）：和存证说的不同：被改过"]
    assert Table(row(1), row(3)).findings() == ["row #2：存证里有，表里没有：被删了"]
    assert Table(row(1), row(2), row(3), row(4)).findings() == ["row #4（A-1）：存证里没有：绕过程序写进来的"]
    assert Table(row(3)).findings(after=2) == []


def test_words_erased_behind_the_program_s_back_are_found():
    recorded(row(1))
    seal()
    changed = Entry.objects.filter(kind="row").update(body="", salt="", erased_at=clock.now())
    assert (changed, findings()) == (1, ["第 0 条（row A-1）：内容被抹去，却没有抹去的记录"])
    assert Table(row(1)).findings() == ["row #1（A-1）：存证里没有：绕过程序写进来的"]


def test_a_log_that_grows_while_it_is_checked_has_no_finding():
    write(300)
    seal()

    def grow(leaves):
        for leaf in leaves:
            if leaf.seq in (0, 150, 299):
                write(300)
                seal()
            yield leaf

    assert list(verifying.check_log(watch=grow)) == []
    assert Head.objects.count() == 4


def test_rows_that_come_and_move_on_while_the_tables_are_checked_are_no_findings():
    recorded(row(1), row(2))
    table = Table(row(1), row(2))
    kept = table.rows

    def busy(*, after, only=None):
        for each in kept(after=after, only=only):
            yield each
            if each[0] == 1 and only is None:
                recorded(row(2, 99), row(3))
                table.kept[1:] = [row(2, 99), row(3)]
        if only is None:
            yield row(3)

    assert list(comparing.compare(kind="row", rows=busy, after=0)) == []


def test_a_head_signed_with_another_key_is_not_ours(sealed):
    other = Ed25519PrivateKey.generate()
    head = Head.objects.get(size=200)
    text = head_text(size=200, root=head.root, sealed_at=rfc3339(head.sealed_at))
    edit(Head, 200, key=other.public_key().public_bytes_raw().hex(), signature=other.sign(text).hex())
    what = "200 条的头：公钥不是我们的；换过 SECRET_KEY 的，把旧公钥写进 evidence-keys.txt"
    assert findings() == [what]
    with open(keeping.keys_path(), "a") as file:
        file.write(other.public_key().public_bytes_raw().hex() + "\n")
    assert findings() == []


def test_a_head_put_aside_is_told_until_a_person_has_moved_it(sealed):
    kept = keeping.read()
    Head.objects.filter(size=300).delete()
    Leaf.objects.filter(seq__gte=200).delete()
    keeping.put_aside(kept=kept)
    assert [each for each in findings() if each.startswith(kept.aside.name)] == [
        f"{kept.aside.name}：那时的存证和现在的不同：数据库退回过，或被改写过。核对清楚以后把这个文件移走"
    ]
    kept.aside.unlink()
    assert findings() == []


@pytest.mark.parametrize("text", ["", "nothex", "é" * 64, "0"])
def test_hashes_that_are_none_are_found_and_end_nothing(sealed, text):
    edit(Leaf, 3, hash=text)
    edit(Entry, at(5).entry_id, digest=text)
    found = findings()
    assert [each.split("：")[0] for each in found[:3]] == [
        "第 3 条（note A-1）",
        "第 5 条（note A-1）",
        "第 5 条（note A-1）",
    ]


def test_leaves_without_a_head(sealed):
    Head.objects.filter(size=300).delete()
    assert findings()[0] == "第 200 条起：有叶却没有头"
