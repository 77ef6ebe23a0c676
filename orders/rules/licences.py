"""Licences of a line: which ids can be kept, and which units a refund takes back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.phrases import phrase

ACTIVE, SUSPENDED, REVOKED = "active", "suspended", "revoked"
LONGEST = 128
# More than that in one order, and taking them back would hold up the claim: sell them in several.
MOST = 500
# Safe in an address: the id is part of the path of what is asked of its service.
_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.:\-]{{0,{LONGEST - 1}}}")

Fault = dict[str, str]


def faults_of(ids: Sequence[str], *, quantity: int) -> list[Fault]:
    """What is wrong with the ids of an order of so many units."""
    if len(ids) > min(quantity, MOST):
        detail = phrase("授权号不能多于数量 {n}，也不能多于 {most} 个。", n=quantity, most=MOST)
        return [_fault("too_many", detail)]
    faults, seen = [], set()
    for at, licence_id in enumerate(ids):
        if not _ID.fullmatch(licence_id):
            detail = phrase(
                "第 {n} 个授权号要以字母或数字开头，只能有字母、数字、点、冒号、横线和下划线，不超过 {most} 个字。",
                n=at + 1, most=LONGEST,
            )  # fmt: skip
            faults.append(_fault("malformed", detail))
        elif licence_id in seen:
            faults.append(_fault("twice", phrase("授权号「{id}」写了两次，请去掉一个。", id=licence_id)))
        seen.add(licence_id)
    return faults


def taken(licence_id: str) -> Fault:
    """It lets somebody use another order's unit."""
    return _fault("taken", phrase("授权号「{id}」是另一单的，还没有收回，请核对。", id=licence_id))


def _fault(code: str, detail: str) -> Fault:
    return {"field": "licence_ids", "code": code, "detail": detail}


@dataclass(frozen=True)
class Unit:
    """A unit with a licence that no refund has taken."""

    pk: int
    unit: int
    dead: bool  # revoked for a refund that came to nothing
    used: bool


def choose(units: Iterable[Unit], *, count: int) -> list[Unit]:
    """So many units, always the same: those that don't work anyway, then unused ones, then by number."""
    return sorted(units, key=lambda one: (not one.dead, one.used, one.unit))[:count]
