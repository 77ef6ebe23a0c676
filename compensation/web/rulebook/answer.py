"""The calculator's answer in finished words: what you would get, why, and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from common import figures
from common.language import say, spoken
from common.phrases import mark
from compensation.queries import vocabulary
from compensation.rules.decide import decide
from compensation.rules.decision import Decision
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy
from compensation.rules.words import beside, clause_text, words_of

_HEADS = {"lost": mark("少了"), "used": mark("用了多少"), "time": mark("过了多久")}
_INSTEAD = {
    "refuse": mark("这样不能退，也不能补"),
    "review": mark("由专人看过再定"),
    "guide": mark("由您选怎么办"),
    "nothing": mark("没有可退、可补的"),
}
_GIVES = {
    "top_up": mark("补给您"),
    "gift": mark("送您优质的"),
    "replacement": mark("给您换新"),
    "interaction_pack": mark("送您互动"),
}


@dataclass(frozen=True)
class Step:
    text: str
    result: str
    note: str


@dataclass(frozen=True)
class Answer:
    """As the receipt component takes it."""

    lead: str
    figure: str = ""
    unit: str = ""
    lines: tuple[str, ...] = ()
    basis: str = ""
    why: str = ""
    steps: tuple[Step, ...] = ()
    open: bool = True

    @property
    def size(self) -> str:
        return "" if len(self.figure) < 6 else "long" if len(self.figure) < 9 else "longer"


@dataclass(frozen=True)
class Row:
    case: str
    share: str
    gets: str
    edge: bool
    own: bool


@dataclass(frozen=True)
class Table:
    head: str
    rows: tuple[Row, ...]


def answer_of(facts: Facts, policy: Policy, *, notes: Iterable[str]) -> Answer:
    v = vocabulary()
    decision = decide(facts, policy).for_reader(ops=False)
    lead, figure, unit = _headline(decision)
    return Answer(
        lead=lead,
        figure=figure,
        unit=unit,
        lines=(*_others(decision), *notes),
        basis=say("依据：{clause}", clause=clause_text(policy, decision.clause, v)),
        why=say("每一步怎么算的"),
        steps=tuple(Step(step.text, step.result or "", step.formula or "") for step in decision.explained(v)),
    )


def _headline(decision: Decision) -> tuple[str, str, str]:
    """(lead, figure, unit); only words where nothing is given."""
    if decision.cash_fen:
        return say("退给您"), figures.yuan(decision.cash_fen), ""
    for remedy in decision.remedies:
        if remedy.quantity:
            return spoken(_GIVES[remedy.kind]), str(remedy.quantity), say("个")
    return spoken(_INSTEAD[decision.outcome if decision.outcome in _INSTEAD else "nothing"]), "", ""


def _others(decision: Decision) -> tuple[str, ...]:
    """What comes beside the cash; who looks at it first."""
    v = vocabulary()
    given = [
        v.gives_units(remedy.kind, remedy.quantity)
        for remedy in decision.remedies
        if remedy.quantity and decision.cash_fen
    ]
    seen = say("由专人核对后办，算出的数不变。") if decision.requires_review and decision.remedies else ""
    return (*(say("{what}。", what=each) for each in given), *([seen] if seen else []))


def tables_of(facts: Facts, policy: Policy) -> tuple[Table, ...]:
    """What one less and one more would give, and where the limits are."""
    v = vocabulary()
    return tuple(
        Table(
            spoken(_HEADS[about]),
            tuple(Row(row.case, row.share, _gets(row.decision), row.edge, row.own) for row in rows),
        )
        for about, rows in beside(facts, policy, v).items()
        if rows
    )


def _gets(decision: Decision) -> str:
    """Goods that are topped up are not refused a refund."""
    if (
        decision.facts.reason == "drop"
        and not decision.remedies
        and decision.outcome in ("refuse", "nothing")
    ):
        return say("不补")
    return words_of(decision, vocabulary())
