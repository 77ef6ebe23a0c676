"""The pure tables: moves, waits, readings of a status, judgements."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from integrations.rules import answers, bodies, disputes, judging, lifecycle, timing
from integrations.rules.answers import Abilities, Answer, Heard, Meaning, Report
from integrations.rules.lifecycle import Action, State
from integrations.rules.standing import Standing, Step, next_step

NOW = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
KEY = UUID(int=1)
ABLE = Abilities(submit_idempotent=True, query_by_our_key=True, voidable=True, minimum_age_s=5)
AT = Standing(
    key=KEY, order_no="N-1", state="pending", amount_fen=None, quantity=10, delivered=0, reference="",
    faults=0, faulty_since=None, last_sent_at=None, created_at=NOW, next_at=NOW, void_asked=False,
    void_sent=False, held_reason="",
)  # fmt: skip
SENT = replace(AT, last_sent_at=NOW - timedelta(seconds=60))


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("state", "reachable"),
    [
        ("pending", {"sending", "processing", "held", "settled", "failed", "voided"}),
        ("sending", {"unknown", "processing", "held", "settled", "failed", "voided"}),
        ("unknown", {"sending", "processing", "held", "settled", "failed", "voided"}),
        ("processing", {"held", "settled", "failed", "voided"}),
        ("held", {"unknown", "processing", "settled", "failed", "voided"}),
        ("settled", set()),
        ("failed", set()),
        ("voided", set()),
    ],
)
def test_the_graph(state, reachable):
    assert set(lifecycle.MOVES[State(state)].values()) == reachable


def test_what_is_not_on_the_table_is_refused():
    assert {"settled", "failed", "voided"} == lifecycle.FINAL
    for state in State:
        for action in set(Action) - set(lifecycle.MOVES[state]):
            with pytest.raises(lifecycle.IllegalMove):
                lifecycle.after(state, action)


@pytest.mark.parametrize(
    ("faults", "luck", "seconds"),
    [(1, 0, 0.25), (1, 1, 0.5), (2, 1, 1), (4, 1, 4), (5, 1, 8), (6, 1, 8), (900, 1, 8), (900, 0, 4)],
)
def test_backoff_grows_and_is_capped(faults, luck, seconds):
    assert timing.backoff(faults=faults, luck=luck) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("age", "seconds"), [(0, 2), (8, 2), (40, 10), (240, 60), (9000, 60)])
def test_polls_grow_with_age(age, seconds):
    assert timing.poll(age=timedelta(seconds=age), luck=1) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("faults", "seconds", "gives_up"), [(8, 91, True), (8, 90, False), (7, 900, False), (80, 10, False)]
)
def test_when_a_person_is_told(faults, seconds, gives_up):
    assert timing.gives_up(faults=faults, since=ago(seconds), now=NOW) is gives_up


@pytest.mark.parametrize(
    ("status", "submit", "query", "void"),
    [
        (200, "report", "report", "report"), (201, "report", "report", "report"),
        (302, "lost", "lost", "lost"), (400, "declined", "lost", "declined"),
        (401, "unauthorised", "unauthorised", "unauthorised"),
        (403, "unauthorised", "unauthorised", "unauthorised"),
        (404, "declined", "absent", "absent"), (408, "lost", "lost", "lost"),
        (409, "conflict", "lost", "declined"), (410, "declined", "lost", "declined"),
        (422, "declined", "lost", "declined"), (429, "lost", "lost", "lost"), (500, "lost", "lost", "lost"),
        (503, "lost", "lost", "lost"),
    ],
)  # fmt: skip
def test_how_a_status_reads(status, submit, query, void):
    heard = answers.heard_at_submit(status), answers.heard_at_query(status), answers.heard_at_void(status)
    assert heard == (submit, query, void)


def judge(standing: Standing, answer: Answer, *, abilities: Abilities = ABLE):
    change = judging.judge(standing=standing, answer=answer, abilities=abilities, now=NOW, luck=1)
    to = lifecycle.after(standing.state, change.action) if change.action else State(standing.state)
    return to, change


def says(meaning: Meaning, **said) -> Answer:
    return answers.told(Report(meaning=meaning, **said))


@pytest.mark.parametrize("state", ["pending", "sending", "processing", "unknown", "held"])
@pytest.mark.parametrize(
    ("answer", "to", "delivered"),
    [
        (says(Meaning.RUNNING, delivered=3), "processing", 3),
        (says(Meaning.DONE), "settled", 10),
        (says(Meaning.DONE, delivered=10), "settled", 10),
        (says(Meaning.PARTIAL, delivered=3), "settled", 3),
        (says(Meaning.PARTIAL), "processing", 0),
        (says(Meaning.PARTIAL, delivered=0), "failed", None),
        (says(Meaning.REFUSED), "failed", None),
        (says(Meaning.DONE, delivered=9), "held", None),
        (says(Meaning.RUNNING, delivered=11), "held", None),
        (says(Meaning.DONE, quantity=9), "held", None),
        (says(Meaning.DONE, order_no="N-2"), "held", None),
        (says(Meaning.DONE, key="another"), "held", None),
        (says(Meaning.REFUSED, delivered=1), "held", None),
    ],
)
def test_a_report_means_the_same_in_every_open_state(state, answer, to, delivered):
    reason = "faults" if state == "held" else ""
    found, change = judge(replace(SENT, state=state, held_reason=reason), answer)
    assert (found, change.fields.get("delivered")) == (to, delivered)
    assert (change.dispute is not None) is (to == "held")


@pytest.mark.parametrize("reason", ["mismatch", "conflict"])
@pytest.mark.parametrize("meaning", list(Meaning))
def test_no_report_settles_a_dispute(reason, meaning):
    assert judge(replace(SENT, state="held", held_reason=reason), says(meaning)) == ("held", judging.Change())


@pytest.mark.parametrize("state", ["settled", "failed", "voided"])
@pytest.mark.parametrize("heard", [heard for heard in Heard if heard != Heard.REPORT])
def test_what_is_final_does_not_move(state, heard):
    assert judge(replace(SENT, state=state), Answer(heard=heard)) == (state, judging.Change())


@pytest.mark.parametrize(
    ("state", "delivered", "report", "kind"),
    [
        ("settled", 10, Report(meaning=Meaning.DONE), None),
        ("settled", 10, Report(meaning=Meaning.RUNNING, delivered=4), None),
        ("settled", 10, Report(meaning=Meaning.PARTIAL, delivered=4), "delivered"),
        ("settled", 4, Report(meaning=Meaning.PARTIAL), None),
        ("settled", 4, Report(meaning=Meaning.PARTIAL, delivered=4), None),
        ("settled", 4, Report(meaning=Meaning.DONE), "delivered"),
        ("settled", 10, Report(meaning=Meaning.REFUSED), "state"),
        ("failed", 0, Report(meaning=Meaning.DONE), "state"),
        ("failed", 0, Report(meaning=Meaning.REFUSED), None),
        ("voided", 0, Report(meaning=Meaning.PARTIAL, delivered=1), "state"),
        ("voided", 0, Report(meaning=Meaning.REFUSED), None),
    ],
)
def test_what_contradicts_an_end(state, delivered, report, kind):
    found = disputes.contradiction(standing=replace(SENT, state=state, delivered=delivered), report=report)
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    ("standing", "heard", "to"),
    [
        (replace(SENT, state="sending"), Heard.LOST, "unknown"),
        (replace(SENT, state="processing"), Heard.LOST, "processing"),
        (replace(SENT, state="unknown"), Heard.LOST, "unknown"),
        (replace(SENT, state="unknown", faults=7, faulty_since=ago(91)), Heard.LOST, "held"),
        (replace(SENT, state="processing", faults=7, faulty_since=ago(91)), Heard.LOST, "held"),
        (replace(SENT, state="unknown", faults=7, faulty_since=ago(89)), Heard.LOST, "unknown"),
        (replace(SENT, state="unknown", faults=1, faulty_since=ago(1)), Heard.UNAUTHORISED, "unknown"),
        (replace(SENT, state="unknown", faults=2, faulty_since=ago(1)), Heard.UNAUTHORISED, "held"),
        (replace(SENT, state="sending"), Heard.CONFLICT, "held"),
        (replace(SENT, state="sending"), Heard.DECLINED, "held"),
        (replace(SENT, state="processing"), Heard.DECLINED, "processing"),
        (replace(SENT, state="sending"), Heard.ABSENT, "sending"),
        (replace(SENT, state="unknown"), Heard.ABSENT, "unknown"),
        (replace(SENT, state="unknown", void_asked=True), Heard.ABSENT, "voided"),
        (replace(SENT, state="unknown", void_asked=True, last_sent_at=ago(1)), Heard.ABSENT, "unknown"),
        (replace(SENT, state="processing"), Heard.ABSENT, "held"),
        (replace(SENT, state="processing", last_sent_at=ago(1)), Heard.ABSENT, "processing"),
    ],
)
def test_what_was_not_heard_is_never_a_failure(standing, heard, to):
    assert judge(standing, Answer(heard=heard, why="why"))[0] == to


@pytest.mark.parametrize(
    ("standing", "changes", "step"),
    [
        (AT, {}, Step.SEND),
        (AT, {"submits": False}, Step.WAIT),
        (AT, {"abilities": None}, Step.HOLD_ABSENT),
        (replace(AT, next_at=ago(-1)), {}, Step.NOTHING),
        (replace(AT, next_at=None), {}, Step.NOTHING),
        (replace(SENT, state="settled"), {}, Step.NOTHING),
        (replace(SENT, state="sending"), {}, Step.LAPSE),
        (replace(SENT, state="unknown"), {}, Step.ASK),
        (replace(SENT, state="unknown"), {"submits": False, "voids": False}, Step.ASK),
        (replace(SENT, state="processing"), {}, Step.ASK),
        (replace(SENT, state="held", held_reason="faults"), {}, Step.ASK),
        (replace(SENT, state="held", held_reason="mismatch"), {}, Step.NOTHING),
        (replace(SENT, state="processing", void_asked=True), {}, Step.VOID),
        (replace(SENT, state="processing", void_asked=True), {"voids": False}, Step.ASK),
        (replace(SENT, state="processing", void_asked=True, void_sent=True), {}, Step.ASK),
        (replace(SENT, state="unknown"), {"abilities": replace(ABLE, query_by_our_key=False)}, Step.SEND),
        (
            replace(SENT, state="unknown", last_sent_at=ago(1)),
            {"abilities": replace(ABLE, query_by_our_key=False)},
            Step.WAIT,
        ),
        (
            replace(SENT, state="unknown"),
            {"abilities": replace(ABLE, query_by_our_key=False, submit_idempotent=False)},
            Step.HOLD_SECOND_SEND,
        ),
    ],
)
def test_what_is_due(standing, changes, step):
    given = {"abilities": ABLE, "submits": True, "voids": True} | changes
    assert next_step(standing=standing, now=NOW, **given) == step


BODY = {
    "key": str(KEY), "order_no": "N-1", "target": "https://v.example/1", "kind": "top_up", "quantity": 3,
    "grade": "standard",
}  # fmt: skip


def test_a_body_is_frozen_whatever_the_order_of_its_fields():
    texts = {
        bodies.freeze(kind="top_up", key=str(KEY), order_no="N-1", body=dict(fields))
        for fields in (BODY.items(), reversed(BODY.items()))
    }
    assert [json.loads(text) for text in texts] == [BODY]


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": 0}, {"quantity": -1}, {"quantity": True}, {"quantity": 1.0}, {"quantity": 10**12 + 1},
        {"key": "x"}, {"order_no": "N-2"}, {"kind": "gift"}, {"extra": 1}, {"quantity": None},
    ],
)  # fmt: skip
def test_a_body_that_must_not_leave(changes):
    with pytest.raises(bodies.BodyRefused):
        bodies.freeze(kind="top_up", key=str(KEY), order_no="N-1", body=BODY | changes)


@pytest.mark.parametrize("depth", [16, 17])
def test_how_deep_json_is_read(depth):
    raw = b"[" * depth + b"]" * depth
    if depth <= bodies.MAX_DEPTH:
        assert bodies.read_json(raw) is not None
    else:
        with pytest.raises(bodies.Unreadable, match="too deep"):
            bodies.read_json(raw)


@pytest.mark.parametrize("raw", [b"NaN", b'{"a":1,"a":1}', b"'a'", b"\xff", b"9" * 5000, b'"' + b"[" * 5])
def test_what_is_not_read(raw):
    with pytest.raises(bodies.Unreadable):
        bodies.read_json(raw)


def test_brackets_inside_texts_do_not_nest():
    assert bodies.read_json(b'"' + b"[" * 50 + b'\\"["') == "[" * 50 + '"['
