"""One line that breaks our own code must not keep the others: it is found, put off, and tried ever more rarely."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import InterfaceError, OperationalError
from django.db.models import F

from watch.models import Stumble
from watch.rules import quiet

log = logging.getLogger(__name__)
LOOK, COUNT, EARN, GRADE = "look", "count", "earn", "grade"
T = TypeVar("T")


def in_parts(some: Sequence[T], do: Callable[[Sequence[T]], object], broke: Callable[[T], object]) -> None:
    """All at once; where that breaks, by halves, until it is known which ones it is."""
    try:
        do(some)
        return
    except (OperationalError, InterfaceError):  # the database, not one of these
        raise
    except Exception:
        if len(some) < 2:
            for one in some:
                broke(one)
            return
    for part in (some[: len(some) // 2], some[len(some) // 2 :]):
        in_parts(part, do, broke)


def known(*, work: str, lines: Iterable[int]) -> dict[int, datetime]:
    """{line: when it is tried again} of those on which this work broke."""
    rows = Stumble.objects.filter(work=work, order_id__in=list(lines))
    return dict(rows.values_list("order_id", "due_at"))


def put_off(*, work: str, line: int, now: datetime) -> datetime:
    """Called where it broke; until when."""
    row, _ = Stumble.objects.get_or_create(order_id=line, work=work, defaults={"since": now, "due_at": now})
    due_at = quiet.again_at(now, tries=row.tries, urgent=True)
    Stumble.objects.filter(pk=row.pk).update(tries=F("tries") + 1, due_at=due_at)
    log.exception("订单 %s 出错（%s），第 %s 次，先放下，过一会再试", line, work, row.tries + 1)
    return due_at


def got_through(*, work: str, lines: Iterable[int]) -> None:
    Stumble.objects.filter(work=work, order_id__in=list(lines)).delete()


def only(*, work: str, lines: Iterable[int]) -> None:
    """Of this work no others wait any more."""
    Stumble.objects.filter(work=work).exclude(order_id__in=list(lines)).delete()
