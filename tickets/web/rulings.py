"""What a person ruled of a ticket, read from its history, in the buyer's words: it stands above what was computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.text import capfirst

from common import figures
from common.language import say
from compensation.rules.decision import Remedy
from tickets.web.display import Slip, remedy_words


@dataclass(frozen=True)
class RulingSheet:
    """`kind`: answer, override, refused; `waits`: a colleague has to approve it first; `last`: there is no appeal."""

    kind: str
    text: str
    remedies: tuple[Remedy, ...] = ()
    waits: bool = False
    last: bool = False


def ruling_of(events: Iterable[Any]) -> RulingSheet | None:
    """The newest ruling that holds; what was decided again, or approved as computed, stands by itself."""
    ruling: RulingSheet | None = None
    for event in events:
        if event.kind == "establish":
            ruling = None
        elif event.kind == "refuse":
            ruling = RulingSheet("refused", event.text, last=event.data.get("to") == "closed")
        elif event.kind == "override":
            given = tuple(Remedy(**one) for one in event.data["remedies"])
            ruling = RulingSheet("override", event.text, given, bool(event.data["needs_second"]))
        elif event.kind == "approve":
            ruling = _approved(ruling, event)
    return ruling


def _approved(before: RulingSheet | None, event: Any) -> RulingSheet | None:
    if event.data.get("answer"):
        return RulingSheet("answer", event.text)
    return replace(before, waits=False) if before and before.kind == "override" else None


def ruled_slip(base: Slip, ruling: RulingSheet) -> Slip:
    """The receipt under a ruling: the person's words; what the rules had computed can still be opened."""
    why = say("照规则原来怎么算的")
    if ruling.kind == "override":
        return replace(base, why=why, basis="", ledger=None, **_given(ruling))
    lead = say("专人答复您")
    return replace(base, lead=lead, lines=(ruling.text,), why=why, basis="", ledger=None)


def _given(ruling: RulingSheet) -> dict[str, Any]:
    cash = sum(remedy.amount_fen or 0 for remedy in ruling.remedies)
    others = [remedy for remedy in ruling.remedies if remedy.amount_fen is None]
    lead = say("专人提出给您") if ruling.waits else say("专人改定，给您")
    if cash:
        more = (say("{what}。", what=capfirst(remedy_words(others))),) if others else ()
        return {"lead": lead, "figure": figures.yuan(cash), "lines": (*more, ruling.text)}
    units = sum(remedy.quantity or 0 for remedy in others)
    one = len(others) == 1
    figure = {"figure": str(units), "unit": say("个")} if one else {}
    words = () if one else (say("{what}。", what=capfirst(remedy_words(others))),)
    return {"lead": lead, "lines": (*words, ruling.text)} | figure
