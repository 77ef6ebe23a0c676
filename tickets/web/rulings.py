"""What a person ruled of a ticket, read from its history, in the buyer's words: it stands above what was computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.text import capfirst

from common import figures
from common.language import say, spoken
from common.phrases import mark
from compensation.rules.decision import Remedy
from tickets.web.display import Slip, remedy_words


@dataclass(frozen=True)
class RulingSheet:
    """`kind`: answer, override, recalled, refused; `waits`: for a colleague's yes; `last`: there is no appeal."""

    kind: str
    text: str
    remedies: tuple[Remedy, ...] = ()
    waits: bool = False
    last: bool = False
    recall_no: str = ""


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
        elif event.kind == "recalled":
            given = tuple(Remedy(**one) for one in event.data["remedies"])
            ruling = RulingSheet("recalled", event.text, given, recall_no=event.data["recall"])
        elif event.kind == "approve":
            ruling = _approved(ruling, event)
    return ruling


def _approved(before: RulingSheet | None, event: Any) -> RulingSheet | None:
    if event.data.get("answer"):
        return RulingSheet("answer", event.text)
    return replace(before, waits=False) if before and before.kind in ("override", "recalled") else None


def ruled_slip(base: Slip, ruling: RulingSheet) -> Slip:
    """The receipt under a ruling: the person's words; what the rules had computed can still be opened."""
    if ruling.kind == "recalled":  # nothing was computed, so there is nothing to open
        return replace(base, steps=(), clause="", basis="", ledger=None, **_given(ruling))
    why = say("照规则原来怎么算的")
    if ruling.kind == "override":
        return replace(base, why=why, basis="", ledger=None, **_given(ruling))
    lead = say("专人答复您")
    return replace(base, lead=lead, lines=(ruling.text,), why=why, basis="", ledger=None)


_LEADS = {
    "waits": mark("专人提出给您"),
    "override": mark("专人改定，给您"),
    "recalled": mark("召回，给您"),
}


def _given(ruling: RulingSheet) -> dict[str, Any]:
    cash = sum(remedy.amount_fen or 0 for remedy in ruling.remedies)
    others = [remedy for remedy in ruling.remedies if remedy.amount_fen is None]
    lead = spoken(_LEADS["waits" if ruling.waits else ruling.kind])
    if cash:
        lead = say("召回退款") if ruling.kind == "recalled" and not ruling.waits else lead
        more = (say("{what}。", what=capfirst(remedy_words(others))),) if others else ()
        return {"lead": lead, "figure": figures.yuan(cash), "lines": (*more, ruling.text)}
    units = sum(remedy.quantity or 0 for remedy in others)
    one = len(others) == 1
    unit = say("份") if one and others[0].kind == "replacement" else say("个")
    figure = {"figure": str(units), "unit": unit} if one else {}
    words = () if one else (say("{what}。", what=capfirst(remedy_words(others))),)
    return {"lead": lead, "lines": (*words, ruling.text)} | figure
