"""Heads and proofs for everybody; malformed sizes are named."""

import pytest
from rest_framework.test import APIClient

from evidence.models import Head, Leaf
from evidence.rules import merkle
from tests.evidence.conftest import seal, write

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/evidence"


@pytest.fixture
def anyone():
    return APIClient()


@pytest.fixture
def grown():
    for count in (3, 4):
        write(count)
        seal()


def raw(steps):
    return [bytes.fromhex(step) for step in steps]


def test_an_empty_log(anyone):
    expected = {
        "size": 0,
        "root": merkle.EMPTY.hex(),
        "sealed_at": None,
        "public_key": None,
        "signature": None,
    }
    assert anyone.get(f"{ROOT}/head/").json() == expected
    assert anyone.get(f"{ROOT}/entries/0/proof/").status_code == 404
    assert anyone.get(f"{ROOT}/consistency/?first=1").status_code == 422


def test_head_inclusion_and_consistency(anyone, grown):
    head = anyone.get(f"{ROOT}/head/").json()
    assert (head["size"], head["root"]) == (7, Head.objects.get(size=7).root)
    proof = anyone.get(f"{ROOT}/entries/2/proof/").json()
    leaf = Leaf.objects.select_related("entry").get(seq=2)
    assert (proof["n"], proof["size"], proof["root"], proof["digest"], proof["leaf_hash"]) == (
        2, 7, head["root"], leaf.entry.digest, leaf.hash,
    )  # fmt: skip
    told = {"leaf": bytes.fromhex(leaf.hash), "index": 2, "path": raw(proof["path"])}
    assert merkle.is_included(**told, size=7, root=bytes.fromhex(head["root"]))
    assert set(proof) == {"n", "size", "digest", "leaf_hash", "root", "path"}
    older = anyone.get(f"{ROOT}/entries/2/proof/?size=3").json()
    assert older["root"] == Head.objects.get(size=3).root
    grew = anyone.get(f"{ROOT}/consistency/?first=3&second=7").json()
    assert anyone.get(f"{ROOT}/consistency/?first=3").json() == grew
    roots = {"first_root": bytes.fromhex(older["root"]), "second_root": bytes.fromhex(head["root"])}
    assert merkle.is_consistent(first=3, second=7, path=raw(grew["path"]), **roots)


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("entries/7/proof/", 404, None), ("entries/x/proof/", 404, None), ("entries/2/proof/?size=8", 422, "size"),
        ("entries/2/proof/?size=2", 404, None), ("entries/2/proof/?size=-1", 422, "size"),
        ("entries/2/proof/?size=1.5", 422, "size"), ("entries/99999999999999999999999/proof/", 404, None),
        ("consistency/", 422, "first"), ("consistency/?first=0", 422, "first"),
        ("consistency/?first=5&second=4", 422, "first"), ("consistency/?first=1&second=8", 422, "second"),
        ("consistency/?first=%00", 422, "first"), ("consistency/?first=9999999999999999999999", 422, "first"),
    ],
)  # fmt: skip
def test_what_can_t_be_proven_is_named(anyone, grown, path, status, field):
    answer = anyone.get(f"{ROOT}/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert [error["field"] for error in answer.json()["errors"]] == ([field] if field else [])


def test_nothing_can_be_written_from_outside(anyone, grown):
    for path in ("head/", "entries/2/proof/", "consistency/"):
        assert anyone.post(f"{ROOT}/{path}", {}, format="json").status_code in (401, 405)
