"""JSON values that a shop wrote, as people read them."""

from typing import Any

from common.language import say

MOST_LEVELS = 20


def in_words(value: Any, *, levels: int = MOST_LEVELS) -> str:
    """In one line: nothing, yes or no, several things side by side; what nobody could follow any more is left out."""
    if value is None:
        return say("没有写")
    if isinstance(value, bool):
        return say("是") if value else say("否")
    if not levels:
        return "…"
    if isinstance(value, dict):
        said = (f"{label} {in_words(each, levels=levels - 1)}" for label, each in value.items())
        return say("；").join(said)
    if isinstance(value, list):
        return say("、").join(in_words(each, levels=levels - 1) for each in value)
    return str(value)
