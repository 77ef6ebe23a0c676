"""What the guarantee fund pays a developer back, up to when it may be asked for, how much, and who has to agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from common.phrases import Phrase, mark, phrase

# From when it was put on the developer; that instant counts. Ops answer within the second.
FILE_WITHIN, ANSWER_WITHIN = timedelta(days=30), timedelta(hours=72)
SECOND_ABOVE_FEN = 20_000  # above it two of ops agree
MOST_CASES = 50
OUTAGE, MOVED, WRONG = "outage", "moved", "wrong"
PLATFORM = "platform"


class Cause(NamedTuple):
    """A loss that counts: what it is called, and what is meant by it."""

    name: str
    says: str


CAUSES: dict[str, Cause] = {
    OUTAGE: Cause(mark("平台停服"), mark("平台停服或出错，买家因此没用上，退的钱记在您名下。")),
    MOVED: Cause(mark("责任该在平台"), mark("查明是平台的问题，钱却还有记在您名下的。")),
    WRONG: Cause(mark("平台多赔、错赔"), mark("不该退的退了，或者多退了，由您承担了。")),
}


@dataclass(frozen=True)
class Case:
    """One case as the developer's account has it, in fen."""

    no: str
    borne: int
    taken_off: int
    from_fund: int

    @property
    def left(self) -> int:
        return max(0, self.borne - self.taken_off - self.from_fund)


class Step(NamedTuple):
    text: Phrase | str
    result: str
    note: Phrase | str = ""


def file_until(put_at: datetime) -> datetime:
    return put_at + FILE_WITHIN


def answer_until(filed_at: datetime) -> datetime:
    return filed_at + ANSWER_WITHIN


def approvals(fen: int) -> int:
    return 2 if fen > SECOND_ABOVE_FEN else 1


def total(cases: Iterable[Case]) -> int:
    return sum(case.left for case in cases)


def steps(cases: Sequence[Case]) -> list[Step]:
    """The sum in order: each case's part, then all of them."""
    rows = [
        Step(
            phrase("售后单 {no}", no=case.no), _yuan(case.left),
            phrase(
                "记到名下 {borne} − 已经更正退回 {off} − 基金赔过 {fund}",
                borne=_yuan(case.borne), off=_yuan(case.taken_off), fund=_yuan(case.from_fund),
            ),
        )
        for case in cases
    ]  # fmt: skip
    if len(rows) > 1:
        rows.append(Step(phrase("{n} 张加起来", n=len(rows)), _yuan(total(cases))))
    return rows


def shown(cause: str, *, party: str, rows: Mapping[str, Any], was_platform: bool) -> bool | None:
    """Whether the record shows such a loss of a case; None: no record can, a person has to look."""
    if cause == OUTAGE:
        return bool(rows.get("outages"))
    if cause == MOVED:
        return was_platform or party == PLATFORM
    return None


def _yuan(fen: int) -> str:
    return f"¥{fen // 100}.{fen % 100:02d}"
