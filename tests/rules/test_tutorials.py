"""What a tutorial may say, and how its readers are counted: tables."""

import pytest

from compensation.rules.facts import REASONS
from orders.rules.tutorials import (
    HELPED,
    NOT_HELPED,
    SILENT,
    SYMPTOMS,
    Tally,
    change,
    faults,
    paragraphs,
    word_after,
)

GOOD = {"symptom": "defect", "symptom_title": "", "title": "先退出", "text": "1. 退出", "state": "published"}


def test_symptoms_are_reasons_of_claims_that_reading_may_settle():
    assert {*REASONS} - {*SYMPTOMS} == {"drop", "refund", "suggestion"}
    assert {*SYMPTOMS} - {*REASONS} == set()


@pytest.mark.parametrize(
    ("before", "said", "after", "more"),
    [
        (None, SILENT, SILENT, (1, 0, 0)),
        (None, HELPED, HELPED, (1, 1, 0)),
        (None, NOT_HELPED, NOT_HELPED, (1, 0, 1)),
        (SILENT, SILENT, SILENT, (0, 0, 0)),
        (SILENT, HELPED, HELPED, (0, 1, 0)),
        (SILENT, NOT_HELPED, NOT_HELPED, (0, 0, 1)),
        (HELPED, SILENT, HELPED, (0, 0, 0)),
        (HELPED, HELPED, HELPED, (0, 0, 0)),
        (HELPED, NOT_HELPED, NOT_HELPED, (0, -1, 1)),
        (NOT_HELPED, SILENT, NOT_HELPED, (0, 0, 0)),
        (NOT_HELPED, HELPED, HELPED, (0, 1, -1)),
        (NOT_HELPED, NOT_HELPED, NOT_HELPED, (0, 0, 0)),
    ],
)
def test_each_reader_counts_once_with_the_last_word(before, said, after, more):
    assert (word_after(before, said), change(before, said)) == (after, more)


@pytest.mark.parametrize(
    ("tally", "per_cent", "falls_short"),
    [
        ((0, 0, 0), None, False),
        ((9, 0, 0), None, False),
        ((30, 0, 19), 0, False),
        ((30, 9, 10), 47, False),
        ((20, 9, 11), 45, True),
        ((20, 10, 10), 50, False),
        ((90, 10, 11), 47, True),
    ],
)
def test_the_share_is_of_those_who_said_something(tally, per_cent, falls_short):
    found = Tally(*tally)
    assert (found.per_cent, found.falls_short) == (per_cent, falls_short)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"symptom": "drop"}, "symptom", "unknown_symptom"),
        ({"symptom": ""}, "symptom", "unknown_symptom"),
        ({"state": "draft"}, "state", "unknown_state"),
        ({"title": " "}, "title", "required"),
        ({"text": ""}, "text", "required"),
        ({"title": "字" * 81}, "title", "too_long"),
        ({"text": "字" * 4001}, "text", "too_long"),
        ({"symptom_title": "字" * 41}, "symptom_title", "too_long"),
        ({"text": "a\0"}, "text", "malformed"),
    ],
)
def test_what_is_refused_is_named(changes, field, code):
    assert [(each["field"], each["code"]) for each in faults(GOOD | changes)] == [(field, code)]


def test_what_is_not_refused():
    assert faults(GOOD) == []


def test_lines_are_steps():
    assert paragraphs(" 1. 退出 \n\n2. 登录\r\n") == ("1. 退出", "2. 登录")
