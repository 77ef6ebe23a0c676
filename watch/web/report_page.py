"""What the page of a monthly report shows: how much held, what was made good, how people reacted, where one stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from common import figures
from common.language import say, spoken
from compensation.rules.fate import KINDS
from compensation.rules.figures import decimal
from tickets import queries as tickets
from watch import queries
from watch.rules import report_months
from watch.rules.report_figures import Day, tenths
from watch.web import report_curve, report_points
from watch.web.report_curve import KeptCurve
from watch.web.report_points import PointsPart

if TYPE_CHECKING:
    from watch.models import MonthlyReport, SurveyAnswer

TOO_LONG = 1_000_000
CASH = ("refund", "goodwill")
SHOWN_DAYS = (0, 1, 2, 3, 5, 7, 10, 14, 21, 30)


@dataclass(frozen=True)
class DayRow:
    day: str
    lines: str
    kept: str


@dataclass(frozen=True)
class LineRow:
    """`address` "": the reader can't open what was counted."""

    title: str
    masked: str
    moved: str
    delivered: str
    lowest: str
    present: str
    address: str


@dataclass(frozen=True)
class Happened:
    """A warning, a case or a remedy; `address` "": the reader can't open it."""

    what: str
    note: str
    came: str
    address: str


@dataclass(frozen=True)
class ReportPage:
    heading: str
    intro: str
    kept: str
    curve: KeptCurve | None
    days: tuple[DayRow, ...]
    lines: tuple[LineRow, ...]
    wide: bool  # figures too long for a row of a phone
    unlisted: str
    happened: tuple[Happened, ...]
    sums: tuple[dict[str, Any], ...]
    no_given: dict[str, str]
    reactions: tuple[str, ...]
    points: PointsPart | None
    status: tuple[str, ...]
    survey: str
    answer: SurveyAnswer | None
    note: str


def present(report: MonthlyReport, *, own: bool, asks: bool, now: datetime) -> ReportPage:
    """`own`: the reader may open the orders that it speaks of; `asks`: the survey is the buyer's, not ops'."""
    said, month = report.figures, report_months.named(report.month)
    assert month is not None, report.month
    days = [Day(*day) for day in said["days"]]
    answer = getattr(report, "answer", None)
    return ReportPage(
        heading=say("{month}使用报告", month=figures.months([month])),
        intro=_intro(said, figures.months(report_months.followed(month))),
        kept=_kept(said), curve=report_curve.draw(days), days=_days(days),
        lines=tuple(_line(line, own) for line in said["lines"]),
        wide=any(line["delivered"] >= TOO_LONG or line["present"] >= TOO_LONG for line in said["lines"]),
        unlisted=_unlisted(said["kept"]["lines"] - len(said["lines"])),
        happened=_happened(said, own, now), sums=_sums(said),
        no_given={
            "heading": say("这个月没有补过什么"),
            "text": say("掉得多了会先写给您，按一下就补；补了什么、到了多少，下一份报告里列在这里。"),
        },
        reactions=_reactions(said["interactions"]),
        points=report_points.present(said.get("points"), own=own, now=now), status=_status(said["status"]),
        survey="" if answer or not asks or now > report.expires_at else _survey(report), answer=answer,
        note=say("写于 {at}，写下以后不再改。", at=figures.full_moment(report.made_at)),
    )  # fmt: skip


def _intro(said: dict[str, Any], months: str) -> str:
    n, counted = said["orders"], said["metered"]
    if 0 < counted < n:
        return say(
            "您 {months}付款的 {n} 单（其中 {k} 单能数），数到月底为止。", months=months, n=n, k=counted
        )
    return say("您 {months}付款的 {n} 单，数到月底为止。", months=months, n=n)


def _survey(report: MonthlyReport) -> str:
    return reverse("survey-link", args=[queries.survey_token(report)])


def _kept(said: dict[str, Any]) -> str:
    kept = said["kept"]
    if not kept["delivered"]:
        return ""
    return say(
        "送到 {n} 个，月底还有 {present} 个：留住了 {percent}%。",
        n=kept["delivered"], present=kept["present"], percent=tenths(kept["present"], kept["delivered"]),
    )  # fmt: skip


def _days(days: list[Day]) -> tuple[DayRow, ...]:
    shown = [day for day in days if day.day in SHOWN_DAYS or day is days[-1]]
    return tuple(
        DayRow(
            say("第 {n} 天", n=day.day) if day.day else say("送完时"), say("{n} 单", n=day.lines),
            f"{tenths(day.present, day.delivered)}%",
        )
        for day in shown
    )  # fmt: skip


