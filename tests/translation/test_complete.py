"""English is complete: what a reader may see is marked, what is marked has English, and what was English is used."""

import re
from fnmatch import fnmatch
from string import Formatter

import pytest

from common.phrases import fill
from tests.translation.chinese_only import REASONS, TODAY
from tests.translation.extracting import CHINESE, ROOMS, ROOT, room_of, sources, unmarked
from tests.translation.messages import compiled, marked, po_of, read

EVERY_ROOM = ["", *ROOMS]
CLEAN = [room for room in EVERY_ROOM if room not in TODAY]
# Full stops and brackets as Chinese has them; and quotation marks that Chinese fonts draw as wide as a letter.
WIDE = re.compile("[\u3000-\u303f\uff00-\uffef“”‘’]")
PYTHON_NAMES = re.compile(r"%\((\w+)\)s")


def names(sentence):
    """What is put in, and the tags around it."""
    fields = (
        {field for _, field, _, _ in Formatter().parse(sentence) if field} if "%(" not in sentence else ()
    )
    return {*fields, *PYTHON_NAMES.findall(sentence)}, sorted(re.findall(r"</?(?!wbr)\w+", sentence))


def test_chinese_that_is_not_marked_stands_only_where_a_reason_is_given():
    found = {str(path.relative_to(ROOT)): unmarked(path) for path in sources() if room_of(path) not in TODAY}
    assert {
        name: rows
        for name, rows in found.items()
        if rows and not any(fnmatch(name, each) for each in REASONS)
    } == {}


def test_no_reason_outlives_what_it_was_given_for():
    found = [str(path.relative_to(ROOT)) for path in sources() if unmarked(path)]
    assert [each for each in REASONS if not any(fnmatch(name, each) for name in found)] == []


@pytest.mark.parametrize("room", CLEAN)
def test_the_catalogue_has_what_is_marked_and_nothing_else(room):
    english = read(po_of(room))
    assert ({*english} - {*marked(room)}, {*marked(room)} - {*english}) == (set(), set())
    assert [chinese for chinese, words in english.items() if not words] == []


@pytest.mark.parametrize("room", EVERY_ROOM)
def test_english_is_english_and_puts_in_what_the_chinese_does(room):
    english = {chinese: words for chinese, words in read(po_of(room)).items() if words}
    assert {c: e for c, e in english.items() if CHINESE.search(e) or WIDE.search(e)} == {}
    assert {c: e for c, e in english.items() if names(c) != names(e)} == {}


@pytest.mark.parametrize("room", EVERY_ROOM)
def test_words_for_one_and_for_many_are_well_formed(room):
    for words in read(po_of(room)).values():
        if "{" in words:
            for number in (1, 2):
                said = fill(words, dict.fromkeys(names(words)[0], number))
                assert not set(said) & set("{|}"), words


def test_every_room_with_words_has_a_catalogue():
    assert {room for room in CLEAN if po_of(room).exists()} == {room for room in CLEAN if marked(room)}


@pytest.mark.parametrize("room", [room for room in EVERY_ROOM if po_of(room).exists()])
def test_what_the_program_reads_was_compiled_of_what_people_edit(room):
    po = po_of(room)
    assert po.with_suffix(".mo").read_bytes() == compiled(po), "run make messages"


def test_the_same_chinese_is_the_same_english_in_every_room():
    said: dict[str, dict[str, str]] = {}
    for room in EVERY_ROOM:
        for chinese, english in read(po_of(room)).items():
            if english:
                said.setdefault(chinese, {})[room] = english
    assert {chinese: by for chinese, by in said.items() if len(set(by.values())) > 1} == {}
