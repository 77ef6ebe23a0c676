"""How numbers are written for a buyer: exact, short, made with integers only."""

from __future__ import annotations

from functools import lru_cache

Ratio = tuple[int, int]

HOUR = 3600
DAY = 86_400


def yuan(fen: int) -> str:
    """1250 fen is ¥12.50."""
    return f"¥{fen // 100}.{fen % 100:02d}"


@lru_cache(maxsize=1024)
def decimal(ratio: Ratio) -> str:
    """6/5 is 1.2; what four decimals can't hold stays a fraction."""
    scaled, rest = divmod(ratio[0] * 10_000, ratio[1])
    if rest:
        return f"{ratio[0]}/{ratio[1]}"
    return _trim(f"{scaled // 10_000}.{scaled % 10_000:04d}")


@lru_cache(maxsize=1024)
def percent(numerator: int, denominator: int) -> str:
    """21/200 is 10.5%. Cut, never rounded, so that a figure can't cross a tier: what is cut is called 多."""
    if numerator == 0:
        return "0%"
    if denominator == 0:
        return "100%"  # something is missing of nothing delivered: never shown for consistent facts
    hundredths, rest = divmod(numerator * 10_000, denominator)
    return _trim(f"{hundredths // 100}.{hundredths % 100:02d}") + ("% 多" if rest else "%")


def span(seconds: int) -> str:
    """A length of time in words: up to 72 hours in hours, beyond that in days."""
    if seconds <= 0:
        return "0 秒"
    days, rest = (0, seconds) if seconds < 4 * DAY else divmod(seconds, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, left = divmod(rest, 60)
    parts = ((days, "天"), (hours, "小时"), (minutes, "分钟"), (left, "秒"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".")
