"""The rows that a decision rests on, in words: which count, which report, by its number."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from common import figures
from common.language import say
from common.phrases import mark
from tickets.web.display import Resting

COUNTS = "order-counts"
_BEFORE = mark("补单到之前：{time} 数到 {n}（第 {id} 号记录）")
_AFTER = mark("补单到之后最多：{time} 数到 {n}（第 {id} 号记录）")


def resting_of(sources: Mapping[str, Any] | None) -> tuple[Resting, ...]:
    """Of decisions made before the rows were kept, nothing."""
    return tuple(_rows(sources or {}))


def _rows(sources: Mapping[str, Any]) -> Iterator[Resting]:
    for row in sources.get("findings", ()):
        yield _dated(row, mark("依据的事实：{time} 由专人查明（第 {id} 号记录）"), "finding")
    for row in sources.get("counts", ()):
        yield _count(row)
    # A top-up that no count shows: what was counted before it came, and the most that was counted after.
    for sentence, row in zip((_BEFORE, _AFTER), sources.get("unshown", ()), strict=False):
        yield _count(row, sentence)
    for row in sources.get("usage", ()):
        yield _dated(row, mark("依据的用量：截至 {time} 的（第 {id} 号记录）"), "usage")
    for row in sources.get("deliveries", ()):
        yield _dated(row, mark("依据的送达：{time} 的（第 {id} 号记录）"), "delivery")
    for row in sources.get("keys", ()):
        time = figures.full_moment(datetime.fromisoformat(row["at"]))
        yield Resting(say("看过的卡密：第 {n} 份，{time} 第一次看", n=row["id"], time=time), "order")
    for row in sources.get("given", ()):
        yield _given(row)
    for row in sources.get("closed_by", ()):
        yield _given(row, mark("结清这一单的退款：{time} 的 {sum}（第 {id} 号）"))


def _dated(row: Mapping[str, Any], sentence: str, kind: str) -> Resting:
    time = figures.full_moment(datetime.fromisoformat(row["at"]))
    text = say(sentence, time=time, id=row["id"])
    return Resting(text, COUNTS, urlencode({"at": row["at"]}), f"{kind}-{row['id']}")


def _given(
    row: Mapping[str, Any], refund: str = mark("以前的退款：{time} 的 {sum}（第 {id} 号）")
) -> Resting:
    """What was counted of an earlier remedy, as it stood then."""
    time = figures.full_moment(datetime.fromisoformat(row["at"]))
    if row["kind"] == "refund":
        text = say(refund, time=time, sum=figures.yuan(row["amount_fen"]), id=row["id"])
        return Resting(text, "records", anchor="refunds")
    text = say(
        "以前补的：{time} 的 {n} 个，当时到了 {came} 个（第 {id} 号）",
        time=time, n=f"{row['quantity']:,}", came=f"{row['delivered']:,}", id=row["id"],
    )  # fmt: skip
    return Resting(text, "records", urlencode({"of": row["key"]}))


def _count(row: Mapping[str, Any], sentence: str = "") -> Resting:
    time = figures.full_moment(datetime.fromisoformat(row["at"]))
    text = say(sentence or _counted(row), time=time, n=row["count"], id=row["id"])
    if not row["own"]:
        return Resting(text, anchor=f"count-{row['id']}")
    return Resting(text, COUNTS, urlencode({"at": row["at"]}), f"count-{row['id']}")


def _counted(row: Mapping[str, Any]) -> str:
    if row["count"] is None or not row["measurable"]:
        return mark("依据的计数：{time} 没有数成（第 {id} 号记录）")
    if row["own"]:
        return mark("依据的计数：{time} 数到 {n}（第 {id} 号记录）")
    return mark("依据的计数：{time} 同一目标的另一单数到 {n}（第 {id} 号记录）")
