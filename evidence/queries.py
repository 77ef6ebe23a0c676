"""Reads of the log: heads, proofs, and what it says of an order."""

from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q

from common.clock import rfc3339
from common.phrases import phrase
from common.refusals import Absent, Invalid
from evidence.models import Entry, Head, Leaf, Tile
from evidence.rules import merkle

BAND = 8  # a tile for every 8th level


class Tree:
    """The stored hashes as a `Node`; whole blocks of 256 are read at once and kept."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[int, int], dict[int, bytes]] = {}

    def node(self, level: int, index: int) -> bytes:
        band = level - level % BAND
        count = 1 << level % BAND
        return merkle.fold([self._stored(band, at) for at in range(index * count, (index + 1) * count)])

    def _stored(self, level: int, index: int) -> bytes:
        block = level, index >> BAND
        if block not in self._blocks:
            first = block[1] << BAND
            within = (first, first + (1 << BAND) - 1)
            tiles = Tile.objects.filter(level=level, index__range=within).values_list("index", "hash")
            leaves = Leaf.objects.filter(seq__range=within).values_list("seq", "hash")
            rows = dict(tiles if level else leaves)
            self._blocks[block] = {at: bytes.fromhex(text) for at, text in rows.items()}
        return self._blocks[block][index]


def newest_head() -> Head | None:
    return Head.objects.order_by("-size").first()


def head_data(head: Head | None) -> dict[str, Any]:
    """{size, root, sealed_at, public_key, signature}; of an empty log the root of nothing, unsigned."""
    if head is None:
        empty = merkle.EMPTY.hex()
        return {"size": 0, "root": empty, "sealed_at": None, "public_key": None, "signature": None}
    return {
        "size": head.size, "root": head.root, "sealed_at": rfc3339(head.sealed_at), "public_key": head.key,
        "signature": head.signature,
    }  # fmt: skip


def proof(*, seq: int, size: int | None) -> dict[str, Any]:
    """That entry `seq` is in the log of `size` entries (the newest head's by default)."""
    size = _within(size, "size")
    if not 0 <= seq < size:
        raise Absent(phrase("这里封存了 {size} 条，序号从 0 数起，没有第 {n} 条。", size=size, n=seq))
    tree = Tree()
    leaf = Leaf.objects.select_related("entry").get(seq=seq)
    return {
        "n": seq, "size": size, "digest": leaf.entry.digest, "leaf_hash": leaf.hash,
        "root": merkle.root(tree.node, size=size).hex(),
        "path": [step.hex() for step in merkle.inclusion(tree.node, index=seq, size=size)],
    }  # fmt: skip


def consistency(*, first: int, second: int | None) -> dict[str, Any]:
    """That the log of `first` entries is the beginning of the log of `second`."""
    second = _within(second, "second")
    if not 0 < first <= second:
        detail = phrase("first 要在 1 到 second（{second}）之间。", second=second)
        raise Invalid(errors=[{"field": "first", "code": "out_of_range", "detail": detail}])
    tree = Tree()
    return {
        "first": first, "second": second,
        "first_root": merkle.root(tree.node, size=first).hex(),
        "second_root": merkle.root(tree.node, size=second).hex(),
        "path": [step.hex() for step in merkle.consistency(tree.node, first=first, second=second)],
    }  # fmt: skip


def _within(size: int | None, field: str) -> int:
    head = newest_head()
    most = head.size if head else 0
    if size is None:
        return most
    if not 0 <= size <= most:
        detail = phrase("现在封存了 {size} 条，{field} 不能超过它。", size=most, field=field)
        raise Invalid(errors=[{"field": field, "code": "out_of_range", "detail": detail}])
    return size


def entries_of(
    *, order_no: str, internal: bool, only: Collection[tuple[str, int]] | None = None
) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
    """(head, sealed entries of the order with their proofs, how many still wait to be sealed).

    `only`: those about these rows, as (kind, row id); None: all of the order.
    """
    mine = Entry.objects.filter(order_no=order_no)
    if not internal:
        mine = mine.filter(internal=False)
    if only is not None:
        mine = mine.filter(reduce(or_, [Q(kind=kind, row_id=row_id) for kind, row_id in only], Q(pk__in=[])))
    head = newest_head()
    size, tree = head.size if head else 0, Tree()
    sealed = mine.filter(leaf__seq__lt=size).select_related("leaf").order_by("leaf__seq")
    rows = [
        {
            "n": entry.leaf.seq, "digest": entry.digest, "salt": entry.salt or None, "body": entry.body or None,
            "path": [step.hex() for step in merkle.inclusion(tree.node, index=entry.leaf.seq, size=size)],
        }
        for entry in sealed
    ]  # fmt: skip
    return head_data(head), rows, mine.count() - len(rows)


def orders_told_of(*, since: int, most: int) -> list[tuple[int, str, datetime]]:
    """(place, order number, when it happened) of the entries from that place of the log on; "" is of no order."""
    leaves = Leaf.objects.filter(seq__gte=since).order_by("seq")
    return list(leaves.values_list("seq", "entry__order_no", "entry__recorded_at")[:most])


def more_than(place: str) -> Any:
    """For a query: whether anything happened that the log has from that column on, or that waits for its place."""
    return Exists(Entry.objects.filter(waiting=True)) | Exists(Leaf.objects.filter(seq__gte=OuterRef(place)))


def size() -> int:
    """How many entries have their place."""
    head = newest_head()
    return head.size if head else 0
