"""What a recall reaches and what it gives a line, as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from developers.rules.netting import SKIPS, Due, Standing, capped, due
from developers.rules.recall_life import MOVES, State, allowed
from developers.rules.recall_words import ended, offered, progress_pairs, still_to_do, which
from developers.rules.recalls import CAUSES, Line, Parcel, Rule, approvals_needed, faults_of, reaches

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)


def rule(**changes):
    return Rule(**{"by": "paid", "start": NOON - DAY, "end": NOON} | changes)


@pytest.mark.parametrize(
    ("asked", "line", "reached"),
    [
        ({}, Line(), True),
        ({"batch": "B7"}, Line(), False),
        ({"batch": "B7"}, Line([Parcel(units=[{"batch": "B6"}])]), False),
        ({"batch": "B7"}, Line([Parcel(units=[{"batch": "B6"}, {"batch": " B7 "}])]), True),
        ({"batch": "7"}, Line([Parcel(units=[{"batch": 7}])]), True),
        ({"batch": "B7"}, Line([Parcel(units=[{"batch": ["B7"]}])]), False),
        ({"batch": "B7"}, Line([Parcel(batch="B7", units=[{"batch": "B6"}])]), True),
        ({"supplier": "nan"}, Line(), False),
        ({"supplier": "nan"}, Line([Parcel()]), False),
        ({"supplier": "nan"}, Line([Parcel("bei")]), False),
        ({"supplier": "nan"}, Line([Parcel("bei"), Parcel("nan")]), True),
        ({"supplier": "nan", "batch": "B7"}, Line([Parcel("nan", "B7")]), True),
        ({"supplier": "nan", "batch": "B7"}, Line([Parcel("nan", "B6"), Parcel("bei", "B7")]), False),
        ({"version": "2.1"}, Line(listed={}), False),
        ({"version": "2.1"}, Line(listed={"版本": "2.1"}), True),
        ({"version": "2.1"}, Line(listed={"version": "2.10"}), False),
        ({"version": "2.1"}, Line([Parcel(units=[{"version": "2.1"}])]), True),
        (
            {"batch": "B7", "version": "2.1"},
            Line([Parcel(units=[{"batch": "B7"}])], listed={"版本": "2.0"}),
            False,
        ),
        (
            {"batch": "B7", "version": "2.1"},
            Line([Parcel(units=[{"batch": "B7"}])], listed={"版本": "2.1"}),
            True,
        ),
    ],
)
def test_supplier_batch_and_version_where_known(asked, line, reached):
    assert reaches(rule(**asked), line) is reached


GOOD = {
    "cause": "defect", "party": "developer", "remedy": "refund", "quantity": None, "kind": "licence", "words": "",
    "now": NOON,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"rule": rule(start=NOON)}, []),
        ({"rule": rule(start=NOON + DAY, end=NOON)}, [("to", "before_from")]),
        ({"rule": rule(end=NOON + timedelta(seconds=1))}, [("to", "in_future")]),
        ({"rule": rule(by="delivered", start=NOON - 400 * DAY)}, []),
        ({"rule": rule(by="delivered", start=NOON - 400 * DAY - MOMENT)}, [("from", "span_too_long")]),
        ({"rule": rule(start=NOON - 4000 * DAY)}, []),
        ({"rule": rule(by="made")}, [("by", "unknown_value")]),
        ({"cause": "weather"}, [("cause", "unknown_value")]),
        ({"party": "buyer"}, [("party", "unknown_value")]),
        ({"remedy": "points"}, [("remedy", "unknown_value")]),
        ({"remedy": "top_up"}, [("remedy", "not_for_kind")]),
        ({"remedy": "top_up", "kind": "metered"}, []),
        ({"remedy": "replacement", "kind": "metered"}, [("remedy", "not_for_kind")]),
        ({"quantity": 0}, [("quantity", "out_of_range")]),
        ({"quantity": 1}, []),
        ({"rule": rule(batch="x" * 65)}, [("batch", "too_long")]),
        ({"rule": rule(supplier="x" * 65)}, [("supplier", "too_long")]),
        ({"words": "x" * 1001}, [("text", "too_long")]),
    ],
)
def test_what_is_wrong_with_a_recall(changes, wrong):
    found = faults_of(**{"rule": rule()} | GOOD | changes)
    assert [(fault["field"], fault["code"]) for fault in found] == wrong


# Ten units for 99 fen: what, how many of each, how the line stands → what is given.
NETTING = [
    ("refund", None, {}, Due(fen=99, units_back=10)),
    ("refund", 4, {}, Due(fen=40, units_back=4)),
    ("refund", 25, {}, Due(fen=99, units_back=10)),
    ("refund", None, {"refunded_fen": 40, "refunded_units": 4}, Due(fen=59, units_back=6)),
    # The same cause refunded four before: of four nothing is left to give, of six two, of all the other six.
    ("refund", 4, {"refunded_fen": 40, "refunded_units": 4, "made_good": 4}, Due(skip="paid_before")),
    ("refund", 6, {"refunded_fen": 40, "refunded_units": 4, "made_good": 4}, Due(fen=19, units_back=2)),
    ("refund", None, {"refunded_fen": 40, "refunded_units": 4, "made_good": 4}, Due(fen=59, units_back=6)),
    # Replaced or topped up for the same is made good too.
    ("refund", None, {"made_good": 10}, Due(skip="paid_before")),
    ("refund", None, {"made_good": 3}, Due(fen=69, units_back=7)),
    # Cash that took no units is taken off.
    ("refund", None, {"refunded_fen": 30, "bare_fen": 30}, Due(fen=69, units_back=10)),
    ("refund", 3, {"refunded_fen": 30, "bare_fen": 30}, Due(skip="paid_before")),
    ("refund", None, {"closed": True}, Due(skip="closed")),
    ("refund", None, {"in_review": True}, Due(skip="in_review")),
    ("refund", None, {"paid_fen": 0}, Due(skip="free")),
    ("refund", None, {"refunded_fen": 99, "refunded_units": 0}, Due(skip="nothing_left")),
    # For another reason the whole cash of eight went: the budget gives no more than two.
    ("refund", 5, {"refunded_fen": 79, "refunded_units": 8}, Due(fen=20, units_back=2, short=True)),
    ("top_up", None, {}, Due(units=10)),
    ("top_up", 3, {}, Due(units=3)),
    ("top_up", 3, {"made_good": 2}, Due(units=1)),
    ("top_up", 3, {"made_good": 3}, Due(skip="paid_before")),
    ("top_up", 3, {"refunded_fen": 79, "refunded_units": 8}, Due(units=2, short=True)),
    ("top_up", 3, {"refunded_fen": 99, "refunded_units": 10}, Due(skip="nothing_left")),
    ("top_up", 3, {"refunded_fen": 20, "bare_fen": 20}, Due(units=1)),
    ("top_up", 3, {"paid_fen": 0}, Due(units=3)),
    ("replacement", 2, {"made_good": 1}, Due(units=1)),
]  # fmt: skip


@pytest.mark.parametrize(("remedy", "quantity", "stands", "given"), NETTING)
def test_net_of_what_the_same_cause_gave(remedy, quantity, stands, given):
    assert (
        due(remedy=remedy, quantity=quantity, line=Standing(**{"ordered": 10, "paid_fen": 99} | stands))
        == given
    )


def test_given_again_and_again_it_is_never_more():
    """Whatever was given before of so many units, what the recall adds makes good that many, and P at most."""
    for before in range(11):
        for wanted in (*range(1, 11), None):
            fen = (99 * before * 2 + 10) // 20
            stands = Standing(10, 99, refunded_fen=fen, refunded_units=before, made_good=before)
            first = due(remedy="refund", quantity=wanted, line=stands)
            total, units = fen + first.fen, before + first.units_back
            assert total <= 99
            again = Standing(10, 99, refunded_fen=total, refunded_units=units, made_good=units)
            assert not due(remedy="refund", quantity=wanted, line=again).gives


@pytest.mark.parametrize(
    ("now", "shown", "given"),
    [
        (Due(fen=40, units_back=4), (40, 0), Due(fen=40, units_back=4)),
        (Due(fen=30, units_back=3), (40, 0), Due(fen=30, units_back=3)),
        (Due(fen=99, units_back=10), (40, 0), Due(fen=40, units_back=4, short=True)),
        (Due(units=5), (0, 3), Due(units=3, short=True)),
        (Due(units=5), (0, 0), Due(skip="paid_before")),
        (Due(skip="closed"), (40, 0), Due(skip="closed")),
    ],
)
def test_never_more_than_was_shown(now, shown, given):
    assert capped(now, shown_fen=shown[0], shown_units=shown[1]) == given


@pytest.mark.parametrize(
    ("ops", "fen", "needed"), [(True, 10**9, 1), (False, 100_000, 1), (False, 100_001, 2), (False, 0, 1)]
)
def test_how_many_have_to_agree(ops, fen, needed):
    assert approvals_needed(asked_by_ops=ops, cash_fen=fen, dual_control_fen=100_000) == needed


def test_who_bears_what_unless_somebody_says_else():
    assert {code: cause.party for code, cause in CAUSES.items()} == {
        "defect": "developer", "supplier_failure": "supplier", "platform_error": "platform", "unknown": "unknown",
    }  # fmt: skip


def test_what_ops_may_do_in_each_state():
    assert {state: allowed(state, "ops") for state in State if allowed(state, "ops")} == {
        State.SHOWN: ("approve", "refuse"), State.RUNNING: ("stop",), State.STOPPED: ("resume",),
        State.DONE: ("again",),
    }  # fmt: skip
    assert set(MOVES) == set(State) - {State.CHANGED, State.REFUSED}


NOTHING_DUE, WAITS, FAILED = "没有要给的", "先等申请的", "没办成的"


@pytest.mark.parametrize(
    ("skipped", "said", "left"),
    [
        ({}, [], 0),
        ({"closed": 1, "paid_before": 2, "nothing_left": 3, "free": 4}, [(NOTHING_DUE, "10 单")], 0),
        ({"in_review": 2}, [(WAITS, "2 单")], 2),
        ({"failed": 1, "spent": 2}, [(FAILED, "3 单")], 3),
        (dict.fromkeys(SKIPS, 1), [(NOTHING_DUE, "4 单"), (WAITS, "1 单"), (FAILED, "2 单")], 3),
    ],
)
def test_what_was_passed_over_is_told_for_what_it_is(skipped, said, left):
    progress = {"given": 1, "waiting": 0, "fen": 5, "units": 0, "skipped": skipped}
    told = [(str(label), str(value)) for label, value in progress_pairs(progress, remedy="refund")]
    assert (told[2:], still_to_do(skipped)) == (said, left)


@pytest.mark.parametrize(
    ("remedy", "begun", "came"),
    [
        ("refund", "都已开始退款", "钱都已退回"),
        ("top_up", "都已开始补发", "都已补到"),
        ("replacement", "都已开始换新", "都已换好"),
    ],
)
def test_that_all_came_is_said_only_where_it_is_known(remedy, begun, came):
    def said(*, given=3, coming=0, undone=0, **skipped):
        return ended(remedy, {"given": given, "skipped": skipped}, coming=coming, undone=undone)

    assert (said(coming=1), said(), said(closed=1)) == (begun, came, came)
    # Something was taken back, or nothing was given: neither is said of those.
    assert (said(undone=1), said(given=0, closed=1), said(coming=1, undone=1)) == (
        "都办过了",
        "都办过了",
        begun,
    )
    assert said(coming=1, failed=1) == "还有几单没办完"


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (datetime(2026, 11, 22, 5, 5, tzinfo=UTC), "2026-11-22_08:05 至 13:05 付款的，批次 B7"),
        (
            datetime(2026, 11, 22, 16, 5, tzinfo=UTC),
            "2026-11-22_08:05 至 2026-11-23_00:05 付款的，批次 B7",
        ),
    ],
)
def test_the_day_is_said_twice_only_where_it_is_another_one(end, said):
    rule = Rule("paid", datetime(2026, 11, 22, 0, 5, tzinfo=UTC), end, batch="B7")
    whole = said.replace("-", "-\u2060").replace("_", "\u00a0")  # no line breaks there
    assert which(rule, supplier="") == whole


@pytest.mark.parametrize(
    ("remedy", "labels", "gives"),
    [
        ("refund", ["已开始退款", "合计", "还没退回", "其中等专人办的", "还在排队"], "每单退 2 份的钱"),
        ("top_up", ["已开始补发", "合计", "还没补到", "其中等专人办的", "还在排队"], "每单补 2 个"),
        ("replacement", ["已开始换新", "合计", "还没换好", "其中等专人办的", "还在排队"], "每单换新 2 份"),
    ],
)
def test_each_remedy_has_its_own_words(remedy, labels, gives):
    progress = {"given": 3, "waiting": 1, "fen": 5, "units": 2, "skipped": {}}
    told = [str(label) for label, _ in progress_pairs(progress, remedy=remedy, coming=2, by_a_person=1)]
    assert (told, str(offered(remedy, 2))) == (labels, gives)
