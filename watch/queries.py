"""Reads of warnings and monthly reports: by the link that was sent, by their buyer, and for ops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum

from common.phrases import mark
from common.refusals import Absent
from orders import queries as orders
from orders.rules.rows import storable
from watch.models import (
    DropWarning,
    EffectCheck,
    Incident,
    MonthlyReport,
    OrderPoints,
    Proposal,
    SurveyAnswer,
)
from watch.rules import health
from watch.rules.crowds import Made, Subject

_signer = Signer(salt="watch.claim-link")
_reports, _surveys = Signer(salt="watch.report-link"), Signer(salt="watch.survey-link")
LONGEST = 100
# Never said, as it recovered or had a case when it was due: it stands in the way of no later one. What a person
# dismissed does.
FORGONE = Q(said_at=None, dropped_at__isnull=False) & ~Q(incident__state="dismissed")


class LinkUnknown(Absent):
    code = "claim_link_unknown"
    detail = mark("这个链接不完整，请从消息里重新打开；也可以凭订单号和查询密码查订单。")


def token_of(warning: DropWarning) -> str:
    """What its link carries: the same each time, so that it need not be kept."""
    return _signer.sign(str(warning.pk))


def find_by(*, token: str) -> DropWarning:
    """The warning of a link. Refuses: LinkUnknown, whatever is wrong with it."""
    try:
        pk = int(_signer.unsign(token[:LONGEST]))
    except (BadSignature, ValueError):
        raise LinkUnknown() from None
    found = DropWarning.objects.select_related("order__product", "order__buyer", "order__rollup").filter(
        pk=pk
    )
    warning = found.exclude(said_at=None).first()
    if warning is None:
        raise LinkUnknown()
    return warning


def known_windows(order_ids: Iterable[int]) -> set[tuple[int, str]]:
    """(order, window) that somebody was warned of, is about to be, or shall not be."""
    rows = DropWarning.objects.filter(order_id__in=list(order_ids)).exclude(FORGONE)
    return set(rows.values_list("order_id", "window"))


def gives_way(*, lines: Iterable[int], window: str) -> QuerySet[DropWarning]:
    """What was found there before and never said."""
    return DropWarning.objects.filter(FORGONE, order_id__in=list(lines), window=window)


def made_since(at: datetime, *, after: int = 0) -> Made:
    """Warnings since then, and since a person let the last of them go; only those after that id."""
    return _counted(DropWarning.objects.filter(made_at__gte=at, pk__gt=after), about="drop", by="made_at")


def granted_since(at: datetime) -> Made:
    """Packs that the system gave by itself since then; what a person let go is none of its own."""
    given = EffectCheck.objects.filter(ended_at__gte=at, result="granted")
    return _counted(given.exclude(incident__state="released"), about="effect", by="ended_at")


def _counted(rows: QuerySet[Any], *, about: str, by: str) -> Made:
    """What counts for its product and for its supplier, as `Crowds` counts on from; one question.

    Not what a person has seen and let go since then, of the product or of the supplier; nor for the one what was, or
    is, held back for the other. Of goods with an incident nothing counts for their supplier, said before or not.
    """
    incidents = Incident.objects.filter(about=about)
    of_goods = incidents.filter(product=OuterRef("order__product_id"))
    of_source = incidents.filter(supplier=OuterRef("supplier_id"))
    since = Q(ended_at__gte=OuterRef(by))
    goods_let_go = Exists(of_goods.filter(since, state="released"))
    source_let_go = Exists(of_source.filter(since, state="released"))
    told_of_goods = Exists(of_goods.filter(since | Q(ended_at=None)))
    found = rows.order_by().values_list("order__product_id", "supplier_id").annotate(
        goods=Count("order_id", distinct=True, filter=~goods_let_go & ~source_let_go & Q(incident__supplier=None)),
        source=Count("order_id", distinct=True, filter=~source_let_go & ~told_of_goods),
    )  # fmt: skip
    return {(product, supplier): (goods, source) for product, supplier, goods, source in found}


class ReportAbsent(Absent):
    code = "report_not_found"
    detail = mark("没有找到这份报告。从消息里的链接打开，或者登录以后在自己的页面里看。")


def report_token(report: MonthlyReport) -> str:
    """What the link of its page carries: it opens that page and nothing else."""
    return _reports.sign(str(report.pk))


def survey_token(report: MonthlyReport) -> str:
    """What the link of its survey carries."""
    return _surveys.sign(str(report.pk))


def report_by(*, token: str) -> MonthlyReport:
    """The report of a link to its page. Refuses: ReportAbsent, whatever is wrong with it."""
    return _signed(_reports, token)


def surveyed_by(*, token: str) -> MonthlyReport:
    """The report of a link to its survey. Refuses: ReportAbsent."""
    return _signed(_surveys, token)


def _signed(signer: Signer, token: str) -> MonthlyReport:
    try:
        pk = int(signer.unsign(token[:LONGEST]))
    except (BadSignature, ValueError):
        raise ReportAbsent() from None
    report = MonthlyReport.objects.select_related("answer").filter(pk=pk).first()
    if report is None:
        raise ReportAbsent()
    return report


def reports_of(reader: Any) -> Any:
    """The reader's reports, the newest month first."""
    return MonthlyReport.objects.visible_to(reader).order_by("-month", "-pk")


