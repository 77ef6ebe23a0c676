"""What is said to a reader, in the reader's language: Chinese, or English where the request asks for it."""

from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext

from common.phrases import Phrase, fill, translated

CHINESE, ENGLISH = "zh-hans", "en"


def say(template: str, **values: Any) -> str:
    """The template in the active language, filled: say("补 {n} 个", n=180)."""
    return fill(_said(template), {name: _inner(value) for name, value in values.items()})


def spoken(text: str) -> str:
    """A phrase, or a marked label, in the active language."""
    return translated(text, _said)


def _said(text: str) -> str:
    return _looked_up(text, get_language())


@lru_cache(maxsize=8192)
def _looked_up(text: str, language: str | None) -> str:
    """Catalogues don't change while the program runs; a Chinese word is found in none of several, each time anew."""
    del language  # only tells the entries apart
    return gettext(text)


def is_english() -> bool:
    return (get_language() or CHINESE).split("-")[0] == ENGLISH


def tongue_of(text: str) -> str:
    """The `lang` of what somebody wrote, where it is Chinese on an English page; "" where the page's own holds."""
    chinese = any(0x4E00 <= ord(letter) <= 0x9FFF for letter in text)
    return "zh-CN" if chinese and is_english() else ""


def _inner(value: Any) -> Any:
    return spoken(value) if isinstance(value, Phrase) else value
