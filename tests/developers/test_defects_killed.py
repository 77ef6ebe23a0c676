"""Killed anywhere and begun again it ends as if nothing had happened; workers and people together, each thing once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from accounts.models import InboxMessage
from common import clock
from common.refusals import StateMoved
from developers.models import AnswerOwed, Defect, DefectFix, DefectMember, DefectTold, DefectWord
from developers.services.defects import answering, regrouping, telling
from developers.services.defects.answering import Fix
from evidence.models import Entry
from tests import killing
from tests.developers.defect_case import (
    NOON,
    assert_sums_are_those_of_the_members,
    broken,
    found,
    groups,
    named,
    told,
    worked,
)
from tests.developers.recall_case import user


def all_there_is():
    assert_sums_are_those_of_the_members()
    return {
        "groups": groups(),
        "told": [buyer for buyer, _ in told()],
        "kept": (DefectTold.objects.count(), list(DefectFix.objects.values_list("told", flat=True))),
        "owed": AnswerOwed.objects.count(),
        "words": sorted(DefectWord.objects.values_list("action", flat=True)),
        "record": sorted(Entry.objects.filter(kind__startswith="defect").values_list("kind", flat=True)),
    }


def from_claims_to_told(axe):
    """Where it falls everything that hangs in the air is gone; then somebody starts the program again."""

    def workers():
        killing.struck(axe, worked)
        worked()

    workers()
    one = Defect.objects.get(symptoms=["换电脑后激活码失效"])
    fix = Fix("1.3", clock.shanghai(NOON).date(), "换成新版")
    answering.answer(
        defect=found(one.no), by=named("yun"), text="少了一张表", fix=fix, version=None, now=NOON
    )
    workers()
    return all_there_is()


@pytest.mark.django_db
def test_killed_before_and_after_every_commit_it_ends_the_same(goods):
    user("qiao")
    for n in (1, 2, 3):
        broken(f"K-{n}")
    broken("K-4", "安装到一半闪退", real=False)
    whole = killing.Axe()
    expected = killing.undone(lambda: from_claims_to_told(whole))
    assert (len(expected["told"]), expected["kept"], expected["owed"]) == (3, (3, [3]), 1)
    assert whole.commits == 9
    for axe in killing.each(whole):
        assert killing.undone(lambda axe=axe: from_claims_to_told(axe)) == expected, axe


def together(*steps):
    def one(step):
        try:
            return step()
        except StateMoved:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(one, steps))


@pytest.mark.django_db(transaction=True)
def test_workers_and_people_together(goods, monkeypatch):
    monkeypatch.setattr(telling, "BATCH", 2)
    user("qiao")
    cases = [broken(f"K-{n}") for n in range(1, 6)]
    others = [broken("L-1", "安装到一半闪退"), broken("L-2", "登录页白屏没反应")]
    worked()
    one, *targets = Defect.objects.order_by("pk")
    assert [target.real for target in targets] == [1, 1]

    def moves(to):
        return lambda: regrouping.move(
            defect=found(one.no), tickets=[cases[0].no], to=found(to.no), by=named("yun"), reason="试",
            version=0, now=NOON,
        )  # fmt: skip

    moved = together(moves(targets[0]), moves(targets[1]), moves(targets[0]))
    assert [result is not None for result in moved].count(True) == 1
    assert DefectMember.objects.exclude(placed_by="").count() == 1
    assert_sums_are_those_of_the_members()
    fix = Fix("1.3", clock.shanghai(NOON).date(), "换成新版")
    answering.answer(
        defect=found(one.no), by=named("yun"), text="少了一张表", fix=fix, version=None, now=NOON
    )
    together(*[lambda: telling.run_due(now=NOON)] * 3)
    telling.run_due(now=NOON)
    assert [buyer for buyer, _ in told()] == [f"b-K-{n}" for n in range(2, 6)]
    kept = DefectFix.objects.get()
    assert (kept.told, DefectTold.objects.count(), InboxMessage.objects.filter(kind="notice").count()) == (
        4,
        4,
        4,
    )
    assert kept.done_at is not None
    assert len(others) == 2