def _line(line: dict[str, Any], own: bool) -> LineRow:
    address = f"{reverse('order-counts', args=[line['order_no']])}#counts" if own else ""
    moved = line["interactions"]
    told = "" if moved is None else say("互动 {n} 次", n=moved)
    return LineRow(
        line["title"], figures.mask_order(line["order_no"]), told, str(line["delivered"]), str(line["lowest"]),
        str(line["present"]), address,
    )  # fmt: skip


def _unlisted(more: int) -> str:
    return say("另有 {n} 单没有列出，合计里都有。", n=more) if more > 0 else ""


def _sums(said: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """What was missing, and what was made good of it."""
    drops, made_good = said["drops"], said["made_good"]
    pairs = []
    if drops["units"]:
        pairs.append(
            (say("最多时少了"), say("{n} 个，共 {lines} 单", n=drops["units"], lines=drops["lines"]))
        )
    if said["warned"]:
        pairs.append((say("提醒过您"), say("{n} 次", n=said["warned"])))
    if made_good["tickets"]:
        pairs.append((say("售后单"), say("{n} 张", n=made_good["tickets"])))
    for kind, sum_ in sorted(made_good["sums"].items()):
        pairs.append((spoken(KINDS[kind]), _sum(kind, sum_)))
    return tuple({"label": label, "value": value} for label, value in pairs)


def _sum(kind: str, sum_: dict[str, int]) -> str:
    whole = _amount(kind, sum_["promised"])
    if sum_["came"] >= sum_["promised"]:
        return whole
    return say("{whole}，已到 {part}", whole=whole, part=_amount(kind, sum_["came"]))


def _amount(kind: str, n: int) -> str:
    return figures.yuan(n) if kind in CASH else say("{n} 个", n=n)


def _happened(said: dict[str, Any], own: bool, now: datetime) -> tuple[Happened, ...]:
    """What the sums are of, in the order of time."""
    made_good = said["made_good"]
    rows = [
        *((row["at"], _warned(row, now)) for row in said["warnings"]),
        *((row["at"], _case(row, now)) for row in made_good["cases"]),
        *((row["at"], _given(row, now)) for row in made_good["rows"]),
    ]
    told = [row for _, row in sorted(rows, key=lambda row: row[0])]
    return tuple(told if own else (replace(row, address="") for row in told))


def _warned(row: dict[str, Any], now: datetime) -> Happened:
    address = reverse("order-counts", args=[row["order_no"]])
    return Happened(say("提醒您：掉了"), _place(row, now), "", address)


def _case(row: dict[str, Any], now: datetime) -> Happened:
    reason = str(tickets.reason_names().get(row["reason"], row["reason"]))
    return Happened(
        say("您申请：{reason}", reason=reason),
        _place(row, now),
        row["no"],
        reverse("ticket", args=[row["no"]]),
    )


def _given(row: dict[str, Any], now: datetime) -> Happened:
    promised, no, note = row["quantity"] or row["amount_fen"] or 0, row["ticket_no"], _place(row, now)
    if row["came"] < promised:
        note = say("{note}，已到 {part}", note=note, part=_amount(row["kind"], row["came"]))
    address = reverse("ticket", args=[no]) if no else reverse("records", args=[row["order_no"]])
    return Happened(spoken(KINDS[row["kind"]]), note, _amount(row["kind"], promised), address)


def _place(row: dict[str, Any], now: datetime) -> str:
    day = figures.day(datetime.fromisoformat(row["at"]), now=now)
    return say("{day}，订单 {order}", day=day, order=figures.mask_order(row["order_no"]))


def _reactions(moved: dict[str, Any] | None) -> tuple[str, ...]:
    if not moved or not moved["delivered"]:
        return ()
    told = say(
        "每 100 个带来 {rate} 次评论和转发（{n} 个，{count} 次）。",
        rate=tenths(moved["count"], moved["delivered"]), n=moved["delivered"], count=moved["count"],
    )  # fmt: skip
    if len(moved["rates"]) != 1:
        return (told,)
    per, of = moved["rates"][0]
    promise = say("规则保证每 100 个至少 {rate} 次，送完满 7 天起算。", rate=decimal((per * 100, of)))
    return told, promise


def _status(status: dict[str, Any]) -> tuple[str, ...]:
    if not status["long_term"]:
        left = status["needed"] - status["streak"]
        text = say(
            "连续 {n} 个月有单。再连着 {left} 个月，就是长期用户：掉了补得更多，答复快一倍，有专属客服。",
            n=status["streak"], left=left,
        )  # fmt: skip
        return (text,)
    told = say("连续 {n} 个月有单，您是长期用户：掉了补得更多，答复快一倍，有专属客服。", n=status["streak"])
    agent = status["agent"]
    return (told, say("您的专属客服：{name}", name=agent)) if agent else (told,)
