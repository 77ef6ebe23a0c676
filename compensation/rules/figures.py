"""How numbers are written for a buyer: exact, short, made with integers only. Words are the vocabulary's."""

from __future__ import annotations

from functools import lru_cache

Ratio = tuple[int, int]

HOUR = 3600
DAY = 86_400


@lru_cache(maxsize=4096, typed=True)
def yuan(fen: int) -> str:
    """1250 fen is ¥12.50."""
    return f"¥{fen // 100}.{fen % 100:02d}"


@lru_cache(maxsize=1024, typed=True)
def decimal(ratio: Ratio) -> str:
    """6/5 is 1.2; what four decimals can't hold stays a fraction."""
    scaled, rest = divmod(ratio[0] * 10_000, ratio[1])
    if rest:
        return f"{ratio[0]}/{ratio[1]}"
    return _trim(f"{scaled // 10_000}.{scaled % 10_000:04d}")


def hundredths(numerator: int, denominator: int) -> tuple[str, bool]:
    """21/200 is 10.5 per cent, exactly. Cut, never rounded, so that a figure can't cross a tier: then not exactly."""
    if numerator == 0:
        return "0", True
    if denominator == 0:
        return "100", True  # something is missing of nothing delivered: never shown for consistent facts
    scaled, rest = divmod(numerator * 10_000, denominator)
    return _trim(f"{scaled // 100}.{scaled % 100:02d}"), not rest


def time_parts(seconds: int) -> tuple[int, int, int, int]:
    """Days, hours, minutes and seconds: up to 72 hours in hours, beyond that in days."""
    seconds = max(0, seconds)
    days, rest = (0, seconds) if seconds < 4 * DAY else divmod(seconds, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, left = divmod(rest, 60)
    return days, hours, minutes, left


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".")
