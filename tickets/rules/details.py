"""What a buyer says beside the words: how many look fake and whose, or which claim of the goods is untrue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from common.phrases import mark, phrase
from orders.rules.rows import storable

FAKE, CLAIM = "fake_units", "not_as_described"
LONGEST_ACCOUNTS = 1000
ELSEWHERE = "-"  # said somewhere else than among the listed claims

Fault = dict[str, Any]


def details_of(
    *, reason: str, given: Mapping[str, str], ordered: int, listed: Mapping[str, str]
) -> tuple[dict[str, Any], list[Fault]]:
    """(what is kept with the case, what is wrong with it). `listed`: each claim of the goods and what it says."""
    if reason == FAKE:
        return _fakes(given, ordered)
    if reason == CLAIM and listed:
        return _claim(given.get("claim", ""), listed)
    return {}, []


def _fakes(given: Mapping[str, str], ordered: int) -> tuple[dict[str, Any], list[Fault]]:
    typed, accounts = given.get("fake_units", "").strip(), given.get("accounts", "").strip()
    faults = []
    count = int(typed) if typed.isdecimal() and len(typed) <= 13 else 0
    if not 1 <= count <= ordered:
        detail = phrase("请写大约几个像假号，1 到 {n} 之间的整数。", n=ordered)
        faults.append(_fault("fake_units", "out_of_range", detail))
    if len(accounts) > LONGEST_ACCOUNTS:
        detail = phrase("账号请不要超过 {n} 个字，多的放在截图里。", n=LONGEST_ACCOUNTS)
        faults.append(_fault("accounts", "too_long", detail))
    if not storable(accounts):
        faults.append(_fault("accounts", "malformed", mark("里面有存不下的字符，请去掉后再试。")))
    kept: dict[str, Any] = {"looks_fake": count}
    return (kept | {"accounts": accounts} if accounts else kept), faults


def _claim(name: str, listed: Mapping[str, str]) -> tuple[dict[str, Any], list[Fault]]:
    if name == ELSEWHERE:
        return {"claim": None}, []
    if name not in listed:
        return {}, [_fault("claim", "required", mark("请选商品说明里的哪一条不符。"))]
    return {"claim": {"name": name, "said": listed[name]}}, []


def _fault(field: str, code: str, detail: str) -> Fault:
    return {"field": field, "code": code, "detail": detail}
