"""A calendar month of the shop by its name, for a statement: pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from common.clock import shanghai
from developers.rules.periods import Stretch

_NAMED = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


def month_named(name: str, *, now: datetime) -> Stretch | None:
    """2026-11 → that month, the present one up to now; what has not begun, or is no month, is None."""
    if _NAMED.fullmatch(name) is None:
        return None
    start = shanghai(now).replace(
        year=int(name[:4]), month=int(name[5:]), day=1, hour=0, minute=0, second=0, microsecond=0
    )
    if start > now:
        return None
    after = (start + timedelta(days=32)).replace(day=1)
    return Stretch(start, min(after, now + timedelta(microseconds=1)))


def name_of(at: datetime) -> str:
    return f"{shanghai(at):%Y-%m}"


def before(name: str) -> str:
    year, month = int(name[:4]), int(name[5:])
    return f"{year - 1}-12" if month == 1 else f"{year}-{month - 1:02d}"


def after(name: str) -> str:
    year, month = int(name[:4]), int(name[5:])
    return f"{year + 1}-01" if month == 12 else f"{year}-{month + 1:02d}"
