"""The calculator's form in finished words: labels, what was typed, what is wrong, what a reader should know."""

from __future__ import annotations

from dataclasses import dataclass

from common.language import say, spoken
from compensation.queries import vocabulary
from compensation.rules.policy import Policy
from compensation.web.rulebook.fields import LOST_AS, SPANS, WANTS, Field
from compensation.web.rulebook.typed import Typed


@dataclass(frozen=True)
class Asked:
    """`options` are the units of a number, or all there is to choose; (value, label, chosen)."""

    name: str
    sort: str
    label: str
    value: str
    error: str
    hint: str
    options: tuple[tuple[str, str, bool], ...]
    first_wrong: bool


def present_fields(typed: Typed, policy: Policy) -> tuple[Asked, ...]:
    wrong = next((each.name for each in typed.fields if each.name in typed.errors), "")
    return tuple(
        Asked(
            name=each.name,
            sort=each.sort,
            label=spoken(each.label),
            value=typed.values[each.name],
            error=typed.errors.get(each.name, ""),
            hint=_hint(each, typed, policy),
            options=_options(each, typed),
            first_wrong=each.name == wrong,
        )
        for each in typed.fields
    )


def _options(asked: Field, typed: Typed) -> tuple[tuple[str, str, bool], ...]:
    if asked.sort == "choice":
        chosen, known = typed.values[asked.name], WANTS
    else:
        chosen = typed.units[asked.name]
        known = {"span": {name: word for name, (_, word) in SPANS.items()}, "lost": LOST_AS}.get(
            asked.sort, {}
        )
    return tuple((name, spoken(word), name == chosen) for name, word in known.items())


def _hint(asked: Field, typed: Typed, policy: Policy) -> str:
    v = vocabulary()
    if asked.name == "long":
        return say("连续 {n} 个月以上每月都有订单", n=policy.long_term_months)
    if asked.name != "since":
        return ""
    if typed.matter == "drop":
        return say("{window}内少的，送完后 {filing}内都可以申请", window=v.span(policy.window_seconds),
                   filing=v.span(policy.filing_seconds))  # fmt: skip
    return say("从付款和首次送达里晚的那个算起")
