"""Reads of defects: those a reader may see, what each is made of, and the answers owed on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from common.clock import shanghai
from common.phrases import mark
from common.refusals import Absent
from developers.models import AnswerOwed, Defect, DefectDay, DefectFix, DefectMember, DefectWord, Recall
from developers.models.defects import CHECKING, REAL
from developers.rules import periods
from developers.rules.defect_life import ANNOUNCE, ANSWER, DEVELOPER, GONE, State
from developers.rules.periods import Period, Stretch
from orders.rules.rows import storable

A_PAGE, EXAMPLES, MOST_LISTED, MOST_OTHERS = 30, 5, 1000, 100
SIZE, TREND, COST, NEWEST = "size", "trend", "cost", "newest"
SORTS = {SIZE: mark("件数"), TREND: mark("涨得快"), COST: mark("花费"), NEWEST: mark("最近")}
LATE = "late"  # beside the states: unanswered past its time
THIS, BEFORE = "this", "before"
BEHIND = (REAL, CHECKING, COST, THIS, BEFORE)


class DefectAbsent(Absent):
    code = "defect_not_found"
    detail = mark("没有找到这个缺陷，请核对编号。")


@dataclass(frozen=True)
class Wanted:
    """Which defects: of one developer, product or state; in which order; from which on."""

    developer: Any = None
    state: str = ""
    sku: str = ""
    sort: str = SIZE
    skip: int = 0


@dataclass(frozen=True)
class Listed:
    """A defect with its real cases of this period and the one before, and when an answer is owed."""

    defect: Defect
    this: int
    before: int
    due_at: datetime | None


@dataclass(frozen=True)
class AnswerTime:
    """An answer that was owed: late where it came, or has not come, after its time."""

    defect_no: str
    owed_at: datetime
    due_at: datetime
    answered_at: datetime | None
    late: bool


def defects_of(reader: Any) -> QuerySet[Defect]:
    rows = Defect.objects.visible_to(reader).select_related("product__developer", "merged_into")
    return rows.order_by("-pk")


def find_defect(*, reader: Any, no: str) -> Defect:
    """The reader's defect; another's looks absent."""
    found = defects_of(reader).filter(no=no).first() if storable(no) else None
    if found is None:
        raise DefectAbsent()
    return found


def of_goods(*, no: str, product: Any) -> Defect | None:
    """The product's defect of that number, for whoever may see the product."""
    return Defect.objects.filter(no=no, product=product).first() if storable(no) else None


def listed(*, reader: Any, wanted: Wanted, now: datetime) -> list[Listed]:
    """A page of them, one more where there are more. Sums and days only, whatever the number of cases."""
    rows, period = chosen(reader, wanted, now=now), periods.period(periods.MONTH, now=now)
    if wanted.sort == TREND:
        rows = rows.order_by("-real", "-pk")[:MOST_LISTED]
        trends = trends_of([one.pk for one in rows], period=period)
        found = sorted(rows, key=lambda one: -_growth(trends.get(one.pk, (0, 0))))
        page = found[wanted.skip : wanted.skip + A_PAGE + 1]
    else:
        first = {SIZE: "-real", COST: "-fen", NEWEST: "-last_at"}[wanted.sort]
        also = ["-units"] if wanted.sort == COST else []
        page = list(rows.order_by(first, *also, "-pk")[wanted.skip : wanted.skip + A_PAGE + 1])
        trends = trends_of([one.pk for one in page], period=period)
    debts = debts_of([one.pk for one in page])
    return [Listed(one, *trends.get(one.pk, (0, 0)), debts.get(one.pk)) for one in page]


def listed_alone(defect: Defect, *, now: datetime) -> Listed:
    trend = trends_of([defect.pk], period=periods.period(periods.MONTH, now=now)).get(defect.pk, (0, 0))
    return Listed(defect, *trend, debts_of([defect.pk]).get(defect.pk))


def chosen(reader: Any, wanted: Wanted, *, now: datetime) -> QuerySet[Defect]:
    """Those asked for; unasked, those with a real case."""
    rows = defects_of(reader)
    if wanted.developer is not None:
        rows = rows.filter(product__developer=wanted.developer)
    if wanted.sku:
        rows = rows.filter(product__sku=wanted.sku)
    if wanted.state == CHECKING:
        return rows.filter(checking__gt=0).exclude(state=State.MERGED)
    if wanted.state == LATE:
        return rows.filter(pk__in=overdue(now=now).values("defect"))
    if wanted.state:
        return rows.filter(state=wanted.state)
    return rows.filter(real__gt=0).exclude(state=State.MERGED)


def _growth(trend: tuple[int, int]) -> int:
    return trend[0] - trend[1]


