"""Which promises of time a case makes, and what keeps them: rules.md §3."""

from datetime import UTC, datetime, timedelta

import pytest

from common import clock
from tests.tickets.case import claim, fallen
from tickets.rules import clocks, triage
from tickets.services import conversation, history, waiting

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MINUTES = {
    ("normal", "drop"): {"first_reply": 10, "decision": 120},
    ("urgent", "drop"): {"first_reply": 10, "intervention": 120, "decision": 120},
    ("major", "drop"): {"first_reply": 30, "decision": 120},
    ("normal", "fake_units"): {"first_reply": 60, "decision": 120},
}


@pytest.mark.parametrize("long_term", [False, True])
@pytest.mark.parametrize("decided", [False, True])
@pytest.mark.parametrize("fulfilling", [False, True])
@pytest.mark.parametrize(("severity", "reason"), MINUTES)
def test_the_clocks_of_a_new_case(severity, reason, fulfilling, decided, long_term):
    started = clocks.start(
        severity=severity, reason=reason, decided=decided, fulfilling=fulfilling, long_term=long_term, now=NOW
    )
    promised = MINUTES[severity, reason] | ({"fulfilment": 1440} if fulfilling else {})
    share = 2 if long_term else 1
    assert {c.kind: (c.due_at, c.met) for c in started} == {
        kind: (NOW + timedelta(minutes=minutes) / share, decided and kind != "fulfilment")
        for kind, minutes in promised.items()
    }


# clause, above the urgency rate, many fell together: how grave it is.
GRAVE = [
    ("drop.tier_a", False, False, "normal"), ("drop.tier_c", True, False, "urgent"),
    ("drop.tier_a", False, True, "major"), ("drop.tier_c", True, True, "major"), ("drop.none", False, True, "major"),
    ("drop.unmeasurable", False, False, "major"), ("drop.unmeasurable", True, True, "major"),
    ("refund.unmeasurable", False, False, "major"), ("effect.unmeasurable", False, False, "major"),
]  # fmt: skip


@pytest.mark.parametrize(("clause", "urgent", "together", "severity"), GRAVE)
def test_how_grave_a_case_is(clause, urgent, together, severity):
    assert clocks.severity_of(clause=clause, urgent=urgent, together=together) == severity


@pytest.mark.parametrize(
    ("long_term", "minutes", "said"),
    [
        (False, 30, "专门小组介入：定为重大后 30 分钟内"),
        (True, 15, "专门小组介入：定为重大后 15 分钟内（长期用户减半）"),
    ],
)
def test_the_team_of_a_case_that_turned_out_to_be_major(long_term, minutes, said):
    clock = clocks.team(long_term=long_term, now=NOW)
    assert (clock.kind, clock.due_at - NOW, clock.met, clock.explanation) == (
        "intervention", timedelta(minutes=minutes), False, said,
    )  # fmt: skip


def test_the_promise_is_said_in_words():
    def said(long_term):
        return [c.explanation for c in clocks.start(
            severity="normal", reason="drop", decided=True, fulfilling=True, long_term=long_term, now=NOW
        )]  # fmt: skip

    assert said(False) == [
        "首次答复：提交后 10 分钟内",
        "做出决定：提交后 2 小时内",
        "办理完成：提交后 24 小时内",
    ]
    assert said(True)[0] == "首次答复：提交后 5 分钟内（长期用户减半）"


@pytest.mark.parametrize(
    ("text", "metered", "reason"),
    [
        ("掉赞掉了好多", True, "drop"), ("掉赞掉了好多", False, "other"), ("假号太多，要退款", True, "fake_units"),
        ("假号太多，要退款", False, "refund"), ("激活不了", False, "defect"), ("账号被封了", False, "account_ban"),
        ("和描述不符", False, "not_as_described"), ("装不上", False, "compatibility"), ("还没到账", True, "delay"),
        ("数据异常", True, "abnormal_data"), ("希望能开发票", False, "suggestion"), ("什么时候到？", True, "question"),
        ("", True, "other"),
    ],
)  # fmt: skip
def test_a_reason_is_read_from_plain_words(text, metered, reason):
    assert triage.reason_of(text, metered=metered) == reason


def states(ticket):
    return dict(ticket.clocks.values_list("kind", "state"))


@pytest.mark.django_db
def test_a_decision_stops_the_clocks_also_where_a_person_pays(shop):
    fallen(left=700, gateway="manual")
    ticket = claim()
    assert (ticket.state, ticket.decision.requires_review) == ("waiting_ops", False)
    assert states(ticket) == {"first_reply": "met", "decision": "met", "fulfilment": "running"}


@pytest.mark.django_db
@pytest.mark.parametrize(("left", "severity"), [(700, "normal"), (699, "urgent"), (None, "major")])
def test_severity(shop, left, severity):
    fallen(left=left)
    assert claim().severity == severity


@pytest.mark.django_db
def test_a_note_stops_no_clock_and_an_answer_does(shop):
    fallen(left=None)
    ticket = claim()
    for internal, state in ((True, "running"), (False, "met")):
        conversation.say(
            ticket=ticket, text="在看了", actor="ops", name="qiao", internal=internal, now=clock.now()
        )
        assert states(ticket) == {"first_reply": state, "decision": "running"}


@pytest.mark.django_db
def test_a_clock_stopped_late_is_breached_and_says_when(shop):
    fallen(left=None)
    ticket = claim()
    late = clock.now() + timedelta(hours=3)
    waiting.run_due(now=late)  # the sweep marks it first
    assert states(ticket) == {"first_reply": "breached", "decision": "breached"}
    history.stop_clocks(ticket=ticket, kinds=("first_reply",), now=late + timedelta(hours=1))
    history.stop_clocks(ticket=ticket, kinds=("first_reply",), now=late + timedelta(hours=2))
    stopped = {c.kind: (c.state, c.stopped_at) for c in ticket.clocks.all()}
    assert stopped["first_reply"] == ("breached", late + timedelta(hours=1))
    assert stopped["decision"] == ("breached", None)
