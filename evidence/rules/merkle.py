"""RFC 6962: the hash of a growing list, and short proofs that an entry is in it and that it only grew.

A tree is read through a `Node`: (level, index) → the hash of the 2**level leaves from index * 2**level on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]
EMPTY = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over 2**n hashes of one level."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


class Peaks:
    """The complete subtrees of a list that grows at its end, largest first: all that appending needs."""

    def __init__(self, *, size: int = 0, node: Node | None = None) -> None:
        self.size = size
        self.rows: list[tuple[int, bytes]] = []
        start = 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                assert node is not None
                self.rows.append((level, node(level, start >> level)))
                start += 1 << level

    def append(self, leaf: bytes) -> Iterable[tuple[int, int, bytes]]:
        """Add a leaf's hash; each subtree that became complete by it: (level, index, hash)."""
        self.size += 1
        self.rows.append((0, leaf))
        while len(self.rows) > 1 and self.rows[-1][0] == self.rows[-2][0]:
            level, right = self.rows.pop()
            left = self.rows.pop()[1]
            self.rows.append((level + 1, node_hash(left, right)))
            yield level + 1, (self.size >> (level + 1)) - 1, self.rows[-1][1]

    def root(self) -> bytes:
        if not self.rows:
            return EMPTY
        found = self.rows[-1][1]
        for _, left in reversed(self.rows[:-1]):
            found = node_hash(left, found)
        return found


def _split(size: int) -> int:
    """The largest power of two below size."""
    return 1 << (size - 1).bit_length() - 1


def _span(node: Node, low: int, high: int) -> bytes:
    size = high - low
    if size & (size - 1) == 0:
        return node(size.bit_length() - 1, low // size)
    middle = low + _split(size)
    return node_hash(_span(node, low, middle), _span(node, middle, high))


def root(node: Node, *, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return _span(node, 0, size) if size else EMPTY


def inclusion(node: Node, *, index: int, size: int) -> list[bytes]:
    """The path from leaf `index` to the root of the first `size` leaves, nearest sibling first."""
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_span(node, middle, high))
            high = middle
        else:
            path.append(_span(node, low, middle))
            low = middle
    return path[::-1]


def consistency(node: Node, *, first: int, second: int) -> list[bytes]:
    """Proof that the first `first` leaves are the beginning of the first `second`; 0 < first <= second."""
    path: list[bytes] = []
    low, high, whole = 0, second, True
    while first != high:
        middle = low + _split(high - low)
        if first <= middle:
            path.append(_span(node, middle, high))
            high = middle
        else:
            path.append(_span(node, low, middle))
            low, whole = middle, False
    if not whole:
        path.append(_span(node, low, high))
    return path[::-1]


def is_included(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from the leaf's hash to the root."""
    if not 0 <= index < size:
        return False
    found, last = leaf, size - 1
    for sibling in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = node_hash(sibling, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(
    *, first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the path shows that the tree of `second` leaves begins with the tree of `first`."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    steps = list(path)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    if not steps:
        return False
    index, last = first - 1, second - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    old = new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and (old, new) == (first_root, second_root)