def find_report(*, reader: Any, no: str) -> MonthlyReport:
    """The reader's report; another's looks absent."""
    mine = MonthlyReport.objects.visible_to(reader).select_related("answer")
    report = mine.filter(no=no).first() if storable(no) else None
    if report is None:
        raise ReportAbsent()
    return report


def reported(*, month: str, buyers: Iterable[int]) -> set[int]:
    """Of these buyers, those who have a report of the month."""
    rows = MonthlyReport.objects.filter(month=month, buyer_id__in=list(buyers))
    return set(rows.order_by().values_list("buyer_id", flat=True))


def points_of_orders(*, ids: Iterable[int]) -> dict[int, OrderPoints]:
    """{order: whether it earned its points}, of those that can."""
    return OrderPoints.objects.in_bulk(list(ids))


def still_running(*, buyers: Iterable[int], after: int = 0, most: int) -> list[OrderPoints]:
    """The next orders of these buyers whose points aren't known yet, by id, with product and rollup."""
    rows = OrderPoints.objects.filter(order__buyer_id__in=list(buyers), ended_at=None, pk__gt=after)
    return list(rows.select_related("order__product", "order__rollup").order_by("pk")[:most])


def warned(
    *, buyers: Iterable[int], since: datetime, until: datetime
) -> dict[int, list[tuple[str, datetime | None]]]:
    """{buyer: (order number, when)} of warnings said from `since` and before `until`, the oldest first."""
    rows = DropWarning.objects.filter(order__buyer_id__in=list(buyers), said_at__gte=since, said_at__lt=until)
    found: dict[int, list[tuple[str, datetime | None]]] = defaultdict(list)
    for buyer, order_no, at in rows.order_by("pk").values_list(
        "order__buyer_id", "order__order_no", "said_at"
    ):
        found[buyer].append((order_no, at))
    return found


def survey_figures(*, month: str) -> dict[int, int]:
    """{stars: how many gave so many} of the reports of a month, 1 to 5."""
    rows = SurveyAnswer.objects.filter(report__month=month).order_by().values_list("stars")
    found = dict(rows.annotate(n=Count("id")))
    return {stars: found.get(stars, 0) for stars in range(1, 6)}


def lines_in(*, incident_id: int) -> QuerySet[DropWarning]:
    """The lines that fell together, each once: by what was found of it last, where it fell on after its window."""
    later = DropWarning.objects.filter(
        incident_id=incident_id, order=OuterRef("order"), pk__gt=OuterRef("pk")
    )
    return DropWarning.objects.filter(~Exists(later), incident_id=incident_id)


