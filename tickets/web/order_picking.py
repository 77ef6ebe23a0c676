"""部分退款: how many units a refund is for, chosen on the page, with the exact sum shown before it is filed."""

from dataclasses import dataclass, replace

from common.language import say, spoken
from common.phrases import mark
from compensation.queries import Quote
from compensation.rules import amounts
from compensation.rules.decide import decide
from compensation.rules.decision import Decision

_TITLES = {
    "licence": mark("退几份"), "course": mark("退几节"), "game_item": mark("退几件"), "metered": mark("退几个"),
}  # fmt: skip
_KEPT = {
    "licence": mark("只退 {n} 份，另外 {left} 份您留着。"),
    "course": mark("只退 {n} 节，另外 {left} 节您留着。"),
    "game_item": mark("只退 {n} 件，另外 {left} 件您留着。"),
    "metered": mark("只退 {n} 个，另外没送到的 {left} 个以后还能退。"),
}
_FIRST = {
    "licence": mark("最多 {most} 份，没用过的先退。"),
    "course": mark("最多 {most} 节，没学的先退。"),
    "game_item": mark("最多 {most} 件，没用过的先退。"),
    "metered": mark("最多 {most} 个，都是没送到的。"),
}


@dataclass(frozen=True)
class Picking:
    """The field: `typed` is what stands in it, `seen` the number whose sum the page shows."""

    title: str
    help: str
    most: int
    typed: str
    seen: str
    error: str = ""
    kept: str = ""


def pick(*, quote: Quote, asked: str) -> tuple[Quote, Picking | None]:
    """The refund of so many units, and the field they are chosen in; None where there is nothing to choose."""
    kind, most = quote.decision.terms.kind, most_of(quote.decision)
    if most < 2 or kind not in _TITLES:
        return quote, None
    field = Picking(
        title=spoken(_TITLES[kind]), help=say(_FIRST[kind], most=most), most=most, typed=asked or str(most),
        seen=str(most),
    )  # fmt: skip
    if not asked:
        return quote, field
    count = _whole(asked)
    if count is None or not 1 <= count <= most:
        return quote, replace(field, error=say("请写 1 到 {most} 之间的整数。", most=most))
    if count == most:
        return quote, field
    facts = replace(quote.facts, quantity=count)
    kept = say(_KEPT[kind], n=count, left=most - count)
    chosen = replace(quote, facts=facts, decision=decide(facts, quote.decision.terms))
    return chosen, replace(field, typed=str(count), seen=str(count), kept=kept)


def most_of(decision: Decision) -> int:
    """Units that this refund pays for; none where it pays by time, or nothing."""
    facts, terms = decision.facts, decision.terms
    if not decision.cash_fen or facts.closed:
        return 0
    if decision.clause == "refund.trial":
        return amounts.asked_back(facts)
    return amounts.unused(facts, terms) if decision.clause in ("refund.cooling_off", "refund.pro_rata") else 0


def _whole(text: str) -> int | None:
    digits = text.strip()
    return int(digits) if digits.isdecimal() and len(digits) <= 13 else None
