"""Which defect a claim belongs to: the same product, version and reason, and for what people describe, like words.

Like words are counted in pairs of neighbouring characters; nothing is learned, and the reason can be read by anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.phrases import Phrase, mark, phrase
from developers.rules.versions import at_least

# What was measured needs no words; of these the words say what it is.
DESCRIBED = ("defect", "not_as_described", "compatibility", "account_ban")
LONGEST_SYMPTOM, MOST_SYMPTOMS, MOST_VERSIONS = 200, 8, 20
FEWEST = 3  # pairs that two texts share, unless the shorter has fewer
SHOWN = 4
_FILLERS = frozenset("的了是在我你您他她它这那就都也很还吗呢吧啊呀嘛和与把被给着过有个")
_TOGETHER = mark("同一件商品、同一版本、同一个事由，归到一起。")
_FIRST = mark("这件商品、这一版本、这个事由的第一件。")
_ALONE = mark("没有相像的，自成一类。")
_WORDLESS = mark("没有写说明，和别的没写说明的归到一起。")


@dataclass(frozen=True)
class Cluster:
    """What is known of a defect when a claim looks for its own."""

    pk: int
    versions: tuple[str, ...]
    symptoms: tuple[str, ...]
    fix_version: str = ""


@dataclass(frozen=True)
class Placed:
    """`pk` None: it begins a new one."""

    pk: int | None
    why: Phrase


def pairs(text: str) -> frozenset[str]:
    """Neighbouring letters and digits, two by two, without words that say nothing."""
    found: set[str] = set()
    run = ""
    for letter in f"{text[:LONGEST_SYMPTOM].casefold()}\n":
        if letter.isalnum():
            run += "" if letter in _FILLERS else letter
            continue
        found.update(run[at : at + 2] for at in range(len(run) - 1))
        run = ""
    return frozenset(found)


def symptom_of(*, reason: str, text: str) -> str:
    """What a defect is known by: nothing where it was measured."""
    return " ".join(text.split())[:LONGEST_SYMPTOM] if reason in DESCRIBED else ""


def place(*, reason: str, text: str, version: str, clusters: Sequence[Cluster]) -> Placed:
    """Among the living defects of the same product and reason, the oldest first."""
    near = [one for one in clusters if version in one.versions]
    back = [one for one in clusters if one not in near and at_least(version, one.fix_version)]
    symptom = symptom_of(reason=reason, text=text)
    for some in (near, back):
        found = _like(symptom, some)
        if found is not None:
            return found
    return Placed(None, phrase(_ALONE if symptom else _FIRST))


def _like(symptom: str, clusters: Sequence[Cluster]) -> Placed | None:
    mine = pairs(symptom)
    if not mine:
        same = [one for one in clusters if not all(pairs(text) for text in one.symptoms)]
        return Placed(same[0].pk, phrase(_WORDLESS if symptom else _TOGETHER)) if same else None
    best: tuple[int, int] = (0, 0)
    found: Placed | None = None
    for one in clusters:
        for text in one.symptoms:
            theirs = pairs(text)
            score = _score(mine, theirs)
            if score > best:
                best, found = score, Placed(one.pk, _because(mine & theirs, text))
    return found


def _score(mine: frozenset[str], theirs: frozenset[str]) -> tuple[int, int]:
    """(share of the shorter in thousandths, pairs in common), or (0, 0) where that isn't half, or too few."""
    common, shorter = len(mine & theirs), min(len(mine), len(theirs))
    if not common or 2 * common < shorter or common < min(FEWEST, shorter):
        return 0, 0
    return 1000 * common // shorter, common


def _because(common: Iterable[str], text: str) -> Phrase:
    shared = sorted(common, key=lambda pair: (text.casefold().find(pair[0]), pair))
    return phrase(
        "和「{text}」有 {n} 处两字相同（{pairs}），占较短一句的一半以上。",
        text=clipped(text), n=len(shared), pairs="、".join(shared[:SHOWN]),
    )  # fmt: skip


def clipped(text: str, longest: int = 24) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def with_symptom(symptoms: Sequence[str], text: str) -> list[str]:
    """What a person placed teaches what else belongs there."""
    known = list(symptoms)
    return known if text in known or len(known) >= MOST_SYMPTOMS else [*known, text]


def with_version(versions: Sequence[str], version: str) -> list[str]:
    known = list(versions)
    return known if version in known or len(known) >= MOST_VERSIONS else [*known, version]
