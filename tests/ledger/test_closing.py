"""A break is closed by a person who says what was found: once, in the record, and whoever it binds is free."""

import ast
import threading
from pathlib import Path

import pytest
from django.db import connections

from common import clock
from common.refusals import Absent
from compensation.models import ForgottenRemedy
from evidence.models import Entry
from integrations.rules.answers import Meaning
from ledger.models import Break, BreakClosing
from ledger.rules.breaks import KINDS
from ledger.services import breaks
from ledger.services.breaks import AlreadyClosed, NoteMissing
from tests.claims.test_forgotten import lists
from tests.orders.conftest import shop
from tests.tickets.case import budget, fallen

__all__ = ["shop"]
pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
ROOMS = ("integrations", "ledger", "compensation", "shop_aftersales", "tickets")


def found(kind="amount", reference="supplier:1", detail="我们是 100，对方是 90"):
    breaks.open_break(kind=kind, reference=reference, detail=detail, now=clock.now())
    return Break.objects.filter(closed_at=None).last()


def close(row, *, by="qiao", note="对方改正了"):
    return breaks.close_break(pk=row.pk, by=by, note=note, now=clock.now())


def test_once_with_who_and_why_in_the_record():
    row = found()
    at = close(row).closed_at
    closing = BreakClosing.objects.get()
    assert (closing.found_id, closing.by, closing.note, closing.closed_at) == (
        row.pk,
        "qiao",
        "对方改正了",
        at,
    )
    entry = Entry.objects.get(kind="break_closed")
    assert entry.internal
    assert all(said in entry.body for said in ("qiao", "对方改正了", "supplier:1", "amount"))
    with pytest.raises(AlreadyClosed):
        close(row, by="he")
    assert BreakClosing.objects.count() == 1


@pytest.mark.parametrize(("note", "refusal"), [("", NoteMissing), ("  ", NoteMissing)])
def test_without_a_note_it_stays(note, refusal):
    with pytest.raises(refusal):
        close(found(), note=note)
    assert Break.objects.filter(closed_at=None).count() == 1


def test_there_has_to_be_one():
    with pytest.raises(Absent):
        breaks.close_break(pk=1, by="qiao", note="无", now=clock.now())


@pytest.mark.parametrize(
    ("again", "open_ones"),
    [
        ({}, 0),
        ({"detail": "我们是 100，对方是 80"}, 1),
        ({"kind": "order"}, 1),
        ({"reference": "supplier:2"}, 1),
    ],
)
def test_the_same_words_are_not_told_again(again, open_ones):
    close(found())
    found(**again)
    assert Break.objects.filter(closed_at=None).count() == open_ones


def test_what_was_explained_later_is_known_too():
    row = found()
    breaks.explain(kind="amount", reference="supplier:1", more="对方少退了")
    close(row)
    assert found() is None


def test_an_order_that_it_bound_is_free_at_once(shop):
    fallen()
    lists(("refund", 1, 2000, Meaning.DONE), ("refund", 2, 500, Meaning.DONE))
    assert budget()[0] == 2500
    close(ForgottenRemedy.objects.get(ordinal=1).told_by)
    assert budget()[0] == 500
    close(ForgottenRemedy.objects.get(ordinal=2).told_by)
    assert (budget()[0], set(ForgottenRemedy.objects.values_list("reserved_fen", flat=True))) == (0, {0})


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_closes_it():
    row, outcomes, start = found(), [], threading.Barrier(6)

    def press(n):
        try:
            start.wait(10)
            close(row, by=f"ops-{n}")
            outcomes.append("closed")
        except AlreadyClosed:
            outcomes.append("late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["closed"] + ["late"] * 5
    assert BreakClosing.objects.count() == 1


def kinds_in(path):
    """What the file names a break: the first word of a Dispute, a kind=…, a _tell's third word, a KIND."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            said = {"Dispute": node.args[:1], "_tell": node.args[2:3]}.get(name, [])
            if name in ("open_break", "report_mismatch"):
                said = [keyword.value for keyword in node.keywords if keyword.arg == "kind"]
            yield from (one.value for one in said if isinstance(one, ast.Constant))
        elif (isinstance(node, ast.For) and "report.reference" in ast.unparse(node)) or isinstance(
            node, ast.Assign
        ):
            yield from (
                pair.elts[0].value
                for pair in ast.walk(node)
                if isinstance(pair, ast.Tuple) and len(pair.elts) == 3 and isinstance(pair.elts[0], ast.Constant)
                and "standing." in ast.unparse(pair)
            )  # fmt: skip


def test_every_kind_says_what_to_do():
    said = {kind for room in ROOMS for path in (ROOT / room).rglob("*.py") for kind in kinds_in(path)}
    said |= {"unknown_key", "restored", "licence_stuck", "secret_twice"}  # by a constant of their own
    assert said == set(KINDS)
    for advice in KINDS.values():
        assert advice.first.endswith("。")
        assert "！" not in advice.first
