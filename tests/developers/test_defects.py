"""Claims find their defect, people regroup them, the developer answers, and the buyers are told: from the tables."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from common import clock
from common.refusals import Absent, Invalid, StateMoved
from developers import queries
from developers.models import AnswerOwed, Defect, DefectFix, DefectMember, DefectTold, DefectWord
from developers.queries import defects as reads
from developers.services.defects import answering, regrouping, working
from developers.services.defects.answering import Fix
from evidence.models import Entry
from orders.models import Product
from tests.developers.conftest import filed
from tests.developers.defect_case import (
    NOON,
    SAID,
    assert_sums_are_those_of_the_members,
    broken,
    fallen_thrice,
    found,
    groups,
    told,
    verified,
    worked,
)
from tests.developers.recall_case import named, user
from tests.tickets.case import claim, work
from tests.tickets.conftest import outside
from tickets.models import Ticket

__all__ = ["outside"]
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def people(goods):
    user("qiao")


def test_claims_find_their_defect_and_add_to_it():
    filed("F-1")
    broken("K-1")
    broken("K-2", "激活码换了电脑就失效了")
    broken("K-3", version="1.3")
    broken("K-4", "安装到一半闪退")
    broken("K-5", real=False)
    claim("K-4", "question", text=SAID)
    worked()
    assert groups() == {
        ("likes", "", "drop", ""): (1, 0, ["F-1"]),
        ("licence", "1.2", "defect", SAID): (2, 1, ["K-1", "K-2", "K-5"]),
        ("licence", "1.3", "defect", SAID): (1, 0, ["K-3"]),
        ("licence", "1.2", "defect", "安装到一半闪退"): (1, 0, ["K-4"]),
    }
    assert_sums_are_those_of_the_members()


def test_what_becomes_of_a_claim_is_counted_anew():
    found_so, not_so = broken("K-1", real=False), broken("K-2", real=False)
    worked()
    one = Defect.objects.get()
    assert (one.real, one.checking, one.last_at) == (0, 2, None)
    verified(found_so)
    verified(not_so, proof="none", fault="buyer")
    worked()
    one.refresh_from_db()
    assert (one.real, one.checking, one.last_at) == (1, 0, found_so.opened_at)
    assert groups() == {("licence", "1.2", "defect", SAID): (1, 0, ["K-1"])}
    assert_sums_are_those_of_the_members()


def test_what_it_cost_is_added_when_it_came(outside):
    filed("F-1")
    worked()
    one = Defect.objects.get()
    assert (one.real, one.fen, one.units) == (1, 0, 0)
    work()
    worked()
    one.refresh_from_db()
    assert (one.real, one.fen, one.units, one.gifts) == (1, 0, 180, 0)
    assert_sums_are_those_of_the_members()


def test_cases_are_moved_and_what_a_person_placed_stays():
    first, second = broken("K-1"), broken("K-2", "安装到一半闪退")
    worked()
    here, there = (Defect.objects.get(symptoms=[text]) for text in (SAID, "安装到一半闪退"))
    regrouping.move(
        defect=found(there.no), tickets=[second.no], to=found(here.no), by=named("yun"), reason="是一回事",
        version=there.version, now=NOON,
    )  # fmt: skip
    there.refresh_from_db()
    assert (there.state, there.merged_into_id, there.real) == ("merged", here.pk, 0)
    broken("K-3", "装一半就闪退")
    verified_again = Ticket.objects.get(order__order_no="K-2")
    worked()
    assert groups() == {("licence", "1.2", "defect", SAID): (3, 0, ["K-1", "K-2", "K-3"])}
    member = DefectMember.objects.get(ticket=verified_again)
    assert (member.placed_by, member.why["template"]) == ("yun", "{side}放到这里的：{why}")
    assert_sums_are_those_of_the_members()
    said = DefectWord.objects.filter(defect=here).values_list("action", "side", "by", "data")
    assert list(said)[:1] == [("move", "developer", "yun", {"tickets": [second.no], "from": there.no})]
    kinds = Entry.objects.filter(kind="defect_by").values_list("internal", flat=True)
    assert list(kinds) == [True] * 4  # moved here and there, merged here and there
    assert first.pk != second.pk


def test_some_are_split_off_and_two_are_put_together():
    cases = [broken(f"K-{n}", f"激活码失效，换电脑，第 {n} 次") for n in (1, 2, 3)]
    worked()
    one = Defect.objects.get()
    with pytest.raises(Invalid):
        regrouping.split(
            defect=found(one.no), tickets=[case.no for case in cases], title="", by=named("qiao"), reason="全拆",
            version=None, now=NOON,
        )  # fmt: skip
    made = regrouping.split(
        defect=found(one.no), tickets=[cases[1].no, cases[2].no], title="第二种", by=named("qiao"), reason="另一种",
        version=0, now=NOON,
    )  # fmt: skip
    assert [(d.real, d.title) for d in Defect.objects.order_by("pk")] == [(1, ""), (2, "第二种")]
    assert_sums_are_those_of_the_members()
    regrouping.merge(
        defect=found(made.no),
        into=found(one.no),
        by=named("yun"),
        reason="还是一回事",
        version=None,
        now=NOON,
    )
    one.refresh_from_db()
    assert (one.real, Defect.objects.get(pk=made.pk).state) == (3, "merged")
    assert_sums_are_those_of_the_members()


@pytest.mark.parametrize("seen", [1, 99])
def test_whoever_looked_before_somebody_moved_it_looks_again(seen):
    case = broken("K-1")
    broken("K-2")
    worked()
    one = Defect.objects.get()
    given = {"by": named("yun"), "version": seen, "now": NOON}
    for step in (
        lambda: regrouping.rename(defect=found(one.no), title="新名字", **given),
        lambda: regrouping.split(defect=found(one.no), tickets=[case.no], title="", reason="拆", **given),
        lambda: answering.answer(defect=found(one.no), text="在查", **given),
    ):
        with pytest.raises(StateMoved):
            step()
    assert Defect.objects.count() == 1


def test_only_goods_of_the_same_product_and_only_what_is_there():
    case, likes = broken("K-1"), filed("F-1")
    worked()
    here, there = Defect.objects.get(reason="defect"), Defect.objects.get(reason="drop")
    given = {"by": named("yun"), "reason": "试", "version": None, "now": NOON}
    with pytest.raises(regrouping.OtherGoods):
        regrouping.move(defect=found(here.no), tickets=[case.no], to=found(there.no), **given)
    with pytest.raises(regrouping.NotThere):
        regrouping.split(defect=found(here.no), tickets=[likes.no], title="", **given)
    with pytest.raises(Invalid):
        regrouping.split(defect=found(here.no), tickets=[], title="", **given)
    assert_sums_are_those_of_the_members()


def test_three_make_an_answer_owed_and_the_answer_stops_the_clock(settings):
    settings.DEFECT_ANSWER_DAYS = 5
    one = fallen_thrice()
    owed = AnswerOwed.objects.get()
    assert (owed.defect, owed.owed_at, owed.due_at, owed.answered_at) == (one, NOON, NOON + 5 * DAY, None)
    after = NOON + 6 * DAY
    assert (reads.overdue(now=NOON).count(), reads.overdue(now=after).count()) == (0, 1)
    times = queries.answer_times(developer=named("yun"), since=NOON - DAY, now=after)
    assert [(t.defect_no, t.answered_at, t.late) for t in times] == [(one.no, None, True)]
    answering.answer(
        defect=found(one.no), by=named("yun"), text="供货商换了批次", version=None, now=NOON + DAY
    )
    one.refresh_from_db()
    assert (one.state, reads.overdue(now=after).count()) == ("answered", 0)
    times = queries.answer_times(developer=named("yun"), since=NOON - DAY, now=after)
    assert [(t.answered_at, t.late) for t in times] == [(NOON + DAY, False)]
    assert queries.answer_times(developer=named("bo"), since=NOON - DAY, now=after) == []
    worked()
    assert AnswerOwed.objects.count() == 1


def test_a_grave_one_is_owed_an_answer_at_once():
    Ticket.objects.filter(pk=filed("F-1").pk).update(severity="major")
    worked()
    assert AnswerOwed.objects.count() == 1


def test_regrouping_takes_nobody_out_of_an_answer():
    one = fallen_thrice()
    due = AnswerOwed.objects.get().due_at
    filed("F-4", buyer_external_id="f-4")
    worked()
    case = Ticket.objects.get(order__order_no="F-4")
    made = regrouping.split(
        defect=found(one.no),
        tickets=[case.no],
        title="",
        by=named("yun"),
        reason="另一种",
        version=None,
        now=NOON,
    )
    answering.answer(defect=found(made.no), by=named("yun"), text="知道了", version=None, now=NOON)
    regrouping.merge(
        defect=found(one.no), into=found(made.no), by=named("yun"), reason="并", version=None, now=NOON + DAY
    )
    still = AnswerOwed.objects.get(answered_at=None, void_at=None)
    assert (still.defect_id, still.due_at) == (made.pk, due)


def fix(version="1.3", on=None, advice="在订单页点「换新」，换成新版的激活码。"):
    return Fix(version, on or clock.shanghai(NOON).date(), advice)


def announced(one, **changes):
    return answering.answer(
        defect=found(one.no),
        by=named("yun"),
        text="激活服务器少了一张表",
        fix=fix(**changes),
        version=None,
        now=NOON,
    )


def test_a_fix_is_told_to_each_buyer_once():
    for n in (1, 2):
        broken(f"K-{n}")
    broken("K-5", real=False)
    worked()
    one = Defect.objects.get()
    announced(one)
    day = f"{clock.shanghai(NOON):%Y-%m-%d}"
    words = (
        f"您报过「激活码」的问题，开发者查到：激活服务器少了一张表。1.3 版已经修好（{day}）。"
        "您现在可以：在订单页点「换新」，换成新版的激活码。"
    )
    worked()
    worked()
    assert told() == [("b-K-1", words), ("b-K-2", words)]
    kept = DefectFix.objects.get()
    assert (kept.told, kept.done_at is not None, DefectTold.objects.count()) == (2, True, 2)
    verified(Ticket.objects.get(order__order_no="K-5"))
    worked()
    assert [buyer for buyer, _ in told()] == ["b-K-1", "b-K-2", "b-K-5"]
    assert Entry.objects.filter(kind="defect_told").count() == 3


def test_what_was_said_and_told_is_never_changed():
    broken("K-1")
    worked()
    announced(Defect.objects.get())
    worked()
    for rows, changes in (
        (DefectWord.objects.all(), {"text": "别的"}), (DefectTold.objects.all(), {"at": NOON + DAY}),
        (DefectFix.objects.all(), {"advice": "别的"}),
    ):  # fmt: skip
        for step in (
            lambda rows=rows, changes=changes: rows.update(**changes),
            lambda rows=rows: rows._raw_delete("default"),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                step()


def test_nobody_is_told_at_night_or_of_a_fix_that_did_not_hold():
    broken("K-1")
    worked()
    one = Defect.objects.get()
    announced(one)
    worked(now=NOON.replace(hour=18))
    assert told() == []
    broken("K-2", version="1.3")
    worked()
    one.refresh_from_db()
    assert (one.state, one.versions, told()) == ("reopened", ["1.2", "1.3"], [])
    assert AnswerOwed.objects.filter(answered_at=None).count() == 1
    assert [word.action for word in DefectWord.objects.filter(side="system")] == ["back", "owed"]
    with pytest.raises(Invalid) as refused:
        announced(one)
    assert [fault["code"] for fault in refused.value.errors] == ["seen_there"]
    announced(one, version="1.4")
    worked()
    assert [buyer for buyer, _ in told()] == ["b-K-1", "b-K-2"]


@pytest.mark.parametrize(
    ("text", "changes", "fields"),
    [
        (" ", {}, ["text"]), ("查到了", {"version": ""}, ["fix_version"]), ("查到了", {"advice": "\x00"}, ["advice"]),
        ("长" * 1001, {"advice": ""}, ["text", "advice"]), ("查到了", {"version": "1.2"}, ["fix_version"]),
    ],
)  # fmt: skip
def test_an_answer_that_says_nothing(text, changes, fields):
    broken("K-1")
    worked()
    one = Defect.objects.get()
    with pytest.raises(Invalid) as refused:
        answering.answer(
            defect=found(one.no), by=named("yun"), text=text, fix=fix(**changes), version=None, now=NOON
        )
    assert [fault["field"] for fault in refused.value.errors] == fields


def test_ops_end_one_and_take_it_up_again():
    one = fallen_thrice()
    with pytest.raises(Absent):
        answering.close(defect=found(one.no), by=named("yun"), reason="不是我的", version=None, now=NOON)
    answering.close(
        defect=found(one.no, "qiao"), by=named("qiao"), reason="是供货商的事", version=None, now=NOON
    )
    assert (reads.overdue(now=NOON + 9 * DAY).count(), AnswerOwed.objects.get().void_at) == (0, NOON)
    filed("F-4", buyer_external_id="f-4")
    worked()
    assert sorted(Defect.objects.values_list("state", "real")) == [("closed", 3), ("open", 1)]
    answering.reopen(
        defect=found(one.no, "qiao"), by=named("qiao"), reason="又想了想", version=None, now=NOON
    )
    worked()
    assert AnswerOwed.objects.filter(void_at=None).count() == 1


def test_a_product_of_nobody_owes_nothing_and_working_twice_changes_nothing():
    Product.objects.update(developer=None)
    for n in (1, 2, 3):
        filed(f"F-{n}")
    worked()
    assert (AnswerOwed.objects.count(), working.run_due(now=NOON)) == (0, 0)
