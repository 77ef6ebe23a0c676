"""How figures and moments are written for people: ¥12.50, 今天 13:05, 壹佰捌拾. Nothing is decided here.

In the reader's language: what only Chinese books have (numerals of cheques, heads over digits) is empty in English.
"""

from collections.abc import Sequence
from datetime import datetime

from common.clock import shanghai
from common.language import is_english, say

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_HEADS = "千百十兆千百十亿千百十万千百十个"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def yuan(fen: int) -> str:
    """1250 → ¥12.50; never a float on the way."""
    sign = "−" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100}.{abs(fen) % 100:02d}"


def size(count: int) -> str:
    """830 KB, 2.4 MB: as phones write it."""
    return f"{max(1, count // 1000)} KB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def capital(number: int) -> str:
    """Numerals as on a cheque: 180 → 壹佰捌拾, 10050 → 壹万零伍拾; none in English."""
    return "" if is_english() else _capital(number)


def _capital(number: int) -> str:
    if number == 0:
        return "零"
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    gap = False
    for index in reversed(range(len(groups))):
        group = groups[index]
        if group == 0:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):
            text += "零"
        text += _capital_group(group) + _GROUPS[index]
        gap = False
    return text


def _capital_group(group: int) -> str:
    text = ""
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit:
            text += _DIGITS[digit] + _PLACES[place]
        elif text and group % 10**place and not text.endswith("零"):
            text += "零"
    return text


def capital_yuan(fen: int) -> str:
    """An amount as on a cheque: 5000 → 伍拾元整, 1250 → 壹拾贰元伍角, 1205 → 壹拾贰元零伍分; none in English."""
    if is_english():
        return ""
    whole, jiao, cent = fen // 100, fen // 10 % 10, fen % 10
    text = f"{_capital(whole)}元" if whole or not fen else ""
    if not (jiao or cent):
        return text + "整"
    text += f"{_DIGITS[jiao]}角" if jiao else ("零" if whole else "")
    return text + (f"{_DIGITS[cent]}分" if cent else "")


def column_heads(width: int) -> str:
    """The heads over a ledger of so many digits: 4 → 千百十个, 6 → 十万千百十个; none in English."""
    return "" if is_english() else _HEADS[-width:]


def moment(at: datetime, *, now: datetime) -> str:
    """今天 13:05, 昨天 13:05, 11-22 13:05, and the year only where it is another one; today 13:05, 22 Nov 13:05."""
    local, today = shanghai(at), shanghai(now)
    time = f"{local:%H:%M}"
    match (local.date() - today.date()).days:
        case 0:
            return say("今天 {time}", time=time)
        case -1:
            return say("昨天 {time}", time=time)
        case 1:
            return say("明天 {time}", time=time)
    return f"{_day(local, year=local.year != today.year)} {time}"


def _day(local: datetime, *, year: bool = False) -> str:
    """11-22 or 2026-11-22; in English, where readers disagree which comes first, 22 Nov or 22 Nov 2026."""
    if is_english():
        return f"{local.day} {_MONTHS[local.month - 1]}" + (f" {local.year}" if year else "")
    return f"{local:%Y-%m-%d}" if year else f"{local:%m-%d}"


def full_moment(at: datetime) -> str:
    """2026-11-22 13:05; 22 Nov 2026 13:05"""
    return f"{full_day(at)} {time_of_day(at)}"


def full_day(at: datetime) -> str:
    """2026-11-22; 22 Nov 2026"""
    return _day(shanghai(at), year=True)


def day(at: datetime, *, now: datetime) -> str:
    """11-22, and the year only where it is another one; 22 Nov."""
    local = shanghai(at)
    return _day(local, year=local.year != shanghai(now).year)


def stamp_moment(at: datetime) -> str:
    """11-22 13:05; 22 Nov 13:05"""
    return f"{_day(shanghai(at))} {time_of_day(at)}"


def time_of_day(at: datetime) -> str:
    """13:05"""
    return f"{shanghai(at):%H:%M}"


def day_moment(at: datetime) -> str:
    """22 日 13:05; 22 Nov 13:05"""
    if is_english():
        return stamp_moment(at)
    local = shanghai(at)
    return f"{local.day} 日 {local:%H:%M}"


def short_moment(at: datetime, *, now: datetime) -> str:
    """What fits a narrow column: 13:05 today, else 11-22; 22 Nov."""
    local = shanghai(at)
    return f"{local:%H:%M}" if local.date() == shanghai(now).date() else _day(local)


def months(run: Sequence[tuple[int, int]]) -> str:
    """2026 年 9、10、11 月; 2025 年 12 月、2026 年 1 月; from six on only the ends. Sep, Oct, Nov 2026."""
    if len(run) > 6:
        ends = [months(run[:1]), months(run[-1:])]
        return " to ".join(ends) if is_english() else "到 ".join(ends)
    years = {year: [month for y, month in run if y == year] for year, _ in run}
    if is_english():
        return ", ".join(
            f"{', '.join(_MONTHS[month - 1] for month in those)} {year}" for year, those in years.items()
        )
    return "、".join(f"{year} 年 {'、'.join(map(str, those))} 月" for year, those in years.items())


def machine_moment(at: datetime) -> str:
    """The value of a <time datetime> attribute, in Shanghai time like everything a page shows."""
    return shanghai(at).isoformat(timespec="minutes")


def mask_account(account_id: str) -> str:
    """31****072: whose account it is stays theirs; a short one shows less."""
    if len(account_id) >= 8:
        return f"{account_id[:2]}****{account_id[-3:]}"
    return f"{account_id[:1]}****" if len(account_id) < 4 else f"{account_id[:1]}****{account_id[-1:]}"


def mask_order(order_no: str) -> str:
    """LD20261120213308841 → LD2026…8841; short numbers stay whole."""
    return order_no if len(order_no) <= 12 else f"{order_no[:6]}…{order_no[-4:]}"
