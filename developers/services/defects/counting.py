"""What members add to their defect and its days: always the difference, in the transaction of what changed it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, Subquery

from common.clock import shanghai
from common.refusals import StateMoved
from developers.models import Defect, DefectDay, DefectMember
from developers.models.defects import CHECKING, REAL
from developers.rules.defect_life import State

SUMS = ("real", "checking", "fen", "units", "gifts")


class Change(NamedTuple):
    """A member as it stands that is put into its defect (1) or taken out of it (-1)."""

    member: DefectMember
    times: int


def add(changes: Iterable[Change]) -> None:
    """Needs the members written. Refuses: StateMoved, where a defect that is to grow was merged meanwhile."""
    sums: dict[int, Counter[str]] = defaultdict(Counter)
    days: dict[tuple[int, date], int] = defaultdict(int)
    for member, times in changes:
        defect = member.defect_id
        for name, n in adds(member).items():
            sums[defect][name] += times * n
        if member.standing == REAL:
            days[defect, shanghai(member.opened_at).date()] += times
    for pk in sorted(sums):
        grow(pk, sums[pk])
    for (pk, day), n in sorted(days.items()):
        grow_day(pk, day, n)


def adds(member: DefectMember) -> dict[str, int]:
    return {
        "real": int(member.standing == REAL), "checking": int(member.standing == CHECKING), "fen": member.fen,
        "units": member.units, "gifts": member.gifts,
    }  # fmt: skip


def grow(pk: int, sum_: Counter[str]) -> None:
    members = DefectMember.objects.filter(defect=OuterRef("pk"), standing=REAL)
    ends: dict[str, Any] = {
        "first_at": Subquery(members.order_by("opened_at").values("opened_at")[:1]),
        "last_at": Subquery(members.order_by("-opened_at").values("opened_at")[:1]),
    }
    rows = Defect.objects.filter(pk=pk)
    if any(n > 0 for n in sum_.values()):
        rows = rows.exclude(state=State.MERGED)
    more = {name: F(name) + n for name, n in sum_.items() if n}
    if not rows.update(touched=True, **ends, **more):
        raise StateMoved()


def grow_day(pk: int, day: date, n: int) -> None:
    if not n:
        return
    DefectDay.objects.bulk_create([DefectDay(defect_id=pk, day=day)], ignore_conflicts=True)
    DefectDay.objects.filter(defect_id=pk, day=day).update(real=F("real") + n)
