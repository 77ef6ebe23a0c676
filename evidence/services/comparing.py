"""The tables that the log records, held against what it says of them, row by row."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from evidence.models import Entry
from evidence.rules.entries import mark_of
from evidence.services.log import ERASED, OPENED
from evidence.services.verifying import CHUNK, Finding

Row = tuple[int, str, Mapping[str, Any]]  # id, order number, what the log's newest entry of the row must say
Plainly = Callable[[Mapping[str, Any]], Mapping[str, Any]]
Read = Callable[..., Iterable[Row]]  # rows(after=id), or rows(after=id, only=id)


def compare(
    *, kind: str, rows: Read, after: int, watch: Any = iter, plainly: Plainly | None = None
) -> Iterator[Finding]:
    """Only ids above `after` are looked at: what was there before the log opened, it does not vouch for.

    `plainly`: what of a row the log says by now; earlier entries say all of it.
    """
    said = _said(kind, after)
    for row_id, order_no, data in watch(rows(after=after)):
        if said.pop(row_id, None) not in _marks(data, plainly) and (
            what := _differs_still(kind, rows, row_id, plainly)
        ):
            yield Finding(f"{kind} #{row_id}（{order_no}）", what)
    for row_id in sorted(said):
        if not list(rows(after=row_id - 1, only=row_id)):
            yield Finding(f"{kind} #{row_id}", "存证里有，表里没有：被删了")


def _marks(data: Mapping[str, Any], plainly: Plainly | None) -> set[str]:
    return {mark_of(data), mark_of(plainly(data))} if plainly else {mark_of(data)}


def _differs_still(kind: str, rows: Read, row_id: int, plainly: Plainly | None) -> str:
    """Looked at again: a row may have moved on, with its entry, since the entries were read."""
    mark = None
    for _ in range(3):
        now = [_marks(data, plainly) for _, _, data in rows(after=row_id - 1, only=row_id)]
        mark = _said(kind, row_id - 1, only=row_id).get(row_id)
        if len(now) == 1 and mark in now[0]:
            return ""
    return "和存证说的不同：被改过" if mark else "存证里没有：绕过程序写进来的"


def _said(kind: str, after: int, *, only: int | None = None) -> dict[int, str]:
    """{row: mark of the newest entry about it}; of erased entries the mark that was kept when they were."""
    said = {
        row_id: mark
        for body in Entry.objects.filter(kind=ERASED).order_by("id").values_list("body", flat=True)
        for of, row_id, mark in json.loads(body)["data"]["rows"]
        if of == kind and row_id > after and only in (None, row_id)
    }
    entries = Entry.objects.filter(kind=kind, row_id__gt=after).exclude(body="").order_by("id")
    if only is not None:
        entries = entries.filter(row_id=only)
    for row_id, body in entries.values_list("row_id", "body").iterator(chunk_size=CHUNK):
        said[row_id] = mark_of(json.loads(body)["data"])
    return said


def opened_after(kind: str) -> int:
    """The last id of that table when the log was opened, 0 where the log is as old as the shop."""
    first = Entry.objects.filter(kind=OPENED).order_by("id").first()
    return int(json.loads(first.body)["data"].get(kind, 0)) if first else 0
