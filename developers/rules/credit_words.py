"""What a developer can do to raise their credit, said with the very numbers; and what each counted thing was. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from common.phrases import Phrase, mark, phrase
from developers.rules import credit_rows as rows
from developers.rules.credit import (
    ANSWERS,
    DEFECTS,
    FAIR,
    GOOD,
    GRADES,
    LOW,
    NEWEST,
    REFUSALS,
    SCALES,
    Counts,
    Scale,
    at_most,
    credit,
)

# (source, whether it went wrong) → what it was
CAME_TO = {
    (rows.DEFECT, True): mark("货有毛病、属实"),
    (rows.ASKED, False): mark("按时答复了"), (rows.ASKED, True): mark("没有按时答复"),
    (rows.CLUSTER, False): mark("缺陷按时答复了"), (rows.CLUSTER, True): mark("缺陷没有按时答复"),
    (rows.CONTEST, False): mark("异议站住了，改由别人承担"), (rows.CONTEST, True): mark("异议没有站住，仍由您承担"),
    (rows.APPEAL, False): mark("买家申诉以后仍不予补偿"), (rows.APPEAL, True): mark("买家申诉以后改为补偿"),
}  # fmt: skip
_NEXT = {LOW: FAIR, FAIR: GOOD}


def advice(counts: Counts, scale: Scale = SCALES[NEWEST]) -> tuple[Phrase, ...]:
    """In order of what it brings; never empty."""
    found = credit(counts, scale)
    if found.total is None:
        missing = scale.least_sales - counts.sales
        return (phrase("再卖 {n} 单就有信用。在这之前，买家看到的规则不因此改变。", n=missing),)
    held = {part.name for part in found.parts if part.held}
    said = [*_better_grade(counts, found.grade, scale), *_for_parts(held)]
    return tuple(said) or (phrase("没有扣分的，照现在这样就好。"),)


def _better_grade(counts: Counts, grade: str, scale: Scale) -> Iterator[Phrase]:
    better = _NEXT.get(grade)
    if better is None:
        return
    most, name = at_most(counts, better, scale), phrase(GRADES[better])
    if most is None:
        yield phrase("单靠货少出毛病还到不了「{grade}」，按时答复和异议也要做好。", grade=name)
    elif most < counts.defects:
        yield phrase(
            "同样卖 {n} 单，货有毛病的不超过 {most} 单就是「{grade}」，现在是 {bad} 单。",
            n=counts.sales, most=most, grade=name, bad=counts.defects,
        )  # fmt: skip


def _for_parts(held: set[str]) -> Iterator[Phrase]:
    if DEFECTS in held:
        yield phrase("打开有毛病的每一单，看是哪件商品、什么原因。一批都有问题的，先召回：召回办的不扣信用。")
    if ANSWERS in held:
        yield phrase("请您答复的，48 小时内答；按时多答一次，这一部分只会更高。")
    if REFUSALS in held:
        yield phrase("提异议以前先看那一单凭的记录；站住的异议只会让这一部分更高。")
