"""What is known about one order line when a claim on it is decided, and which facts are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from common.phrases import Phrase, listed, mark, phrase
from compensation.rules.fact_names import FACT_NAMES

KINDS = ("metered", "licence", "game_item", "course", "subscription")
TIME_BASED = frozenset({"subscription"})
REASONS = (
    "drop",
    "delay",
    "abnormal_data",
    "fake_units",
    "low_interaction",
    "not_as_described",
    "defect",
    "compatibility",
    "account_ban",
    "refund",
    "question",
    "suggestion",
    "other",
)
# Trouble with the goods themselves, settled alike: rules.md §8.6.
DEFECTS = frozenset({"defect", "not_as_described", "compatibility", "account_ban"})
METERED_ONLY = frozenset({"drop", "low_interaction", "fake_units"})
CHOICES: dict[str, tuple[str, ...]] = {
    "reason": REASONS,
    "window": ("inside", "warranty", "outside"),
    "fault": ("none", "platform", "developer", "supplier", "buyer"),
    "proof": ("none", "claimed", "verified"),
    "wants": ("refund", "replacement"),
}
NOT_PUBLIC = frozenset({"credit", "open_auto_fen", "risk"})
WITHIN_ORDERED = ("delivered", "used_units", "refunded_units", "revealed_units", "quantity")
LARGEST = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts of contract.md with their defaults; `ordered` has none, since its 0 is always refused."""

    reason: str
    ordered: int
    paid_fen: int = 0
    delivered: int = 0
    present: int = 0
    pending: int = 0
    restored: int = 0
    granted: int = 0
    slow_granted: int = 0
    refunded_fen: int = 0
    refunded_units: int = 0
    used_units: int = 0
    used_seconds: int = 0
    total_seconds: int = 0
    outage_seconds: int = 0
    elapsed_seconds: int = 0
    revealed_units: int = 0
    interactions: int = 0
    effect_round: int = 0
    fake_units: int = 0
    fake_replaced: int = 0
    quantity: int | None = None
    stock: int = 0
    credit: int = 0
    open_auto_fen: int = 0
    risk: int = 0
    window: str = "inside"
    fault: str = "none"
    proof: str = "none"
    wants: str = "refund"
    measurable: bool = True
    long_term: bool = False
    closed: bool = False
    revocable: bool = True
    supplier_unused: bool = False
    effect_due: bool = True
    warranty_over: bool = False
    trial_taken: bool = False
    delivering: bool = False
    late: bool = False
    gift: bool = False
    unshown: bool = False

    def as_data(self) -> dict[str, Any]:
        """Every fact as a JSON value; parse_facts makes the same facts of it again."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


FLAGS = frozenset(field.name for field in fields(Facts) if field.type == "bool")
INTEGERS = frozenset(field.name for field in fields(Facts) if str(field.type).startswith("int"))
DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Facts)} | {"ordered": 0}


class FactError(NamedTuple):
    """What is wrong with one fact; `detail` says what to do."""

    field: str
    code: str
    detail: str


class FactsRefused(Exception):
    """The facts can't be decided on; `errors` holds everything that is wrong with them."""

    def __init__(self, errors: tuple[FactError, ...]) -> None:
        super().__init__("；".join(f"{error.field}: {error.detail}" for error in errors))
        self.errors = errors


def parse_facts(raw: Mapping[str, Any], *, kind: str, public: bool) -> Facts:
    """The facts in `raw`, or FactsRefused with every fault; `public` is any reader other than ops."""
    if not isinstance(raw, Mapping):
        raise FactsRefused(
            (FactError("facts", "not_an_object", phrase("请按“名称: 值”的形式填写各项事实。")),)
        )
    errors = [error for name, value in raw.items() if (error := _value_error(name, value, public))]
    if "reason" not in raw:
        detail = phrase("请填写申请原因，可选：{choices}。", choices=listed(REASONS))
        errors.append(FactError("reason", "required", detail))
    sound = DEFAULTS | dict(raw)
    for error in errors:
        # A comparison with a value that is itself refused would only repeat the fault.
        sound.pop(error.field, None)
    errors.extend(_joint_errors(sound, kind))
    if errors:
        raise FactsRefused(tuple(errors))
    return Facts(**sound)