# (over so many hundredths of the base, up to so many) of the picture of an incident.
SHARES = ((0, 10), (10, 20), (20, 30), (30, 100))


def picture(*, incident_id: int) -> dict[str, Any]:
    """{shares: how many of its lines lost how much, first, last: between which counts}; one question."""
    counts = {
        f"s{n}": Count("id", filter=Q(parts__gt=F("base") * low, parts__lte=F("base") * high))
        for n, (low, high) in enumerate(SHARES)
    }
    rows = lines_in(incident_id=incident_id).annotate(parts=F("loss") * 100)
    found = rows.aggregate(first=Min("observed_at"), last=Max("observed_at"), **counts)
    return {
        "shares": [found[f"s{n}"] for n in range(len(SHARES))],
        "first": found["first"],
        "last": found["last"],
    }


def goods_hit(*, incident: Incident, most: int) -> list[tuple[str, int, int | None]]:
    """(goods, lines of it that wait, units they lost), the most first; of interactions only the lines are known."""
    if incident.about == "effect":
        rows = EffectCheck.objects.filter(incident=incident).order_by().values_list("order__product__title")
        counted = rows.annotate(n=Count("id")).order_by("-n", "order__product__title")
        return [(title, n, None) for title, n in counted[:most]]
    lost = lines_in(incident_id=incident.pk).order_by().values_list("order__product__title")
    summed = lost.annotate(n=Count("id"), units=Sum("loss")).order_by("-units", "order__product__title")
    return list(summed[:most])


def lines_of(*, incident_id: int, most: int) -> list[DropWarning]:
    """Those that lost the most, with their orders."""
    rows = lines_in(incident_id=incident_id).select_related("order")
    return list(rows.order_by("-loss", "id")[:most])


def open_proposals() -> QuerySet[Proposal]:
    """What is proposed to be suspended, and waits for a person."""
    return Proposal.objects.filter(state="open")


def open_incidents() -> QuerySet[Incident]:
    """What happened to many at once, and waits for a person."""
    return Incident.objects.filter(state="open")


def going_on(*, since: datetime, product_id: int) -> dict[Subject, int]:
    """{whose: incident} of drops that are open, or were ended since then, of that product or of any supplier."""
    rows = Incident.objects.filter(Q(ended_at=None) | Q(ended_at__gte=since), about="drop").order_by("id")
    rows = rows.filter(Q(product=product_id) | Q(product=None))
    return {
        Subject(product, supplier): pk for pk, product, supplier in rows.values_list("pk", "product_id", "supplier_id")
    }  # fmt: skip


def suspended() -> QuerySet[Proposal]:
    """What the shop shall not sell, or not order from, until it is lifted; the newest first."""
    return Proposal.objects.filter(state="accepted").order_by("-id")


def names_of(subjects: Iterable[str]) -> dict[str, str]:
    """{subject: what the goods, or the supplier, are called}, a query for each kind; of what is gone there is none."""
    asked: dict[str, set[str]] = {health.PRODUCT: set(), health.SUPPLIER: set()}
    for one in subjects:
        kind, _, name = one.partition(":")
        if kind in asked and name:
            asked[kind].add(name)
    goods, suppliers = asked[health.PRODUCT], asked[health.SUPPLIER]
    named: dict[str, str] = {}
    for code, product in (orders.products_called(goods) if goods else {}).items():
        named[health.subject(health.PRODUCT, code)] = product.title
    for code, supplier in (orders.suppliers_called(suppliers) if suppliers else {}).items():
        named[health.subject(health.SUPPLIER, code)] = supplier.title
    return named


def flagged(subjects: Iterable[str]) -> dict[str, int]:
    """{subject: deliveries that came since it was suspended}, of suppliers; none asked for, nothing asked."""
    head = health.subject(health.SUPPLIER, "")
    codes = [one.removeprefix(head) for one in subjects if one.startswith(head)]
    found = orders.came_while_suspended(codes=codes) if codes else {}
    return {head + code: n for code, n in found.items()}
