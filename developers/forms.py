"""A recall as people type it: times of the shop's clock, empty fields for what isn't asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from common.clock import SHANGHAI
from common.phrases import mark
from common.refusals import Invalid
from developers.rules.recalls import PAID, Rule
from developers.services.recalls.asking import Wanted

FIELDS = (
    "sku", "by", "from", "to", "supplier", "batch", "version", "cause", "party", "remedy", "quantity", "text",
    "defect",
)  # fmt: skip
DIGITS = 12
FAR = 2200  # a year that nobody means


def typed(raw: Mapping[str, str]) -> dict[str, str]:
    return {name: str(raw.get(name, "")).strip()[:4000] for name in FIELDS}


def wanted(given: Mapping[str, str]) -> Wanted:
    """What was typed, clean. Refuses: Invalid, for what can't be read at all."""
    faults: list[dict[str, str]] = []
    start, end = (_instant(given[name], name, faults) for name in ("from", "to"))
    quantity = _count(given["quantity"], faults)
    if faults or start is None or end is None:
        raise Invalid(errors=faults)
    rule = Rule(given["by"] or PAID, start, end, given["batch"], given["version"], given["supplier"])
    return Wanted(
        sku=given["sku"], rule=rule,
        cause=given["cause"], party=given["party"], remedy=given["remedy"], quantity=quantity, text=given["text"],
        defect=given["defect"],
    )  # fmt: skip


def _instant(text: str, field: str, faults: list[dict[str, str]]) -> datetime | None:
    """As a browser's field for day and time sends it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or not 1970 <= at.year < FAR:
        code, detail = _why_no_instant(text, field, at)
        faults.append({"field": field, "code": code, "detail": detail})
        return None
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def _why_no_instant(text: str, field: str, at: datetime | None) -> tuple[str, str]:
    if not text:
        return "required", mark("请选开始时间。") if field == "from" else mark("请选结束时间。")
    if at is not None and at.year >= FAR:
        return "in_future", mark("开始时间不能晚于现在。") if field == "from" else mark(
            "结束时间不能晚于现在。"
        )
    return "malformed", mark("请写成 2026-11-20 08:00 这样的日期和时间。")


def _count(text: str, faults: list[dict[str, str]]) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= DIGITS:
        return int(text)
    detail = mark("请写整数；空着就是整单。")
    faults.append({"field": "quantity", "code": "malformed", "detail": detail})
    return None


MONEY_FIELDS = ("sort", "developer", "amount", "why")
_YUAN = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,2}))?", re.ASCII)


def money(raw: Mapping[str, str]) -> dict[str, str]:
    """What is typed of money to be booked."""
    return {name: str(raw.get(name, "")).strip()[:1000] for name in MONEY_FIELDS}


def fen(text: str) -> int | None:
    """12.5 → 1250; None of what is no amount."""
    found = _YUAN.fullmatch(text.replace(",", "").removeprefix("¥"))
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None
