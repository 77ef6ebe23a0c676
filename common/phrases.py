"""Sentences that can be said again in another language: written in Chinese, marked where they are written.

Pure, so that rules may use it. `common.language` says a phrase in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from string import Formatter
from typing import Any, Self

Translate = Callable[[str], str]


class Phrase(str):
    """A Chinese sentence, as any str, that remembers its template and what was put into it."""

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, template: str, **values: Any) -> Self:
        made = cls(fill(template, values))
        made.template, made.values = template, values
        return made


def phrase(template: str, **values: Any) -> Phrase:
    """phrase("少了 {n} 个", n=5): the Chinese sentence, ready to be translated later; values may be phrases."""
    return Phrase.of(template, **values)


def joined(texts: Iterable[str]) -> Phrase:
    """Several as one, each of which is translated by itself."""
    values = {f"part{number}": text for number, text in enumerate(texts)}
    return Phrase.of("".join(f"{{{name}}}" for name in values), **values)


def listed(names: Iterable[str]) -> Phrase:
    """甲、乙、丙, and in English with commas."""
    comma, parts = phrase("、"), list(names)
    return joined([text for name in parts for text in (comma, name)][1:])


def packed(text: str) -> dict[str, Any]:
    """What JSON can keep of a sentence beside its Chinese, to say it again in another language later."""
    if not isinstance(text, Phrase):
        return {"template": text, "values": {}}
    values = {
        name: value if isinstance(value, int) else packed(value if isinstance(value, str) else str(value))
        for name, value in text.values.items()
    }
    return {"template": text.template, "values": values}


def unpacked(kept: Mapping[str, Any]) -> Phrase:
    values = {
        name: unpacked(value) if isinstance(value, dict) else value for name, value in kept["values"].items()
    }
    return Phrase.of(kept["template"], **values)


def mark(text: str) -> str:
    """The text itself; marks a word of a table of labels as one to translate where it is shown."""
    return text


def fill(template: str, values: Mapping[str, Any]) -> str:
    """The template with its values; {n:like|likes} takes the word that suits the number n."""
    if not values:
        return template
    return _FORMATTER.vformat(template, (), values) if "|" in template else template.format_map(values)


def translated(text: str, translate: Translate) -> str:
    """A phrase said through `translate`, with the phrases inside it; any other text looked up as it is."""
    if not isinstance(text, Phrase):
        return translate(text) if text else text
    inner = {
        name: translated(value, translate) if isinstance(value, Phrase) else value
        for name, value in text.values.items()
    }
    return fill(translate(text.template), inner)


class _Plurals(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            one, many = format_spec.split("|", 1)
            return one if value in (1, "1") else many
        return str(super().format_field(value, format_spec))


_FORMATTER = _Plurals()
