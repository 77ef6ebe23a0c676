"""How figures and moments are written for people: ¥12.50, 15%, 今天 13:05, 壹佰捌拾. Pure; nothing is decided here."""

from datetime import datetime, timedelta, timezone

# China has one zone and no summer time, so a fixed offset is exact and needs no zone database.
_CHINA = timezone(timedelta(hours=8))
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_HEADS = "千百十兆千百十亿千百十万千百十个"


def yuan(fen: int) -> str:
    """1250 → ¥12.50; never a float on the way."""
    sign = "−" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100}.{abs(fen) % 100:02d}"


def percent(numerator: int, denominator: int) -> str:
    """15%, 10.1%; more places only where one place would hide on which side of a whole percent it lies."""
    if denominator == 0:
        return "0%"
    for places in (0, 1, 2, 3, 4):
        scale = 100 * 10**places
        scaled, rest = divmod(numerator * scale, denominator)
        if rest == 0:
            return f"{_decimal(scaled, places)}%"
        rounded = scaled + (2 * rest >= denominator)
        if places and rounded % 10**places:
            return f"{_decimal(rounded, places)}%"
    return f"约 {_decimal(rounded, 4)}%"


def _decimal(scaled: int, places: int) -> str:
    if not places:
        return str(scaled)
    whole, rest = divmod(scaled, 10**places)
    return f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".")


def capital(number: int) -> str:
    """Numerals as on a cheque: 180 → 壹佰捌拾, 10050 → 壹万零伍拾."""
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


def column_heads(width: int) -> str:
    """The heads over a ledger of so many digits: 4 → 千百十个, 6 → 十万千百十个."""
    return _HEADS[-width:]


def moment(at: datetime, *, now: datetime) -> str:
    """今天 13:05, 昨天 13:05, 11-22 13:05, and the year only where it is another one."""
    local, today = at.astimezone(_CHINA), now.astimezone(_CHINA)
    days = (local.date() - today.date()).days
    near = {0: "今天", -1: "昨天", 1: "明天"}.get(days)
    if near:
        return f"{near} {local:%H:%M}"
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"


def full_moment(at: datetime) -> str:
    """2026-11-22 13:05"""
    return f"{at.astimezone(_CHINA):%Y-%m-%d %H:%M}"


def stamp_moment(at: datetime) -> str:
    """11-22 13:05"""
    return f"{at.astimezone(_CHINA):%m-%d %H:%M}"


def time_of_day(at: datetime) -> str:
    """13:05"""
    return f"{at.astimezone(_CHINA):%H:%M}"


def day_moment(at: datetime) -> str:
    """22 日 13:05"""
    local = at.astimezone(_CHINA)
    return f"{local.day} 日 {local:%H:%M}"


def short_moment(at: datetime, *, now: datetime) -> str:
    """What fits a narrow column: 13:05 today, else 11-22."""
    local = at.astimezone(_CHINA)
    return f"{local:%H:%M}" if local.date() == now.astimezone(_CHINA).date() else f"{local:%m-%d}"


def machine_moment(at: datetime) -> str:
    """The value of a <time datetime> attribute, in Shanghai time like everything a page shows."""
    return at.astimezone(_CHINA).isoformat(timespec="minutes")


def span(seconds: int) -> str:
    """72 小时, 30 天, 15 分钟: the largest unit that says it exactly; whole days from three days on."""
    if seconds >= 3 * 86400 and seconds % 86400 == 0:
        return f"{seconds // 86400} 天"
    for size, word in ((3600, "小时"), (60, "分钟")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {word}"
    return f"{seconds} 秒"


def mask_order(order_no: str) -> str:
    """LD20261120213308841 → LD2026…8841; short numbers stay whole."""
    return order_no if len(order_no) <= 12 else f"{order_no[:6]}…{order_no[-4:]}"


def mask_account(account_id: str) -> str:
    """3172914072 → 31****072; so short that nothing could be hidden → stars only."""
    return "****" if len(account_id) < 7 else f"{account_id[:2]}****{account_id[-3:]}"
