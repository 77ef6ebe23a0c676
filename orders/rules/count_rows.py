"""Counts that a shop sends in by the thousand, checked by one loop; what is unusual is read by `rows.observation`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from orders.rules import rows
from orders.rules.rows import CLOCK_SKEW, EARLIEST, LARGEST, RowError

LONGEST = 64
DIGITS = len(str(LARGEST))
ODD = -1
# Index, order number, instant; then what makes it the same row again: count, comments, shares, measurable.
Row = tuple[int, str, datetime, int | None, int | None, int | None, bool]


def read(raw_rows: Sequence[Any], *, now: datetime) -> tuple[list[Row], list[tuple[int, RowError]]]:
    """(the rows that are sound, why the others are not)."""
    sound: list[Row] = []
    bad: list[tuple[int, RowError]] = []
    instants = _Instants(now + CLOCK_SKEW)
    for index, raw in enumerate(raw_rows):
        if plain := _plain(index, raw, instants):
            sound.append(plain)
            continue
        try:
            row = rows.observation(raw, now=now)
        except RowError as error:
            bad.append((index, error))
        else:
            figures = row.count, row.comments, row.shares, row.measurable
            sound.append((index, row.order_no, row.observed_at, *figures))
    return sound, bad


class _Instants(dict[str, datetime | None]):
    """Each text is read once: many lines are looked at together. None for what is not plainly an instant."""

    def __init__(self, latest: datetime) -> None:
        self._latest = latest

    def __missing__(self, when: str) -> datetime | None:
        self[when] = self._read(when)
        return self[when]

    def _read(self, when: str) -> datetime | None:
        try:
            at = datetime.fromisoformat(when)
        except ValueError:
            return None
        if at.tzinfo is None or len(when) < 19 or not EARLIEST <= at <= self._latest:
            return None
        return at.astimezone(UTC)


def _plain(index: int, raw: Any, instants: _Instants) -> Row | None:
    """The row as nearly all are: a short number, an instant with its zone, a count that can be trusted."""
    if type(raw) is not dict:
        return None
    get = raw.get
    order_no, when, count, trusted = get("order_no"), get("observed_at"), get("count"), get("measurable")
    if trusted is not None and trusted not in ("", True, "1", "true"):
        return None
    if type(order_no) is not str or type(when) is not str:
        return None
    if not (0 < len(order_no) <= LONGEST and order_no.isascii() and order_no.isprintable()):
        return None
    at = instants[when]
    if type(count) is not int or not 0 <= count <= LARGEST:
        count = _figure(count)
    if at is None or count is None or count == ODD:
        return None
    comments, shares = get("comments"), get("shares")
    if comments is not None or shares is not None:
        comments, shares = _figure(comments), _figure(shares)
        if ODD in (comments, shares):
            return None
    return index, order_no, at, count, comments, shares, True


def _figure(value: Any) -> int | None:
    """A whole number, also in a file's digits; None where there is none."""
    if value is None or value == "":
        return None
    if type(value) is str and len(value) <= DIGITS and value.isascii() and value.isdigit():
        value = int(value)
    return value if type(value) is int and 0 <= value <= LARGEST else ODD
