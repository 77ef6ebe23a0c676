"""Every reason for which a remedy waits says what to do, and offers an end."""

from pathlib import Path

import pytest

from common.phrases import fill
from compensation.rules import held
from compensation.services.remedies import WITHOUT_INTENT
from integrations.rules.lifecycle import Held


def test_no_reason_is_missing():
    assert set(held.SENT) == {reason.value for reason in Held}
    assert set(held.UNSENT) == set(WITHOUT_INTENT)
    assert not set(held.SENT) & set(held.UNSENT)


@pytest.mark.parametrize("reason", held.HELD)
def test_each_says_what_to_do_and_offers_an_end(reason):
    advice = held.HELD[reason]
    assert set(advice.offers) <= {held.SEND_AGAIN, held.DONE_BY_HAND, held.GIVE_UP}
    assert {held.DONE_BY_HAND, held.GIVE_UP} <= set(advice.offers)
    for text in (advice.what, advice.first):
        assert fill(text, {}) == text
        assert text.endswith("。")
        assert "！" not in text
    for action, label in held.LABELS.items():  # a button that is spoken of is there
        if f"「{label}」" in advice.first:
            assert action in (*advice.offers, held.ASK), label
            assert action != held.ASK or reason in held.SENT


@pytest.mark.parametrize(
    "reason", ["conflict", "no_second_send", "manual_gateway", "revocation", "no_adapter"]
)
def test_what_can_never_go_out_again_is_not_offered_so(reason):
    assert held.HELD[reason].offers == (held.DONE_BY_HAND, held.GIVE_UP)


@pytest.mark.parametrize(
    ("state", "kind", "offers"),
    [
        ("failed", "refund", ("pay_again", "pay_by_hand", "leave")), ("failed", "top_up", None),
        ("settled", "refund", None), ("awaiting_approval", "refund", None), ("pending", "top_up", None),
    ],
)  # fmt: skip
def test_what_is_offered_elsewhere(state, kind, offers):
    found = held.advice(state=state, kind=kind, held_reason="")
    assert (found and found.offers) == offers


@pytest.mark.parametrize(
    ("cash", "refunded", "two"),
    [(20000, 0, False), (20001, 0, True), (1, 20000, True), (0, 90000, False), (5000, 15000, False)],
)
def test_above_the_limit_two_people_say_so(cash, refunded, two):
    assert held.needs_second(cash_fen=cash, refunded_fen=refunded, auto_limit_fen=20000) is two


def test_the_page_for_new_colleagues_says_the_same():
    page = (Path(__file__).parents[2] / "docs" / "held.md").read_text(encoding="utf-8")
    told = [line for line in page.splitlines() if line.startswith("| `")]
    assert told == [
        f"| `{code}` | {advice.what} | {advice.first} | {'、'.join(held.LABELS[name] for name in advice.offers)} |"
        for code, advice in held.HELD.items()
    ]
    for action, meaning in held.MEANINGS.items():
        assert f"| {held.LABELS[action]} | {meaning} |" in page.splitlines()
    assert f"{held.FAILED.what}{held.FAILED.first}" in page
