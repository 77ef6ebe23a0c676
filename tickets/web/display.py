"""What the buyer's pages are made of: frozen shapes of finished words, so that templates hold no logic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from common import figures


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
    label: str
    value: str


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
class Slip:
    """The receipt: what is owed (`lead figure unit`), how it adds up, the rule it rests on."""

    lead: str
    figure: str = ""
    unit: str = ""
    caps: str = ""
    stamp: Stamp | None = None
    lines: tuple[str, ...] = ()
    ledger: Ledger | None = None
    basis: str = ""
    why: str = ""
    steps: tuple[CalcStep, ...] = ()
    clause: str = ""
    advice: str = ""
    open: bool = False

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


def remedy_words(remedies: Sequence) -> str:
    """退 ¥50.00，另送 1000 个: all that a decision gives, in one phrase."""
    said = []
    for remedy in sorted(remedies, key=lambda each: each.amount_fen is None):
        if remedy.amount_fen is not None:
            said.append(f"退 {figures.yuan(remedy.amount_fen)}")
        else:
            verb = {
                "gift": "另送优质的",
                "interaction_pack": "送互动",
                "replacement": "换新",
                "points": "送积分",
            }
            said.append(f"{verb.get(remedy.kind, '补')} {remedy.quantity} 个")
    return "，".join(said)
