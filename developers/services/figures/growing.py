"""Sums grow by what is added to them, in one statement for many rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from common.inserting import add_up
from developers.models import GoodsDay, GoodsMonth, GoodsNow, MakerDay
from developers.rules.counting import FIGURES, OWED

_KEYS: dict[Any, tuple[str, ...]] = {
    GoodsDay: ("product_id", "day", "reason"), GoodsMonth: ("product_id", "month"), GoodsNow: ("product_id",),
    MakerDay: ("developer_id", "day", "reason"),
}  # fmt: skip


def grow(model: Any, sums: Mapping[tuple[Any, ...], Counter[str]]) -> None:
    """Add to the rows of these keys; what comes to nothing again is no row, as if it had never been."""
    names = OWED if model is GoodsNow else FIGURES
    rows = [(*place, *(sum_[name] for name in names)) for place, sum_ in sorted(sums.items())]
    add_up(model, key=_KEYS[model], names=names, rows=rows)
    if model is not GoodsNow and any(n < 0 for sum_ in sums.values() for n in sum_.values()):
        _drop_empty(model, sums)


def _drop_empty(model: Any, sums: Mapping[tuple[Any, ...], Counter[str]]) -> None:
    whose, when = _KEYS[model][:2]
    near = {f"{whose}__in": {place[0] for place in sums}, f"{when}__in": {place[1] for place in sums}}
    model.objects.filter(**near, **dict.fromkeys(FIGURES, 0)).delete()
