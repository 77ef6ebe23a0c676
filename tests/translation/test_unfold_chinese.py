"""The admin's framework ships no Chinese: every sentence it has is in ours, and Django's own stays as it is."""

import re
from gettext import GNUTranslations
from io import BytesIO

from babel.messages.pofile import read_po
from django.utils.translation import override
from django.utils.translation.trans_real import translation

from tests.translation.extracting import CHINESE, ROOT
from tests.translation.messages import compiled
from tests.translation.unfold_words import sentences

PO = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"
FIGURES = re.compile(r"%\(\w+\)s|{}|<[^>]+>")


def chinese_of(sentence):
    known = translation("zh-hans")._catalog
    return known.get(sentence) if isinstance(sentence, str) else known.get((sentence[0], 0))


def test_there_is_no_sentence_of_unfold_without_chinese():
    worded = [each for each in sentences() if not isinstance(each, str) or FIGURES.sub("", each).strip()]
    with override("zh-hans"):
        missing = [each for each in worded if not CHINESE.search(chinese_of(each) or "")]
    assert missing == []


def test_what_django_says_in_chinese_stays_as_django_says_it():
    with PO.open("rb") as file:
        ours = {message.id for message in read_po(file) if message.id}
    assert "Save" not in ours  # Django has it
    known = sentences()
    assert {each for each in ours if each not in known} == set()


def test_figures_and_links_stand_in_the_chinese_too():
    with PO.open("rb") as file:
        rows = [(message.id, message.string) for message in read_po(file) if message.id]
    first = [[text if isinstance(text, str) else text[0] for text in row] for row in rows]
    assert [one for one, two in first if sorted(FIGURES.findall(one)) != sorted(FIGURES.findall(two))] == []


def test_the_compiled_catalogue_is_of_this_text():
    kept = GNUTranslations(BytesIO(PO.with_suffix(".mo").read_bytes()))._catalog
    fresh = GNUTranslations(BytesIO(compiled(PO)))._catalog
    kept.pop(""), fresh.pop("")  # when it was made
    assert kept == fresh
