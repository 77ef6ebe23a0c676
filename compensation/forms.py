"""A policy as people write it: per cent, times, hours, yuan; read into the exact data that the engine runs on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any, NamedTuple

from django.http import QueryDict

from common.language import say
from common.phrases import Phrase, mark, phrase
from compensation.rules.clauses import CLAUSES
from compensation.rules.facts import LARGEST, METERED_ONLY, TIME_BASED
from compensation.rules.figures import DAY, HOUR, decimal
from compensation.rules.policy import Policy
from compensation.rules.publishing.limits import NAMES

UNITS = {
    "second": (1, mark("秒")),
    "minute": (60, mark("分钟")),
    "hour": (HOUR, mark("小时")),
    "day": (DAY, mark("天")),
}
_USUAL = {field.name: field.default for field in fields(Policy)}
_DECIMAL = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
_FRACTION = re.compile(r"(\d{1,9})/([1-9]\d{0,8})", re.ASCII)


class Entry(NamedTuple):
    """One number of a policy; `sort` says how it is written. An optional one may stay empty: no limit."""

    name: str
    sort: str  # percent | times | span | yuan | count
    optional: bool = False


class Group(NamedTuple):
    title: str
    entries: tuple[Entry, ...]


_DROPS = Group(
    mark("掉量"),
    (
        Entry("tier_a_rate", "percent"), Entry("factor_a", "times"), Entry("tier_b_rate", "percent"),
        Entry("factor_b", "times"), Entry("factor_b_long_term", "times"), Entry("window_seconds", "span"),
        Entry("filing_seconds", "span"), Entry("warranty_days", "count"), Entry("warn_rate", "percent"),
        Entry("urgent_rate", "percent"),
    ),
)  # fmt: skip
_EFFECT = Group(
    mark("真实与互动"),
    (
        Entry("fake_limit", "percent"), Entry("effect_rate", "percent"), Entry("effect_after_seconds", "span"),
        Entry("effect_rounds", "count"),
    ),
)  # fmt: skip
_PEOPLE = Group(
    mark("什么要人看"),
    (
        Entry("auto_limit_fen", "yuan"), Entry("dual_control_fen", "yuan"), Entry("risk_review", "count"),
        Entry("fast_lane_credit", "count"), Entry("fast_lane_quota_fen", "yuan"), Entry("long_term_months", "count"),
    ),
)  # fmt: skip


def groups(kind: str) -> tuple[Group, ...]:
    """The numbers that a policy for goods of this kind has, by topic."""
    if kind == "metered":
        return _DROPS, _EFFECT, _PEOPLE
    used = (
        Entry("trial_used_seconds", "span", True) if kind in TIME_BASED else Entry("trial_units", "percent")
    )
    cooling = () if kind in TIME_BASED else (Entry("cooling_off_seconds", "span"),)
    refunds = (Entry("trial_seconds", "span"), used, *cooling, Entry("pro_rata_seconds", "span", True))
    return Group(mark("退款"), refunds), _PEOPLE


def clauses_for(kind: str) -> list[str]:
    """The clauses that goods of this kind can have, in their usual order."""
    return [name for name, clause in CLAUSES.items() if _fits(name, set(clause.reasons), kind)]


def _fits(name: str, reasons: set[str], kind: str) -> bool:
    if kind != "metered" and reasons <= METERED_ONLY:
        return False
    return not _by_time(name) or (kind in TIME_BASED) == name.endswith(":time")


def _by_time(name: str) -> bool:
    return name.endswith(":time") or f"{name}:time" in CLAUSES


class Written(NamedTuple):
    """What was typed: `data` where all of it can be read, else `errors` by field."""

    data: dict[str, Any]
    errors: dict[str, Phrase]


def read(post: QueryDict, *, kind: str, before: Mapping[str, Any]) -> Written:
    """The policy's data from the form; numbers that the form hasn't got stay as they were `before`."""
    data, errors = dict(before), {}
    for group in groups(kind):
        for entry in group.entries:
            typed = post.get(entry.name, "").strip()
            value = _value(
                entry, typed, post.get(f"{entry.name}-unit", ""), before.get(entry.name, _USUAL[entry.name])
            )
            if isinstance(value, Phrase):
                errors[entry.name] = value
            elif value is None:
                data.pop(entry.name, None)
            else:
                data[entry.name] = value
    data["clauses"], wrong = _clauses(post, kind)
    return Written(data, errors | wrong)


def _clauses(post: QueryDict, kind: str) -> tuple[list[str], dict[str, Phrase]]:
    known = clauses_for(kind)
    used = [name for name in known if name in post.getlist("use")]
    places = {name: post.get(f"at-{name}", "").strip() for name in used}
    if not used:
        return [], {"clauses": phrase("请至少勾一条。")}
    if not all(place.isascii() and place.isdigit() and len(place) <= 4 for place in places.values()):
        return used, {"clauses": phrase("次序请填整数，小的在前。")}
    return sorted(used, key=lambda name: (int(places[name]), known.index(name))), {}


def _value(entry: Entry, typed: str, unit: str, before: Any) -> Any:
    """An exact value, None for an optional one left empty, or the sentence that says what is wrong."""
    if not typed:
        return None if entry.optional else phrase("请填一个数。")
    if entry.sort in ("percent", "times"):
        return _ratio(typed, entry.sort, before)
    if entry.sort == "yuan":
        return _whole(typed, 100, phrase("请填金额，例如 200 或 199.50，最多两位小数。"))
    if entry.sort == "span":
        if unit not in UNITS:
            return phrase("请选时间的单位。")
        return _whole(typed, UNITS[unit][0], phrase("请填时长，换成秒以后得是整数。"))
    return _whole(typed, 1, phrase("请填 0 或更大的整数。"))


def _ratio(typed: str, sort: str, before: Any) -> Any:
    """As it was before where it is the same number: 10 % stays 10/100, so that only a change changes the hash."""
    found = _FRACTION.fullmatch(typed)
    if found:
        value, base = Fraction(int(found[1]), int(found[2])), 1
    elif _DECIMAL.fullmatch(typed):
        value, base = Fraction(typed), 100 if sort == "percent" else 1
        value /= base
    else:
        example = "10、12.5" if sort == "percent" else "1.2、6/5"
        return phrase("请填一个数，例如 {example}。", example=example)
    if before and Fraction(*before) == value:
        return list(before)
    if sort == "percent" and 100 % value.denominator == 0:
        return [int(value * 100), 100]
    return [value.numerator, value.denominator]


def _whole(typed: str, times: int, otherwise: Phrase) -> Any:
    if not _DECIMAL.fullmatch(typed):
        return otherwise
    value = Fraction(typed) * times
    if value.denominator != 1 or value > LARGEST:
        return otherwise
    return int(value)


def shown(policy: Policy, entry: Entry) -> tuple[str, str]:
    """(figure, unit) as it is written into the form."""
    value = getattr(policy, entry.name)
    if value is None:
        return "", "day"
    if entry.sort == "percent":
        return _percent(value), ""
    if entry.sort == "times":
        return decimal(value), ""
    if entry.sort == "yuan":
        return _trimmed(value, 100), ""
    if entry.sort == "span":
        unit = next(name for name in ("day", "hour", "minute", "second") if value % UNITS[name][0] == 0)
        unit = "hour" if unit == "day" and value in (DAY, 3 * DAY) else unit
        return str(value // UNITS[unit][0]), unit
    return str(value), ""


def _percent(ratio: tuple[int, int]) -> str:
    """Exact: 10, 12.5, and 1/3 of everything as 1/3."""
    text = decimal((ratio[0] * 100, ratio[1]))
    return f"{ratio[0]}/{ratio[1]}" if "/" in text else text


def _trimmed(value: int, base: int) -> str:
    whole, rest = divmod(value, base)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def unit_of(entry: Entry) -> str:
    """What stands behind the figure."""
    return {"percent": "%", "times": say("倍"), "yuan": say("元")}.get(entry.sort, "")


def label_of(entry: Entry) -> str:
    return say(NAMES[entry.name])
