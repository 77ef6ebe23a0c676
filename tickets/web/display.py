"""What the buyer's pages are made of: frozen shapes of finished words, so that templates hold no logic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from common import figures
from common.clock import shanghai
from common.language import is_english, say
from common.phrases import mark


@dataclass(frozen=True)
class Row:
    """One line of the ledger; `kind` is "", "sum" or "sum get"."""

    label: str
    value: int
    note: str = ""
    kind: str = ""

    @property
    def digits(self) -> str:
        return str(self.value)


@dataclass(frozen=True)
class Ledger:
    """Counts standing digit by digit; wide enough for its longest number."""

    caption: str
    rows: tuple[Row, ...]

    @property
    def width(self) -> int:
        return max(4, *(len(row.digits) for row in self.rows))

    @property
    def heads(self) -> str:
        return figures.column_heads(self.width)


@dataclass(frozen=True)
class Pair:
    """`whole`: one press selects all of the value, to be copied."""

    label: str
    value: str
    whole: bool = False
    note: str = ""


@dataclass(frozen=True)
class CalcStep:
    text: str
    result: str
    note: str = ""


@dataclass(frozen=True)
class Stamp:
    text: str
    at: str = ""


@dataclass(frozen=True)
class Source:
    """The version of the rules that a receipt rests on, to be read in full."""

    code: str
    version: int


@dataclass(frozen=True)
class Resting:
    """A row that the sum rests on, and where it stands in full; `page` is "" where it is another's to read."""

    text: str
    page: str = ""
    query: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Slip:
    """The receipt: what is owed (`lead figure unit`), how it adds up, the rule it rests on."""

    lead: str
    figure: str = ""
    unit: str = ""
    caps: str = ""
    stamp: Stamp | None = None
    lines: tuple[str, ...] = ()
    ledger: Ledger | None = None
    totals: tuple[Pair, ...] = ()
    basis: str = ""
    why: str = ""
    steps: tuple[CalcStep, ...] = ()
    clause: str = ""
    advice: str = ""
    open: bool = False
    source: Source | None = None
    resting: tuple[Resting, ...] = ()
    order_no: str = ""  # whose rows they are

    @property
    def size(self) -> str:
        """Long figures are set smaller, so that figure and stamp fit side by side on a phone."""
        return "" if len(self.figure) < 6 else "long" if len(self.figure) < 9 else "longer"


@dataclass(frozen=True)
class FlowItem:
    when: str
    machine: str
    text: str
    note: str = ""
    figure: str = ""
    upcoming: bool = False


@dataclass(frozen=True)
class StepView:
    """One dot of the progress; `state` is "done", "now" or "todo"."""

    label: str
    state: str
    note: str = ""


def calc_steps(explanation: Iterable) -> tuple[CalcStep, ...]:
    """The decision's own explanation, step by step."""
    return tuple(
        CalcStep(text=step.text, result=step.result or "", note=step.formula or "") for step in explanation
    )


def flow_item(at: datetime, text: str, *, now: datetime, note: str = "", figure: str = "") -> FlowItem:
    return FlowItem(
        when=figures.short_moment(at, now=now),
        machine=figures.machine_moment(at),
        text=text,
        note=note,
        figure=figure,
        upcoming=at > now,
    )


_GIVES = {
    "gift": mark("另送优质的 {n} 个"),
    "interaction_pack": mark("送互动 {n} 个"),
    "replacement": mark("换新 {n} 份"),
    "points": mark("送积分 {n} 个"),
}


def remedy_words(remedies: Sequence) -> str:
    """退 ¥50.00，另送 1000 个: all that a decision gives, in one phrase."""
    said = []
    for remedy in sorted(remedies, key=lambda each: each.amount_fen is None):
        if remedy.amount_fen is not None:
            said.append(say("退 {amount}", amount=figures.yuan(remedy.amount_fen)))
        else:
            said.append(say(_GIVES.get(remedy.kind, mark("补 {n} 个")), n=remedy.quantity))
    return listed(said)


def listed(parts: Iterable[str]) -> str:
    """Several things in one sentence."""
    return say("，").join(parts)


def sentences(*said: str) -> str:
    """One after the other; English puts a space between."""
    return (" " if is_english() else "").join(each for each in said if each)


def seen_at(at: datetime, *, now: datetime) -> str:
    """When a count was taken: 13:05 where it was today, else 昨天 13:05."""
    today = shanghai(at).date() == shanghai(now).date()
    return figures.time_of_day(at) if today else figures.moment(at, now=now)
