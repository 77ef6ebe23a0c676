"""What is said of a defect: its name, and to a buyer what was found, where it is fixed and what to do now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from common.phrases import Phrase, mark, phrase
from developers.rules import masking
from developers.rules.likeness import clipped

UNKNOWN_VERSION = mark("未知版本")
_STOPS = "。！？.!?；;"


def named(*, title: str, symptoms: Sequence[str], reason: str) -> str:
    """What a person called it, else the first words of its first claim, else the reason."""
    if title:
        return title
    words = next((text for text in symptoms if text.strip()), "")
    return clipped(masking.words(words)) if words else reason


def told(*, title: str, found: str, version: str, on: date, advice: str, today: date) -> Phrase:
    """To a buyer who claimed: honest about what it was, and whether it is fixed yet."""
    fixed = fixed_in(version=version, on=on, today=today)
    return phrase(
        "您报过「{title}」的问题，开发者查到：{found}{fixed}您现在可以：{advice}",
        title=title, found=_ended(found), fixed=fixed, advice=_ended(advice),
    )  # fmt: skip


def fixed_in(*, version: str, on: date, today: date) -> Phrase:
    """Whether it is fixed yet, and from when on."""
    day = f"{on:%Y-%m-%d}"
    if on > today:
        return phrase("{version} 版会修好，{day} 发布。", version=version, day=day)
    return phrase("{version} 版已经修好（{day}）。", version=version, day=day)


def _ended(text: str) -> str:
    return text if text.endswith(tuple(_STOPS)) else f"{text}。"
