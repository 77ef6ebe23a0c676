"""Stars and a few words: of a case that is over, or of a month."""

from __future__ import annotations

from common.phrases import Phrase, mark, phrase

LONGEST_TEXT = 1000


def faults_of(stars: int | None, text: str) -> list[dict[str, str]]:
    """Everything that is wrong with it."""
    faults: list[tuple[str, str, str | Phrase]] = []
    if stars is None:
        faults.append(("stars", "out_of_range", mark("还没选星，请点一到五颗。")))
    elif not 1 <= stars <= 5:
        faults.append(("stars", "out_of_range", mark("请选一到五颗星。")))
    if len(text) > LONGEST_TEXT:
        faults.append(("text", "too_long", phrase("请不要超过 {n} 个字。", n=LONGEST_TEXT)))
    return [{"field": field, "code": code, "detail": detail} for field, code, detail in faults]