def _value_error(name: str, value: Any, public: bool) -> FactError | None:
    if name in INTEGERS:
        if public and name in NOT_PUBLIC:
            return _wrong(name, "not_public", mark("“{name}”只供内部使用，请去掉这一项。"))
        return _integer_error(name, value)
    if name in FLAGS:
        if isinstance(value, bool):
            return None
        return _wrong(name, "not_a_boolean", mark("“{name}”只能填 true 或 false。"))
    if name in CHOICES:
        if isinstance(value, str) and value in CHOICES[name]:
            return None
        return _wrong(
            name,
            "unknown_value",
            mark("“{name}”没有这个选项，请从这些里选：{choices}。"),
            choices=listed(CHOICES[name]),
        )
    return FactError(str(name), "unknown_field", phrase("没有这一项，请核对名称或去掉它。"))


def _integer_error(name: str, value: Any) -> FactError | None:
    if value is None and name == "quantity":
        return None
    if type(value) is not int:  # a JSON true is an int in Python, and no number here
        return _wrong(name, "not_an_integer", mark("“{name}”请填整数，不带小数和引号。"))
    if value < 0:
        return _wrong(name, "negative", mark("“{name}”不能是负数，请填 0 或更大的整数。"))
    if value > LARGEST:
        return _wrong(name, "too_large", mark("“{name}”太大了，请填不超过 {most} 的整数。"), most=LARGEST)
    return None


def _joint_errors(sound: Mapping[str, Any], kind: str) -> list[FactError]:
    """Faults between facts that are each sound alone; what is missing from `sound` is not compared."""
    reason, ordered = sound.get("reason"), sound.get("ordered")
    errors: list[FactError | None] = []
    if reason in METERED_ONLY and kind != "metered":
        detail = phrase("这类商品没有这种申请原因，请换一个，或选 other 说明情况。")
        errors.append(FactError("reason", "reason_not_for_kind", detail))
    if ordered is not None and ordered < 1:
        errors.append(_wrong("ordered", "below_one", mark("“{name}”至少是 1，请填买的数量。")))
    elif ordered is not None:
        errors.extend(_above("ordered", ordered, name, sound.get(name)) for name in WITHIN_ORDERED)
    if "paid_fen" in sound:
        errors.append(_above("paid_fen", sound["paid_fen"], "refunded_fen", sound.get("refunded_fen")))
    if kind in TIME_BASED and reason == "refund" and sound.get("total_seconds", 1) < 1:
        below = mark("按时长卖的商品退款，“{name}”至少是 1 秒，请填买的总时长。")
        errors.append(_wrong("total_seconds", "below_one", below))
    if reason == "drop" and sound.get("delivered", 1) == 0 and sound.get("present", 0) > 0:
        missing = phrase("还没有送达却有现存数，请填“{name}”，或把这一项改成 0。", name=_called("delivered"))
        errors.append(FactError("present", "present_without_delivery", missing))
    return [error for error in errors if error is not None]


def _above(limit_name: str, limit: int, name: str, value: int | None) -> FactError | None:
    if value is None or value <= limit:
        return None
    detail = phrase(
        "“{name}”不能超过“{bound}”，请填不超过 {limit} 的整数。",
        name=_called(name),
        bound=_called(limit_name),
        limit=limit,
    )
    return FactError(name, f"above_{limit_name}", detail)


def _wrong(name: str, code: str, template: str, **values: Any) -> FactError:
    return FactError(name, code, phrase(template, name=_called(name), **values))


def _called(name: str) -> Phrase:
    return phrase(FACT_NAMES[name])
