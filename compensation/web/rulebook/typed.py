"""What was typed into the calculator, read into the facts that the engine decides on; each fault at its field."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.http import QueryDict

from common.language import say, spoken
from compensation.rules.facts import LARGEST, Facts, FactsRefused, parse_facts
from compensation.rules.figures import DAY
from compensation.rules.policy import Policy
from compensation.web.rulebook.fields import LOST_AS, SPANS, WANTS, Field, fields, matters

_LONGEST = 36_500 * DAY
_KEPT = 200
_DECIMAL = re.compile(r"\d{1,16}(\.\d{1,6})?", re.ASCII)
_AROUND = re.compile(r"[\s,¥%元个份件节]+")
# Which field a fact was typed into, where the engine refuses it.
_ASKED_BY = {
    "ordered": "n", "delivered": "came", "present": "gone", "paid_fen": "paid", "used_units": "used",
    "used_seconds": "used", "total_seconds": "total", "elapsed_seconds": "since", "outage_seconds": "outage",
}  # fmt: skip


@dataclass
class Typed:
    """`values` and `units` by field as they were typed; `facts` only where there are no errors."""

    matter: str
    fields: list[Field]
    values: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    facts: Facts | None = None


def read(query: QueryDict, policy: Policy) -> Typed:
    """A field that the address doesn't name has its usual value; one that is there and empty is a fault."""
    known = matters(policy)
    matter = query.get("about", "")
    matter = matter if matter in known else known[0]
    typed = Typed(matter, fields(policy, matter))
    for each in typed.fields:
        typed.values[each.name] = query.get(each.name, each.usual)[:_KEPT]
        typed.units[each.name] = query.get(f"{each.name}-unit", each.unit)[:20]
    raw = {name: value for name, value in _facts(typed, policy).items() if value is not None}
    try:
        facts = parse_facts(raw, kind=policy.kind, public=True)
        typed.facts = None if typed.errors else facts
    except FactsRefused as refused:
        for error in refused.errors:
            typed.errors.setdefault(_field_of(error.field, typed), spoken(error.detail))
    return typed


def _field_of(fact: str, typed: Typed) -> str:
    name, names = _ASKED_BY.get(fact, ""), [each.name for each in typed.fields]
    return name if name in names else names[0]


def _facts(typed: Typed, policy: Policy) -> dict[str, Any]:
    """The facts as far as they can be read; what can't is in `typed.errors`."""
    read_: dict[str, Any] = {each.name: _READERS[each.sort](typed, each) for each in typed.fields}
    bought, paid = read_.get("n", 1), read_["paid"]
    if typed.matter == "defect":
        stock = bought if read_["wants"] == "replacement" else 0
        return {
            "reason": "defect", "proof": "verified", "ordered": bought, "paid_fen": paid, "wants": read_["wants"],
            "stock": stock, "used_units": bought,
        }  # fmt: skip
    base = {"ordered": bought, "paid_fen": paid}
    if typed.matter == "drop":
        window, present = _window(read_["since"] or 0, policy), _present(typed, bought)
        base |= {"reason": "drop", "window": window, "long_term": read_.get("long", False)}
        # Of no sound number nothing can be left: what is wrong is said of the number alone.
        sound = bought is not None and 1 <= bought <= LARGEST
        return base | ({"delivered": bought, "present": present} if sound else {})
    base |= {"reason": "refund"}
    if typed.matter == "short":
        return base | {"delivered": read_["came"]}
    base |= {"elapsed_seconds": read_["since"], "trial_taken": read_.get("taken", False)}
    if policy.kind == "subscription":
        used = {"total_seconds": read_["total"], "outage_seconds": read_["outage"]}
        return base | used | {"used_seconds": read_["used"]}
    return base | {"used_units": read_["used"]}


def _window(seconds: int, policy: Policy) -> str:
    if seconds <= policy.window_seconds:
        return "inside"
    return "warranty" if seconds <= policy.warranty_days * DAY else "outside"


def _bare(text: str) -> str:
    """As people type figures: full-width ones, 1,000 or ¥50 or 15%."""
    return _AROUND.sub("", unicodedata.normalize("NFKC", text))


def _count(typed: Typed, asked: Field) -> int | None:
    text = _bare(typed.values[asked.name])
    if not re.fullmatch(r"-?\d+", text, re.ASCII):
        example = asked.usual or "100"
        typed.errors[asked.name] = say("请填整数，例如 {example}。", example=example)
        return None
    return int(text) if len(text) < 16 else (-1 if text.startswith("-") else LARGEST + 1)


def _number(typed: Typed, asked: Field, says: str) -> Fraction | None:
    text = _bare(typed.values[asked.name])
    if _DECIMAL.fullmatch(text):
        return Fraction(text)
    typed.errors[asked.name] = says
    return None


def _yuan(typed: Typed, asked: Field) -> int | None:
    value = _number(typed, asked, says := say("请填金额，例如 50 或 49.90，最多两位小数。"))
    if value is None:
        return None
    fen = value * 100
    if fen.denominator != 1:
        typed.errors[asked.name] = says
    elif fen > LARGEST:
        typed.errors[asked.name] = say("太大了：请填一百亿以内的金额。")
    else:
        return int(fen)
    return None


def _span(typed: Typed, asked: Field) -> int | None:
    value = _number(typed, asked, say("请填时长，例如 20 或 1.5。"))
    unit = typed.units[asked.name]
    if unit not in SPANS:
        typed.errors[asked.name] = say("请选时间的单位。")
        return None
    if value is None:
        return None
    seconds = value * SPANS[unit][0]
    if seconds > _LONGEST:
        typed.errors[asked.name] = say("太长了：请填 100 年以内的时长。")
        return None
    return -(-seconds.numerator // seconds.denominator)  # a part of a second counts as one


def _flag(typed: Typed, asked: Field) -> bool:
    return bool(typed.values[asked.name])


def _choice(typed: Typed, asked: Field) -> str:
    if typed.values[asked.name] in WANTS:
        return typed.values[asked.name]
    typed.errors[asked.name] = say("请选一项。")
    return asked.usual


def _lost(typed: Typed, asked: Field) -> None:
    """Read together with how many were bought: `_present`."""


_READERS: dict[str, Any] = {
    "count": _count, "yuan": _yuan, "span": _span, "flag": _flag, "choice": _choice, "lost": _lost,
}  # fmt: skip


def _present(typed: Typed, bought: int | None) -> int:
    """How many are still there. A share that is no whole number counts the whole ones that are gone."""
    asked = next(each for each in typed.fields if each.sort == "lost")
    how = typed.units[asked.name]
    if how not in LOST_AS:
        typed.errors[asked.name] = say("请选按什么填。")
        return 0
    if how == "percent":
        return _of_share(typed, asked, max(0, bought or 0))
    count = _count(typed, asked)
    if count is None or bought is None or bought < 1 or how == "left":
        return count or 0
    if 0 <= count <= bought:
        return bought - count
    typed.errors[asked.name] = say("少的不会比买的多：请填 0 到 {n}。", n=bought)
    return 0


def _of_share(typed: Typed, asked: Field, bought: int) -> int:
    share = _number(typed, asked, says := say("请填 0 到 100 之间的数，例如 15。"))
    if share is None:
        return 0
    if share > 100:
        typed.errors[asked.name] = says
        return 0
    lost = share * bought / 100
    if lost.denominator != 1:
        note = say("{n} 个的 {share}% 不是整数，按少了 {lost} 个算。", n=bought, share=_bare(typed.values[asked.name]),
                   lost=int(lost))  # fmt: skip
        typed.notes.append(note)
    return bought - int(lost)
