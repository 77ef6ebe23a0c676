"""Figures of a day grow by what is added to them, in the transaction of what they count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import F

from watch.models import DayFigure


class Key(NamedTuple):
    """Whose figure of which day."""

    subject: str
    day: date
    figure: str


class Tally:
    """(part, whole) by figure, gathered first so that each row is written once."""

    def __init__(self) -> None:
        self._sums: dict[Key, list[int]] = defaultdict(lambda: [0, 0])

    def add(self, key: Key, part: int, whole: int = 0) -> None:
        self._sums[key][0] += part
        self._sums[key][1] += whole

    def subjects(self) -> set[str]:
        return {key.subject for key in self._sums}

    def write(self) -> None:
        """In one order, so that two who write wait for each other and never in a circle."""
        changed: Mapping[Key, list[int]] = {key: sums for key, sums in self._sums.items() if any(sums)}
        keys = sorted(changed)
        DayFigure.objects.bulk_create((DayFigure(**key._asdict()) for key in keys), ignore_conflicts=True)
        for key in keys:
            part, whole = changed[key]
            DayFigure.objects.filter(**key._asdict()).update(part=F("part") + part, whole=F("whole") + whole)
