"""Which version of the goods a claim is about, and which of two is the later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

LONGEST = 64
_PARTS = 6


def version_told(units: Iterable[Mapping[str, object]], *, listed: str = "") -> str:
    """What the units handed over say, where they all say the same; else what the goods were listed as; "" unknown."""
    told = {
        str(unit["version"]).strip() for unit in units if isinstance(unit.get("version"), str | int | float)
    }
    told.discard("")
    if len(told) > 1:
        return ""
    return (next(iter(told)) if told else listed.strip())[:LONGEST]


def at_least(version: str, other: str) -> bool:
    """1.10 ≥ 1.9; what are no numbers are only ever as late as themselves."""
    if not version or not other:
        return False
    mine, theirs = _numbers(version), _numbers(other)
    return version == other if mine is None or theirs is None else mine >= theirs


def _numbers(version: str) -> tuple[int, ...] | None:
    parts = version.strip().lstrip("vV").split(".")
    if len(parts) > _PARTS or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        return None
    numbers = [int(part) for part in parts]
    return (*numbers, *[0] * (_PARTS - len(numbers)))
