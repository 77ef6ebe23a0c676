"""Reports of usage: rows checked one by one, against what was bought, and what many of them come to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from common.phrases import mark, phrase
from orders.rules import rows
from orders.rules.rows import RowError

DAY = 86_400
WHOLE = 10_000  # a hundred per cent, in hundredths of a per cent
# A service that counts its own seconds may count a little on after the end.
SPARE_SECONDS = DAY
_PER_CENT = re.compile(r"(-?)(\d{1,15})(?:\.(\d{1,2}))?")

MEASURES = ("used_units", "used_seconds", "progress_percent")
# Beside them, and never needed; at rest a figure that says nothing of the goods is let pass.
BESIDE = ("revealed_units", "outage_seconds", "supplier_unused")
NAMES = {
    "used_units": mark("用掉的数量"),
    "used_seconds": mark("用过的秒数"),
    "progress_percent": mark("进度"),
    "revealed_units": mark("看过内容的数量"),
    "outage_seconds": mark("停服的秒数"),
    "supplier_unused": mark("供货方确认没用过"),
}
_UNITS = frozenset({"used_units", "revealed_units", "supplier_unused"})
SAYS = {
    "licence": _UNITS,
    "game_item": _UNITS,
    "course": _UNITS | {"progress_percent"},
    "subscription": frozenset({"used_seconds", "outage_seconds"}),
}
KINDS = {
    "licence": mark("卡密与授权"),
    "game_item": mark("游戏道具"),
    "course": mark("课程"),
    "subscription": mark("订阅"),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What a report says; None: it doesn't say."""

    used_units: int | None = None
    progress: int | None = None
    used_seconds: int | None = None
    revealed_units: int | None = None
    outage_seconds: int | None = None
    supplier_unused: bool | None = None


@dataclass(frozen=True, slots=True)
class UsageRow:
    order_no: str
    observed_at: datetime
    said: Figures


@dataclass(frozen=True, slots=True)
class Bought:
    """What of the line bounds its usage."""

    kind: str
    quantity: int
    seconds: int | None


def usage(raw: Any, *, now: datetime) -> UsageRow:
    """One row of POST /usage/ or of the file, as far as it can be judged without its order."""
    if not isinstance(raw, Mapping):
        raise RowError("malformed", phrase("每一行要是一个对象。"))
    at = rows.instant(raw, "observed_at", now=now)
    assert at is not None
    said = Figures(
        used_units=rows.whole(raw, "used_units", required=False),
        progress=_progress(raw.get("progress_percent")),
        used_seconds=rows.whole(raw, "used_seconds", required=False),
        revealed_units=rows.whole(raw, "revealed_units", required=False),
        outage_seconds=rows.whole(raw, "outage_seconds", required=False),
        supplier_unused=rows.flag(raw, "supplier_unused", False) if _given(raw, "supplier_unused") else None,
    )
    given = [name for name in MEASURES if _given(raw, name)]
    if len(given) > 1:
        both = {"first": _called(given[0]), "second": _called(given[1])}
        raise RowError("several_measures", phrase("{first}和{second}只能写一个。", **both))
    if said == Figures():
        raise RowError("required", phrase("这一行没有写用了多少，请至少写一项，例如 used_units。"))
    return UsageRow(rows.text(raw, "order_no"), at, said)


def of_line(said: Figures, bought: Bought) -> Figures:
    """The figures as they count for this line; RowError names the one that can't be true of it."""
    if bought.kind == "metered":
        raise RowError("metered", phrase("这一单是计量商品，用多少以计数为准，请推送计数。"))
    said = _fitting(said, bought.kind)
    if said.progress is not None:
        said = replace(said, used_units=-(-bought.quantity * said.progress // WHOLE))
    for name in ("used_units", "revealed_units"):
        _refuse_above(name, getattr(said, name), bought.quantity)
    if bought.seconds is not None:
        for name in ("used_seconds", "outage_seconds"):
            _refuse_above(name, getattr(said, name), bought.seconds + SPARE_SECONDS)
    return said


def come_to(reports: Iterable[tuple[datetime, Figures]]) -> tuple[datetime, Figures] | None:
    """(the newest instant, of each figure the newest one said), whatever order they came in."""
    newest: tuple[datetime, Figures] | None = None
    values: dict[str, Any] = {}
    for at, said in sorted(reports, key=lambda report: report[0]):
        told = {field.name: getattr(said, field.name) for field in fields(said)}
        values |= {name: value for name, value in told.items() if value is not None}
        newest = at, Figures(**values)
    return newest


def _given(raw: Mapping[str, Any], name: str) -> bool:
    return raw.get(name) not in (None, "")


def _progress(value: Any) -> int | None:
    """Hundredths of a per cent, exactly: 12.5 and "12.50" are 1250."""
    if value is None or value == "":
        return None
    # The shortest text of a float is the number that was sent.
    text = value.strip() if isinstance(value, str) else repr(value)
    found = None if isinstance(value, bool) else _PER_CENT.fullmatch(text)
    name = _called("progress_percent")
    if found is None or not text.isascii():
        raise RowError("malformed", phrase("{name}要写成数字，小数最多两位，例如 12.5。", name=name))
    sign, whole, part = found.groups()
    hundredths = int(whole) * 100 + int((part or "").ljust(2, "0"))
    if hundredths > WHOLE or (sign and hundredths):
        raise RowError("out_of_range", phrase("{name}要在 0 到 100 之间。", name=name))
    return hundredths


def _fitting(said: Figures, kind: str) -> Figures:
    """Without what says nothing of such goods; refused where that would lose something."""
    allowed = SAYS[kind]
    dropped: dict[str, Any] = {}
    for name in (*MEASURES, *BESIDE):
        field = "progress" if name == "progress_percent" else name
        value = getattr(said, field)
        if value is None or name in allowed:
            continue
        if name in MEASURES or value:
            told = {"name": _called(name), "kind": phrase(KINDS[kind])}
            raise RowError("wrong_measure", phrase("{kind}不按{name}算，请换一项。", **told))
        dropped[field] = None
    return replace(said, **dropped)


def _refuse_above(name: str, value: int | None, most: int) -> None:
    if value is not None and value > most:
        raise RowError(
            "above_bought", phrase("{name}不能超过 {most}，买的就这么多。", name=_called(name), most=most)
        )


def _called(name: str) -> Any:
    """用掉的数量（used_units）: the reader's word, and what stands in the row."""
    return phrase("{word}（{field}）", word=phrase(NAMES[name]), field=name)
