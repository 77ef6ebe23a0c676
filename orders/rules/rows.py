"""Rows that a shop sends in, checked one by one: a bad row is named and never loses the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from common.phrases import phrase

LARGEST = 10**12
# One digit more than LARGEST has: int() refuses text of thousands of digits, and nobody needs one.
MOST_DIGITS = 14
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
CLOCK_SKEW = timedelta(minutes=5)
LONGEST_NAME = 64  # of a supplier, of a batch


class RowError(Exception):
    """Why a row was turned away, and what to do about it."""

    def __init__(self, code: str, detail: str) -> None:
        self.code, self.detail = code, detail
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class ObservationRow:
    order_no: str
    observed_at: datetime
    count: int | None
    comments: int | None
    shares: int | None
    measurable: bool


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    order_no: str
    delivered_at: datetime
    quantity: int
    final: bool
    units: list[dict[str, Any]]
    supplier: str = ""
    batch: str = ""

    @property
    def content(self) -> tuple[Any, ...]:
        """What makes it the same delivery again."""
        return self.quantity, self.final, self.units, self.supplier, self.batch

    @property
    def batches(self) -> list[str]:
        """Every batch that it names, of the whole or of a unit, in their order."""
        return batches_named(self.batch, self.units)


def text(raw: Mapping[str, Any], name: str, *, longest: int = 64, required: bool = True) -> str:
    value = raw.get(name)
    if value is None or value == "":
        if required:
            raise RowError("required", phrase("缺少 {name}。", name=name))
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise RowError("malformed", phrase("{name} 要是不超过 {n} 个字的文字。", name=name, n=longest))
    if not storable(value):
        raise RowError("malformed", phrase("{name} 里有存不下的字符，请去掉。", name=name))
    return value


def name(raw: Mapping[str, Any], field: str) -> str:
    """What a supplier or a batch is called, on one line; "" where nothing is said."""
    value = text(raw, field, longest=LONGEST_NAME, required=False).strip()
    if not value.isprintable():
        raise RowError("malformed", phrase("{name} 里有看不见的字符，请去掉。", name=field))
    return value


def batches_named(whole: str, units: Iterable[Mapping[str, Any]]) -> list[str]:
    """The batch of a whole delivery and those of its units, as they are looked for; each once."""
    said = [whole, *(str(unit["batch"]).strip() for unit in units if is_name(unit.get("batch")))]
    return sorted({one for one in said if 0 < len(one) <= LONGEST_NAME})


def is_name(value: object) -> bool:
    """Whether something said of a unit is a name, or a number that serves as one."""
    return isinstance(value, str | int | float)


def storable(value: Any) -> bool:
    """Whether every database can keep the text, or all texts of the JSON value: no NUL, no half of a pair."""
    left = [value]  # a stack, since JSON may be nested deeper than calls may
    while left:
        inner = left.pop()
        if isinstance(inner, str):
            if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in inner):
                return False
        elif isinstance(inner, Mapping):
            left += [*inner, *inner.values()]
        elif isinstance(inner, list):
            left += inner
    return True


def whole(raw: Mapping[str, Any], name: str, *, low: int = 0, required: bool = True) -> int | None:
    """An integer; text of digits counts too, since CSV knows no numbers."""
    value = raw.get(name)
    if value is None or value == "":
        if required:
            raise RowError("required", phrase("缺少 {name}。", name=name))
        return None
    if isinstance(value, str):
        digits = value.strip().removeprefix("-")
        if digits.isascii() and digits.isdigit():
            size = int(digits.lstrip("0")[:MOST_DIGITS] or "0")
            value = -size if value.strip().startswith("-") else size
    if isinstance(value, bool) or not isinstance(value, int):
        raise RowError("malformed", phrase("{name} 要是整数。", name=name))
    if not low <= value <= LARGEST:
        raise RowError(
            "out_of_range", phrase("{name} 要在 {low} 到 {high} 之间。", name=name, low=low, high=LARGEST)
        )
    return value


def instant(
    raw: Mapping[str, Any], name: str, *, now: datetime | None = None, required: bool = True
) -> datetime | None:
    """An RFC 3339 instant with its zone; not in the future where `now` is given."""
    value = raw.get(name)
    if value is None or value == "":
        if required:
            raise RowError("required", phrase("缺少 {name}。", name=name))
        return None
    if not isinstance(value, str) or len(value) < 19:
        raise RowError("malformed", phrase("{name} 要写成 2026-11-22T05:05:00Z 这样的时刻。", name=name))
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise RowError(
            "malformed", phrase("{name} 要写成 2026-11-22T05:05:00Z 这样的时刻。", name=name)
        ) from None
    if at.tzinfo is None:
        raise RowError("malformed", phrase("{name} 要带时区，例如结尾的 Z。", name=name))
    if at < EARLIEST:
        raise RowError("out_of_range", phrase("{name} 要在 1970 年以后。", name=name))
    if now is not None and at > now + CLOCK_SKEW:
        raise RowError("in_future", phrase("{name} 比现在还晚，请核对时钟。", name=name))
    return at.astimezone(UTC)


def flag(raw: Mapping[str, Any], name: str, default: bool) -> bool:
    value = raw.get(name)
    if value is None or value == "":
        return default
    value = value.lower() if isinstance(value, str) else value  # spreadsheets write TRUE
    if value in (True, 1, "1", "true"):
        return True
    if value in (False, 0, "0", "false"):
        return False
    raise RowError("malformed", phrase("{name} 只能是 true 或 false。", name=name))


def observation(raw: Any, *, now: datetime) -> ObservationRow:
    """One row of POST /observations/ or of the file. A count is needed unless the row says it can't be trusted."""
    if not isinstance(raw, Mapping):
        raise RowError("malformed", phrase("每一行要是一个对象。"))
    measurable = flag(raw, "measurable", True)
    at = instant(raw, "observed_at", now=now)
    assert at is not None
    return ObservationRow(
        order_no=text(raw, "order_no"),
        observed_at=at,
        count=whole(raw, "count", required=measurable),
        comments=whole(raw, "comments", required=False),
        shares=whole(raw, "shares", required=False),
        measurable=measurable,
    )


def delivery(raw: Any, *, now: datetime) -> DeliveryRow:
    """One row of POST /deliveries/; `quantity` is this batch's."""
    if not isinstance(raw, Mapping):
        raise RowError("malformed", phrase("每一行要是一个对象。"))
    units = raw.get("units") or []
    if not isinstance(units, list) or not all(isinstance(unit, dict) for unit in units):
        raise RowError("malformed", phrase("units 要是对象的列表。"))
    if not storable(units):
        raise RowError("malformed", phrase("units 里有存不下的字符，请去掉。"))
    at = instant(raw, "delivered_at", now=now)
    quantity = whole(raw, "quantity")
    assert at is not None
    assert quantity is not None
    return DeliveryRow(
        order_no=text(raw, "order_no"), delivered_at=at, quantity=quantity, final=flag(raw, "final", False),
        units=units, supplier=name(raw, "supplier"), batch=name(raw, "batch"),
    )  # fmt: skip
