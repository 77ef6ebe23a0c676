"""Sentences that can be said again in another language."""

import json
from pathlib import Path

import pytest
from django.utils import translation

from common.language import is_english, say, spoken
from common.phrases import fill, joined, listed, mark, packed, phrase, translated, unpacked

ENGLISH = {
    "少了 {n} 个": "{n} {n:like|likes} short",
    "{what}，已补": "{what}, topped up",
    "掉赞": "Dropped",
    "、": ", ",
}


def english(text):
    return ENGLISH.get(text, text)


def test_a_phrase_is_its_chinese_sentence():
    made = phrase("少了 {n} 个", n=5)
    assert (made, json.dumps(made, ensure_ascii=False)) == ("少了 5 个", '"少了 5 个"')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (phrase("少了 {n} 个", n=1), "1 like short"),
        (phrase("少了 {n} 个", n=5), "5 likes short"),
        (phrase("{what}，已补", what=phrase("少了 {n} 个", n=5)), "5 likes short, topped up"),
        (phrase("{what}，已补", what="掉赞"), "掉赞, topped up"),  # plain text is somebody's own words
        (mark("掉赞"), "Dropped"),
        ("", ""),
    ],
)
def test_said_in_another_language(text, said):
    assert translated(text, english) == said


def test_a_template_without_values_may_hold_braces():
    assert fill("{}", {}) == "{}"


def test_chinese_is_what_nobody_asked_to_be_otherwise():
    with translation.override("zh-hans"):
        assert (say("少了 {n} 个", n=5), spoken(phrase("少了 {n} 个", n=5)), is_english()) == (
            "少了 5 个",
        ) * 2 + (False,)
    with translation.override("en"):
        assert is_english()


NESTED = phrase("{what}，已补", what=phrase("少了 {n} 个", n=5))


@pytest.mark.parametrize(
    ("text", "chinese", "said"),
    [
        (joined([NESTED, "。", mark("掉赞")]), "少了 5 个，已补。掉赞", "5 likes short, topped up。掉赞"),
        (joined([]), "", ""),
        (listed(["甲", NESTED]), "甲、少了 5 个，已补", "甲, 5 likes short, topped up"),
        (listed([]), "", ""),
    ],
)
def test_several_as_one(text, chinese, said):
    assert (text, translated(text, english)) == (chinese, said)


@pytest.mark.parametrize(
    "text", [NESTED, listed(["甲", "乙"]), phrase("{{}} {n}", n="1"), phrase("{}"), "掉赞", "{", ""]
)
def test_a_sentence_that_json_kept_says_the_same(text):
    kept = unpacked(json.loads(json.dumps(packed(text))))
    assert (kept, translated(kept, english)) == (text, translated(text, english))


def test_json_keeps_text_of_what_it_has_no_word_for():
    assert packed(phrase("{path}", path=Path("/a"))) == {
        "template": "{path}",
        "values": {"path": {"template": "/a", "values": {}}},
    }
