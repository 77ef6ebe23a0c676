"""The whole log against itself: what was rewritten, removed or slipped in is found, and where."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from common.clock import rfc3339
from evidence.models import Entry, Head, Leaf, Tile
from evidence.queries import BAND, newest_head
from evidence.rules import merkle
from evidence.rules.entries import data_text, digest_of, head_text
from evidence.services import keeping, signing
from evidence.services.log import OPENED

SEALED_WITHIN = timedelta(seconds=60)
CHUNK = 2000


@dataclass(frozen=True)
class Finding:
    """Something that does not hold, and where it is."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}：{self.what}"


def count() -> int:
    """How many leaves there are to check."""
    return Leaf.objects.count()


def check_log(*, now: datetime, watch: Any = iter) -> Iterator[Finding]:
    """Everything that does not hold; `watch` wraps the walk over all leaves, to show how far it is."""
    last = Leaf.objects.order_by("seq").values_list("seq", flat=True).last()
    newest = newest_head()  # asked for after the leaves, since the log may grow meanwhile
    size = newest.size if newest else 0
    if last is not None and last >= size:
        yield Finding(f"第 {size} 条起", "有叶却没有头")
    peaks = merkle.Peaks()
    heads = {head.size: head for head in Head.objects.filter(size__lte=size)}
    tiles = {
        (tile.level, tile.index): tile.hash
        for tile in Tile.objects.iterator()
        if (tile.index + 1) << tile.level <= size
    }
    for leaf in watch(_leaves(size)):
        yield from _check_place(leaf, peaks.size)
        yield from _check_entry(leaf)
        for level, index, node in peaks.append(bytes.fromhex(leaf.hash)):
            if level % BAND == 0 and tiles.pop((level, index), None) != node.hex():
                first = index << level
                yield Finding(f"第 {first}～{first + (1 << level) - 1} 条", "这一段的节点和叶对不上")
        if head := heads.pop(peaks.size, None):
            yield from _check_head(head, peaks.root().hex())
    yield from (Finding(f"{size} 条的头", "存证里没有这么多条") for size in heads)
    yield from (Finding(f"节点 {level}/{index}", "存证里没有这一段") for level, index in tiles)
    yield from _check_unsealed(now)
    yield from check_kept()


def _leaves(size: int) -> Iterable[Leaf]:
    some = Leaf.objects.filter(seq__lt=size).select_related("entry")
    return some.order_by("seq").iterator(chunk_size=CHUNK)


def _check_place(leaf: Leaf, expected: int) -> Iterator[Finding]:
    if leaf.seq != expected:
        yield Finding(f"第 {expected} 条", f"缺了：后面是第 {leaf.seq} 条")


def _check_entry(leaf: Leaf) -> Iterator[Finding]:
    entry, where = leaf.entry, f"第 {leaf.seq} 条（{leaf.entry.kind} {leaf.entry.order_no}）"
    if leaf.hash != merkle.leaf_hash(bytes.fromhex(entry.digest)).hex():
        yield Finding(where, "摘要和封存的叶对不上：摘要或叶被改过")
    if not entry.body and entry.erased_at:
        return
    if digest_of(salt=entry.salt, body=entry.body) != entry.digest:
        yield Finding(where, "内容和摘要对不上：内容被改过")
        return
    said = json.loads(entry.body)
    if (said["kind"], said["order_no"]) != (entry.kind, entry.order_no):
        yield Finding(where, "种类或订单号和内容对不上")
    if datetime.fromisoformat(said["at"]) != entry.recorded_at:
        yield Finding(where, "时刻和内容对不上")


def _check_head(head: Head, root: str) -> Iterator[Finding]:
    where = f"{head.size} 条的头"
    if head.root != root:
        yield Finding(where, "根和前面的叶对不上：到这里为止有叶被改过")
    text = head_text(size=head.size, root=head.root, sealed_at=str(rfc3339(head.sealed_at)))
    if not signing.is_signed(key=head.key, signature=head.signature, text=text):
        yield Finding(where, "签名不对")


def _check_unsealed(now: datetime) -> Iterator[Finding]:
    open_ones = Entry.objects.filter(leaf=None, recorded_at__lt=now - SEALED_WITHIN).order_by("id")
    for entry in open_ones[:CHUNK]:
        yield Finding(f"存证 #{entry.pk}（{entry.kind} {entry.order_no}）", "过了 60 秒还没有封存")


def check_kept() -> Iterator[Finding]:
    """Against the head kept outside the database."""
    where = f"{keeping.kept_path().name} 里的头"
    try:
        kept = keeping.read()
    except keeping.Damaged:
        yield Finding(where, "文件已损坏")
        return
    if kept is None:
        return
    head = Head.objects.filter(size=kept.size).first()
    if head is None:
        yield Finding(where, f"当时有 {kept.size} 条，现在的存证里没有那个头：数据库退回过，或被换过")
    elif head.root != kept.root:
        yield Finding(where, "和数据库里同样条数的头不同：存证被整个改写过")


def compare(
    *, kind: str, rows: Iterable[tuple[int, str, Mapping[str, Any]]], after: int
) -> Iterator[Finding]:
    """Whether the log says the same as the table it records: rows are (id, order number, what it must say).

    Only ids above `after` are looked at: what was there before the log opened, it does not vouch for.
    """
    said, erased = _said(kind, after)
    for row_id, order_no, data in rows:
        recorded = said.pop(row_id, None) or _said_meanwhile(kind, order_no, row_id)
        if recorded is None and order_no not in erased:
            yield Finding(f"{kind} #{row_id}（{order_no}）", "存证里没有：绕过程序写进来的")
        elif recorded is not None and recorded != _mark(data_text(data)):
            yield Finding(f"{kind} #{row_id}（{order_no}）", "和存证说的不同：被改过")
    yield from (Finding(f"{kind} #{row_id}", "存证里有，表里没有：被删了") for row_id in sorted(said))


def _said(kind: str, after: int) -> tuple[dict[int, bytes], set[str]]:
    """({id: mark of what the log says}, orders whose entries were erased)."""
    entries = Entry.objects.filter(kind=kind)
    erased = set(entries.filter(body="").values_list("order_no", flat=True))
    said: dict[int, bytes] = {}
    for body in entries.exclude(body="").values_list("body", flat=True).iterator(chunk_size=CHUNK):
        data = json.loads(body)["data"]
        if data["id"] > after:
            said[data["id"]] = _mark(data_text(data))
    return said, erased


def _said_meanwhile(kind: str, order_no: str, row_id: int) -> bytes | None:
    """A row may have been written, with its entry, since the entries were read."""
    some = Entry.objects.filter(kind=kind, order_no=order_no).exclude(body="").values_list("body", flat=True)
    datas = (json.loads(body)["data"] for body in some)
    return next((_mark(data_text(data)) for data in datas if data["id"] == row_id), None)


def _mark(text: str) -> bytes:
    return sha256(text.encode()).digest()


def opened_after(kind: str) -> int:
    """The last id of that table when the log was opened, 0 where the log is as old as the shop."""
    first = Entry.objects.filter(kind=OPENED).order_by("id").first()
    return int(json.loads(first.body)["data"].get(kind, 0)) if first else 0
