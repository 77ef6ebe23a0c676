"""The whole log against itself: what was rewritten, removed or slipped in is found, and where."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common.clock import rfc3339
from evidence.models import Entry, Head, Leaf, Tile
from evidence.queries import BAND, newest_head
from evidence.rules import merkle
from evidence.rules.entries import digest_of, head_text
from evidence.services import keeping, signing
from evidence.services.log import ERASED

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


def check_log(*, watch: Any = iter) -> Iterator[Finding]:
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
    erased = _erased()
    for leaf in watch(_leaves(size)):
        yield from _check_place(leaf, peaks.size)
        yield from _check_entry(leaf, erased)
        for level, index, node in peaks.append(raw(leaf.hash)):
            if level % BAND == 0 and tiles.pop((level, index), None) != node.hex():
                first = index << level
                yield Finding(f"第 {first}～{first + (1 << level) - 1} 条", "这一段的节点和叶对不上")
        if head := heads.pop(peaks.size, None):
            yield from _check_head(head, peaks.root().hex())
    yield from (Finding(f"{size} 条的头", "存证里没有这么多条") for size in heads)
    yield from (Finding(f"节点 {level}/{index}", "存证里没有这一段") for level, index in tiles)
    yield from _check_unsealed()
    yield from check_kept()
    yield from _check_asides()


def _leaves(size: int) -> Iterable[Leaf]:
    some = Leaf.objects.filter(seq__lt=size).select_related("entry")
    return some.order_by("seq").iterator(chunk_size=CHUNK)


def _check_place(leaf: Leaf, expected: int) -> Iterator[Finding]:
    if leaf.seq != expected:
        yield Finding(f"第 {expected} 条", f"缺了：后面是第 {leaf.seq} 条")


def raw(text: str) -> bytes:
    """The bytes of a hash; of what is none, other bytes: it is checked, found wrong, and the walk goes on."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return text.encode()


def _erased() -> set[str]:
    """The digests of all entries that were erased in the open."""
    bodies = Entry.objects.filter(kind=ERASED).values_list("body", flat=True)
    return {digest for body in bodies if body for digest in json.loads(body)["data"]["digests"]}


def _check_entry(leaf: Leaf, erased: Collection[str] = ()) -> Iterator[Finding]:
    entry, where = leaf.entry, f"第 {leaf.seq} 条（{leaf.entry.kind} {leaf.entry.order_no}）"
    if leaf.hash != merkle.leaf_hash(raw(entry.digest)).hex():
        yield Finding(where, "摘要和封存的叶对不上：摘要或叶被改过")
    if not entry.body and entry.erased_at:
        if entry.digest not in erased:
            yield Finding(where, "内容被抹去，却没有抹去的记录")
        return
    if digest_of(salt=entry.salt, body=entry.body) != entry.digest:
        yield Finding(where, "内容和摘要对不上：内容被改过")
        return
    said = json.loads(entry.body)
    if (said["kind"], said["order_no"]) != (entry.kind, entry.order_no):
        yield Finding(where, "种类或订单号和内容对不上")
    if said.get("internal", False) != entry.internal:
        yield Finding(where, "是否仅内部可见和内容对不上")
    if datetime.fromisoformat(said["at"]) != entry.recorded_at:
        yield Finding(where, "时刻和内容对不上")


def _check_head(head: Head, root: str) -> Iterator[Finding]:
    where = f"{head.size} 条的头"
    if head.root != root:
        yield Finding(where, "根和前面的叶对不上：到这里为止有叶被改过")
    if head.key not in keeping.known_keys():
        yield Finding(where, f"公钥不是我们的；换过 SECRET_KEY 的，把旧公钥写进 {keeping.keys_path().name}")
    text = head_text(size=head.size, root=head.root, sealed_at=str(rfc3339(head.sealed_at)))
    if not signing.is_signed(key=head.key, signature=head.signature, text=text):
        yield Finding(where, "签名不对")


def _check_unsealed() -> Iterator[Finding]:
    """Passed over by a seal a minute younger. Where nothing is sealed at all, nobody works: `waiting` says so."""
    newest = newest_head()
    if newest is None:
        return
    open_ones = Entry.objects.filter(leaf=None, recorded_at__lt=newest.sealed_at - SEALED_WITHIN).order_by(
        "id"
    )
    for entry in open_ones[:CHUNK]:
        yield Finding(f"存证 #{entry.pk}（{entry.kind} {entry.order_no}）", "过了 60 秒还没有封存")


def waiting() -> int:
    """How many entries are not sealed yet."""
    return Entry.objects.filter(leaf=None).count()


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


def _check_asides() -> Iterator[Finding]:
    """Heads that the database once contradicted and still does: a person has to say that this was right."""
    for name, size, root in keeping.asides():
        if not Head.objects.filter(size=size, root=root).exists():
            what = "那时的存证和现在的不同：数据库退回过，或被改写过。核对清楚以后把这个文件移走"
            yield Finding(name, what)
