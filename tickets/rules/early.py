"""What a buyer reads beside a claim for a drop: how the number owed is come by, and what filing early may cost."""

from datetime import datetime

from common.phrases import Phrase, mark, phrase
from compensation.rules.decision import Decision
from compensation.rules.figures import decimal

TIERS = ("drop.tier_a", "drop.tier_b")
_EXACT = mark("少了 {n} 个 × {factor} = {owed} 个")
_ROUNDED_UP = mark("少了 {n} 个 × {factor}，进一得 {owed} 个")


def early_until(decision: Decision, *, window_until: datetime | None, now: datetime) -> datetime | None:
    """A claim filed before then can end in a lower tier than one filed at the window's end; None: no such harm."""
    if decision.clause not in TIERS or window_until is None or now >= window_until:
        return None
    return window_until


def caution(*, end: str, by_itself: bool = False) -> Phrase:
    """Right above the button, so that it is read before it is pressed. `by_itself`: the system files at the end."""
    if by_itself:
        return phrase(
            "不着急的话，{end} 系统会自动替您申请：要是接着掉，到时可能全额退款，现在申请的就不一定了。",
            end=end,
        )
    return phrase(
        "不着急的话，可以等到{end} 再申请：要是接着掉，到时可能全额退款，现在申请的就不一定了。", end=end
    )


def sum_of(decision: Decision, *, units: int) -> Phrase | None:
    """150 × 1.2 = 180, in words; None where the number is no such product."""
    measures, facts = decision.measures, decision.facts
    if measures and decision.clause == "drop.slow" and measures.loss == units:
        return phrase("质保内，少 {n} 个补 {n} 个", n=units)
    if not measures or decision.clause not in TIERS:
        return None
    loss, entitled = measures.loss, units + facts.granted
    numerator, denominator = _factor(decision)
    if numerator == denominator:
        first = phrase("少了 {n} 个，补 {n} 个", n=loss)
    else:
        template = _EXACT if loss * numerator == entitled * denominator else _ROUNDED_UP
        first = phrase(template, n=loss, factor=decimal((numerator, denominator)), owed=entitled)
        first = phrase("{sum}（长期用户）", sum=first) if facts.long_term else first
    return phrase("{sum}，减去之前补的 {n} 个", sum=first, n=facts.granted) if facts.granted else first


def _factor(decision: Decision) -> tuple[int, int]:
    terms = decision.terms
    if decision.clause != "drop.tier_b":
        return terms.factor_a
    return terms.factor_b_long_term if decision.facts.long_term else terms.factor_b
