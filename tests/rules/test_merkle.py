"""RFC 6962 against its own test vectors, an independent implementation, and everything one bit off."""

from hashlib import sha256

import pytest
from pymerkle import InmemoryTree

from evidence.rules import merkle

SIZES = range(1, 40)
# The inputs of the reference implementation's own test, and its roots.
VECTOR = [b"", b"\x00", b"\x10", b" !", b"01", b"@ABC", b"PQRSTUVW", b"`abcdefghijklmno"]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


class Grown:
    """A list that grew leaf by leaf, with all its complete subtrees."""

    def __init__(self, datas):
        self.nodes, self.roots, peaks = {}, [merkle.EMPTY], merkle.Peaks()
        for index, data in enumerate(datas):
            self.nodes[0, index] = merkle.leaf_hash(data)
            for level, at, node in peaks.append(self.nodes[0, index]):
                self.nodes[level, at] = node
            self.roots.append(peaks.root())

    def node(self, level, index):
        return self.nodes[level, index]


DATAS = [sha256(bytes([i])).digest() for i in range(max(SIZES) + 1)]
GROWN = Grown(DATAS)
ORACLE = InmemoryTree(algorithm="sha256")
for _data in DATAS:
    ORACLE.append_entry(_data)


@pytest.mark.parametrize("size", ROOTS)
def test_the_roots_of_the_reference(size):
    assert Grown(VECTOR[:size]).roots[size].hex() == ROOTS[size]


@pytest.mark.parametrize("size", SIZES)
def test_every_root_is_the_oracle_s_however_it_is_computed(size):
    expected = ORACLE.get_root(size)
    resumed = merkle.Peaks(size=size, node=GROWN.node).root()
    assert [GROWN.roots[size], merkle.root(GROWN.node, size=size), resumed] == [expected] * 3


def oracle_path(proof, own):
    """pymerkle's path holds the start as well; what it starts from we know."""
    path = [bytes.fromhex(step) for step in proof.serialize()["path"]]
    return path[1:] if path and path[0] == own else path


@pytest.mark.parametrize("size", SIZES)
def test_inclusion(size):
    for index in range(size):
        leaf, path = GROWN.nodes[0, index], merkle.inclusion(GROWN.node, index=index, size=size)
        assert path == oracle_path(ORACLE.prove_inclusion(index + 1, size), leaf)
        told = {"leaf": leaf, "index": index, "size": size, "path": path, "root": GROWN.roots[size]}
        assert merkle.is_included(**told)
        wrong = [
            {"leaf": DATAS[index]}, {"index": index + 1}, {"index": index - 1}, {"root": GROWN.roots[size - 1]},
            {"path": [*path, leaf]}, {"index": size}, {"index": -1},
            *({"path": [*path[:at], leaf, *path[at + 1:]]} for at in range(len(path))),
            *({"path": path[:at] + path[at + 1:]} for at in range(len(path))),
        ]  # fmt: skip
        assert [merkle.is_included(**told | each) for each in wrong] == [False] * len(wrong)


@pytest.mark.parametrize("second", SIZES)
def test_consistency(second):
    for first in range(1, second + 1):
        path = merkle.consistency(GROWN.node, first=first, second=second)
        told = {
            "first": first, "second": second, "first_root": GROWN.roots[first],
            "second_root": GROWN.roots[second], "path": path,
        }  # fmt: skip
        assert merkle.is_consistent(**told)
        other = merkle.leaf_hash(b"slipped in")
        wrong = [
            {"first_root": other}, {"second_root": other}, {"path": [*path, other]}, {"first": 0},
            {"first": second + 1}, *({"path": path[:at] + path[at + 1:]} for at in range(len(path))),
            *({"path": [*path[:at], other, *path[at + 1:]]} for at in range(len(path))),
        ]  # fmt: skip
        assert [merkle.is_consistent(**told | each) for each in wrong] == [False] * len(wrong)


def test_a_consistency_proof_is_no_longer_than_the_tree_is_deep():
    lengths = [len(merkle.consistency(GROWN.node, first=f, second=39)) for f in range(1, 39)]
    assert max(lengths) == 7