def trends_of(ids: list[int], *, period: Period) -> dict[int, tuple[int, int]]:
    """{defect: (real cases of the period, of the one before)}, by whole days."""
    this, before = days_of(period.this), days_of(period.before)
    rows = DefectDay.objects.filter(defect__in=ids, day__gte=before[0], day__lte=this[1]).order_by()
    sums = rows.values_list("defect").annotate(
        this=Sum("real", filter=_within("day", this), default=0),
        before=Sum("real", filter=_within("day", before), default=0),
    )
    return {pk: (n, m) for pk, n, m in sums}


def days_of(stretch: Stretch) -> tuple[date, date]:
    """The first day and the last that belongs to it."""
    return shanghai(stretch.start).date(), shanghai(stretch.end - timedelta(microseconds=1)).date()


def _within(column: str, days: tuple[date, date]) -> Q:
    return Q(**{f"{column}__gte": days[0], f"{column}__lte": days[1]})


def debts_of(ids: list[int]) -> dict[int, datetime]:
    """{defect: by when its answer is owed}"""
    rows = AnswerOwed.objects.filter(defect__in=ids, answered_at=None, void_at=None)
    return dict(rows.values_list("defect", "due_at"))


def members_of(
    *,
    defect: Defect,
    what: str,
    now: datetime,
    before: tuple[datetime, int] | None = None,
    most: int = A_PAGE,
) -> list[DefectMember]:
    """The cases that a figure counts, the newest first, one more than `most` where there are more."""
    rows = DefectMember.objects.filter(defect=defect, standing=CHECKING if what == CHECKING else REAL)
    if what == COST:
        rows = DefectMember.objects.filter(defect=defect).exclude(fen=0, units=0)
    if what in (THIS, BEFORE):
        period = periods.period(periods.MONTH, now=now)
        rows = rows.filter(
            _within("opened_at__date", days_of(period.this if what == THIS else period.before))
        )
    if before is not None:
        at, pk = before
        rows = rows.filter(Q(opened_at__lt=at) | Q(opened_at=at, pk__lt=pk))
    return list(with_cases(rows)[: most + 1])


def with_cases(rows: QuerySet[DefectMember]) -> QuerySet[DefectMember]:
    """With all that a row shows, in one query, the newest first."""
    found = rows.select_related("ticket__order__product", "ticket__order__buyer", "ticket__decision")
    return found.order_by("-opened_at", "-pk")


def all_members(*, defect: Defect) -> QuerySet[DefectMember]:
    """For its file: real ones and those that are being checked."""
    rows = DefectMember.objects.filter(defect=defect, standing__in=(REAL, CHECKING))
    return with_cases(rows).prefetch_related("ticket__decision__remedies")


def words_of(*, defect: Defect) -> list[DefectWord]:
    """What was said and done, the oldest first."""
    return list(DefectWord.objects.filter(defect=defect).order_by("pk"))


def fix_of(*, defect: Defect) -> DefectFix | None:
    """The one in force."""
    return DefectFix.objects.filter(defect=defect).order_by("-pk").first()


def newest_answer(*, ticket_no: str) -> DefectWord | None:
    """What the developer said last to the defect that a case is a real one of; for the page of its buyer."""
    of = DefectMember.objects.filter(ticket__no=ticket_no, standing=REAL).values("defect")
    rows = DefectWord.objects.filter(defect__in=of, action__in=(ANSWER, ANNOUNCE), side=DEVELOPER)
    return rows.select_related("defect").order_by("-pk").first()


def buyers_of(*, defect: Defect) -> int:
    """How many are to be told of a fix."""
    real = DefectMember.objects.filter(defect=defect, standing=REAL)
    found: int = real.aggregate(n=Count("order__buyer", distinct=True))["n"]
    return found


def others(*, defect: Defect) -> list[Defect]:
    """Living defects of the same product, where cases may be put."""
    rows = Defect.objects.filter(product_id=defect.product_id).exclude(pk=defect.pk).exclude(state__in=GONE)
    return list(rows.order_by("-real", "-pk")[:MOST_OTHERS])


def recalls_of_defect(*, defect: Defect) -> list[Recall]:
    return list(Recall.objects.filter(defect=defect).select_related("product").order_by("-pk")[:A_PAGE])


def overdue(*, now: datetime) -> QuerySet[AnswerOwed]:
    """Answers that developers owe past their time."""
    rows = AnswerOwed.objects.filter(answered_at=None, void_at=None, due_at__lt=now)
    return rows.order_by("due_at")


def answer_times(*, developer: Any, since: datetime, now: datetime) -> list[AnswerTime]:
    """Every answer that this developer came to owe since then, the oldest first; voided ones never were."""
    rows = AnswerOwed.objects.filter(defect__product__developer=developer, owed_at__gte=since, void_at=None)
    told = rows.order_by("owed_at", "pk").values_list(F("defect__no"), "owed_at", "due_at", "answered_at")
    return [AnswerTime(no, owed, due, came, (came or now) > due) for no, owed, due, came in told]
