"""What a recall reaches and gives, as somebody asked for it: a pure rule that is stored with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common.phrases import Phrase, mark, phrase

PAID, DELIVERED = "paid", "delivered"
BASES = {PAID: mark("付款"), DELIVERED: mark("交付")}
REFUND, TOP_UP, REPLACEMENT = "refund", "top_up", "replacement"
REMEDIES = {REFUND: mark("退款"), TOP_UP: mark("补发"), REPLACEMENT: mark("换新")}
PARTIES = {
    "developer": mark("开发者"),
    "supplier": mark("供货商"),
    "platform": mark("平台"),
    "unknown": mark("还不清楚"),
}
LONGEST_NAME, LONGEST_WORDS = 64, 1000
# Deliveries are found by their time alone, of all goods: whoever asks waits for the walk.
MOST_DAYS_DELIVERED = 400
MOST_UNITS = 10**12


@dataclass(frozen=True)
class Cause:
    """What went wrong: its name, who bears it unless somebody says else, and which claims were about the same."""

    name: str
    party: str
    reasons: tuple[str, ...]


CAUSES = {
    "defect": Cause(
        mark("商品有缺陷"), "developer", ("defect", "not_as_described", "compatibility", "account_ban")
    ),
    "supplier_failure": Cause(
        mark("供货出了问题"), "supplier", ("drop", "fake_units", "low_interaction", "delay", "abnormal_data")
    ),
    "platform_error": Cause(mark("平台出了错"), "platform", ()),
    "unknown": Cause(mark("原因还在查"), "unknown", ()),
}


@dataclass(frozen=True)
class Rule:
    """Which lines of one product: paid or delivered when, from whom, of which batch or version, where known."""

    by: str
    start: datetime
    end: datetime
    batch: str = ""
    version: str = ""
    supplier: str = ""


@dataclass(frozen=True)
class Parcel:
    """What the shop said of one delivery: from whom, of which batch, and of each unit."""

    supplier: str = ""
    batch: str = ""
    units: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Line:
    """What the rule looks at, of one line that lies in the stretch of time."""

    parcels: Sequence[Parcel] = ()
    listed: Mapping[str, Any] | None = None  # what was said of the product when it was paid


def reaches(rule: Rule, line: Line) -> bool:
    """What isn't known of a line, it is not of. Supplier and batch have to be those of one and the same delivery."""
    if (rule.supplier or rule.batch) and not any(_is_from(rule, parcel) for parcel in line.parcels):
        return False
    if not rule.version:
        return True
    told = [unit.get("version") for parcel in line.parcels for unit in parcel.units]
    listed = line.listed or {}
    return any(_same(said, rule.version) for said in [*told, listed.get("version"), listed.get("版本")])


def _is_from(rule: Rule, parcel: Parcel) -> bool:
    if rule.supplier and parcel.supplier != rule.supplier:
        return False
    batches = [parcel.batch, *(unit.get("batch") for unit in parcel.units)]
    return not rule.batch or any(_same(said, rule.batch) for said in batches)


def _same(said: object, wanted: str) -> bool:
    return isinstance(said, str | int | float) and str(said).strip() == wanted


Fault = dict[str, str]


def faults_of(
    *, rule: Rule, cause: str, party: str, remedy: str, quantity: int | None, kind: str, words: str, now: datetime
) -> list[Fault]:  # fmt: skip
    """Everything that is wrong with a recall as it was asked for; `kind` is that of the goods."""
    faults = _faults_of_time(rule, now)
    for field, value, known in (
        ("by", rule.by, BASES), ("cause", cause, CAUSES), ("party", party, PARTIES), ("remedy", remedy, REMEDIES)
    ):  # fmt: skip
        if value not in known:
            faults.append(
                _fault(field, "unknown_value", phrase("请从 {some} 里选一个。", some="、".join(known)))
            )
    if remedy == TOP_UP and kind != "metered":
        faults.append(_fault("remedy", "not_for_kind", mark("只有计量商品能补发，请选退款或换新。")))
    if remedy == REPLACEMENT and kind == "metered":
        faults.append(_fault("remedy", "not_for_kind", mark("计量商品没有换新，请选补发或退款。")))
    if quantity is not None and not 1 <= quantity <= MOST_UNITS:
        faults.append(_fault("quantity", "out_of_range", mark("每单的数量要大于 0；不写就是整单。")))
    for field, value in (
        ("batch", rule.batch), ("version", rule.version), ("supplier", rule.supplier)
    ):  # fmt: skip
        if len(value) > LONGEST_NAME:
            faults.append(_fault(field, "too_long", phrase("请不要超过 {n} 个字。", n=LONGEST_NAME)))
    if len(words) > LONGEST_WORDS:
        faults.append(_fault("text", "too_long", phrase("请不要超过 {n} 个字。", n=LONGEST_WORDS)))
    return faults


def _faults_of_time(rule: Rule, now: datetime) -> list[Fault]:
    if rule.end < rule.start:
        return [_fault("to", "before_from", mark("结束时间要晚于开始时间。"))]
    if rule.end > now:  # lines would come in after it was shown
        return [_fault("to", "in_future", mark("结束时间不能晚于现在。"))]
    if rule.by == DELIVERED and rule.end - rule.start > timedelta(days=MOST_DAYS_DELIVERED):
        detail = phrase(
            "按交付时间选，一次不超过 {n} 天。再早的请分几次，或按付款时间选。", n=MOST_DAYS_DELIVERED
        )
        return [_fault("from", "span_too_long", detail)]
    return []


def _fault(field: str, code: str, detail: str | Phrase) -> Fault:
    return {"field": field, "code": code, "detail": detail}


def approvals_needed(*, asked_by_ops: bool, cash_fen: int, dual_control_fen: int) -> int:
    """How many of ops have to agree, besides whoever asked. Above the limit two of ops stand behind the money."""
    return 1 if asked_by_ops or cash_fen <= dual_control_fen else 2


def version_of(listed: Mapping[str, object]) -> str:
    """The version that goods were listed under, where the shop names one."""
    said = listed.get("version") or listed.get("版本") or ""
    return str(said).strip()[:64]
