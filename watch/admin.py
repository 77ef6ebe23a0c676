"""Warnings, effect checks, points, what happened to many at once, monthly reports, proposals to suspend."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock, figures
from common.intervals import PARTS
from common.language import say, spoken
from common.reading import DeskAdmin, ReadOnlyAdmin
from watch import queries
from watch.models import (
    DropWarning,
    EffectCheck,
    Incident,
    MonthlyReport,
    OrderPoints,
    Proposal,
    ReportRun,
    Stumble,
    SurveyAnswer,
)
from watch.rules import health
from watch.services import health_behind, mass, proposals

SHOWN = 20


@admin.register(DropWarning)
class DropWarningAdmin(ReadOnlyAdmin):
    list_display = ["order", "window", "loss", "base", "observed_at", "said_at", "used_at", "ticket_no"]
    explains = _("掉得超过提醒线的单，每一单每个时段提醒一次。没说的是夜里压着、一起掉压着，或已经涨回来。")
    nothing = _("还没有提醒过谁。计数一来就看，掉得超过 8% 的会列在这里。")
    list_select_related = ["order"]
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")
    ordering = ["-id"]


@admin.register(EffectCheck)
class EffectCheckAdmin(ReadOnlyAdmin):
    list_display = ["order", "round", "due_at", "result", "owed", "ticket_no", "ended_at"]
    list_select_related = ["order"]
    explains = _("送完 7 天起看互动够不够：不够的系统自己补，再数再补，最多三轮，之后转给专人。")
    nothing = _("还没有要看的。计量商品的订单一来就列在这里，送完 7 天开始看。")
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")
    list_filter = ["result"]
    ordering = ["-id"]


@admin.register(OrderPoints)
class OrderPointsAdmin(ReadOnlyAdmin):
    list_display = ["order", "due_at", "result", "ended_at"]
    list_select_related = ["order"]
    explains = _(
        "每一单的售后期限都过了，没有买家申请过售后、没有退过款的，实付每满 1 元得 1 积分。"
        "系统写的（提醒、互动、召回）不影响。"
    )
    nothing = _("还没有要看的。实付满 1 元的订单一来就列在这里，期限过了自己看。")
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")
    list_filter = ["result"]
    ordering = ["-pk"]


@admin.register(Stumble)
class StumbleAdmin(ReadOnlyAdmin):
    list_display = ["order", "work", "tries", "since", "due_at"]
    list_select_related = ["order"]
    list_filter = ["work"]
    explains = _(
        "程序在这些单上出了错：先放下，隔得越来越久再试，别的单照常。原因在日志里，改好以后自己会过去。"
    )
    nothing = _("没有出错的单。")
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")
    ordering = ["-id"]


@admin.register(Incident)
class IncidentAdmin(DeskAdmin):
    list_display = ["whose", "about", "state", "lines", "opened_at", "ended_at", "by"]
    list_select_related = ["product", "supplier"]
    list_filter = ["state", "about"]
    explains = _(
        "同一件商品、同一家供货商的货一小时里很多单一起掉、一起缺互动：先弄清是货的事还是数错了，再决定往下办不办。"
    )
    nothing = _("没有一起出事的。一件商品、一家供货商的货一小时里超过 200 单掉量或缺互动时会列在这里并报警。")
    page_template = "admin/watch/incident.html"

    @admin.display(description=_("谁"))
    def whose(self, row: Incident) -> str:
        return row.called

    def about(self, request: HttpRequest, row: Incident) -> dict[str, Any]:
        open_ = row.state == "open"
        return {
            "title": row.called, "hit": _goods_hit(row) if row.supplier_id else [],
            "ended_at": figures.full_moment(row.ended_at) if row.ended_at else "",
            "opened_at": figures.moment(row.opened_at, now=clock.now()),
            "actions": _actions(row) if open_ else [],
            **(_picture(row) if row.about == "drop" else {}),
        }  # fmt: skip

    def act(self, request: HttpRequest, row: Incident, typed: Mapping[str, str]) -> tuple[str, bool]:
        by, release = request.user.get_username(), typed.get("action") == "release"
        mass.end(pk=row.pk, release=release, by=by, reason=typed.get("reason", ""), now=clock.now())
        return (say("已放行，马上接着办。") if release else say("好，这些不办。")), True


def _goods_hit(row: Incident) -> list[dict[str, Any]]:
    """A supplier's goods among the waiting lines, the most first."""
    found = queries.goods_hit(incident=row, most=SHOWN)
    return [{"title": title, "lines": lines, "lost": lost} for title, lines, lost in found]


def _picture(row: Incident) -> dict[str, Any]:
    """How much the waiting lines lost, and those that lost the most."""
    found = queries.picture(incident_id=row.pk)
    most = max(found["shares"]) or 1
    names = (say("10% 以内"), say("10% 到 20%"), say("20% 到 30%"), say("30% 以上"))
    between = [figures.full_moment(found[end]) for end in ("first", "last") if found[end]]
    return {
        "shares": [
            {"name": name, "count": count, "width": f"{count * 100 // most}%"}
            for name, count in zip(names, found["shares"], strict=True)
        ],
        "counted": " – ".join(dict.fromkeys(between)),
        "fallen": [
            {"order": one.order.order_no, "href": reverse("admin:orders_order_change", args=[one.order_id]),
             "loss": one.loss, "base": one.base, "observed_at": figures.full_moment(one.observed_at)}
            for one in queries.lines_of(incident_id=row.pk, most=SHOWN)
        ],
    }  # fmt: skip


def _actions(row: Incident) -> list[dict[str, Any]]:
    """Let what waits go on, or not."""
    if row.about == "effect":
        said = (
            say("数是对的，补给他们"), say(
                "压着的马上接着看，看的时候每一单再数一遍，够了的不补。放行以后一小时里再超过 {n} 单，"
                "会再压着等人看。", n=mass.MOST,
            ),
            say("数有问题，不补"), say("压着的系统都不补。买家自己来申请，照样按规则办。"),
        )  # fmt: skip
    else:
        said = (
            say("数是对的，提醒他们"),
            say(
                "压着的提醒分批发出，夜里不急的等到早上八点；发之前每一单再数一遍，涨回来的不发。"
                "放行以后一小时里再超过 {n} 单，会再压着等人看。", n=mass.MOST,
            ),
            say("数有问题，不提醒"), say("压着的提醒都不发。买家自己来申请，照样按规则办。"),
        )  # fmt: skip
    return [
        {"name": "release", "label": said[0], "meaning": said[1], "reason": True},
        {"name": "dismiss", "label": said[2], "meaning": said[3], "reason": True},
    ]


@admin.register(ReportRun)
class ReportRunAdmin(ReadOnlyAdmin):
    list_display = ["month", "state", "progress", "made", "failed", "at", "finished_at"]
    explains = _(
        "每月 1 日凌晨两点起，把上个月的使用报告做给连着两个月有单的买家；断了自己接着做，一人一月一份。"
    )
    nothing = _("还没有做过。下个月 1 日凌晨两点起会列在这里。")
    ordering = ["-month"]

    @admin.display(description=_("做到哪里"))
    def progress(self, run: ReportRun) -> str:
        done = run.state == "done" or not run.last
        return "100%" if done else f"{min(99, run.cursor * 100 // run.last)}%"


@admin.register(MonthlyReport)
class MonthlyReportAdmin(ReadOnlyAdmin):
    list_display = ["no", "month", "buyer", "made_at", "said_at", "asked_at"]
    list_select_related = ["buyer"]
    search_fields = ["=no", "=month", "=buyer__external_id"]
    search_help_text = _("编号、月份（2026-10）、店铺客户号")
    explains = _("写给买家的每一份，数写下以后不改；买家看到的样子，点「在网站上查看」。")
    nothing = _("还没有报告。连着两个月有单的买家，下个月 1 日就有一份。")
    ordering = ["-id"]

    def view_on_site(self, report: MonthlyReport) -> str:
        return reverse("report", args=[report.no])


@admin.register(SurveyAnswer)
class SurveyAnswerAdmin(ReadOnlyAdmin):
    list_display = ["answered_at", "stars", "text", "report_month", "buyer"]
    list_select_related = ["report__buyer"]
    list_filter = ["stars"]
    search_fields = ["=report__month", "=report__no"]
    search_help_text = _("月份（2026-10）、报告编号")
    explains = _("看过报告的买家说的：一到五颗星和几句话，一份报告一次；星数算进每个月的满意度。")
    nothing = _("还没有人说过。报告发出以后，买家说了就列在这里。")
    ordering = ["-id"]

    @admin.display(description=_("哪个月"))
    def report_month(self, said: SurveyAnswer) -> str:
        return said.report.month

    @admin.display(description=_("买家"))
    def buyer(self, said: SurveyAnswer) -> str:
        return str(said.report.buyer)


@admin.register(Proposal)
class ProposalAdmin(DeskAdmin):
    list_display = ["called", "figure", "part", "whole", "state", "made_at", "ended_at", "by"]
    list_filter = ["state", "figure"]
    explains = _("商品或供货方出问题的单，按 95% 的把握也超出了允许的范围：看看背后的单，再定停不停。")
    nothing = _("没有提议。满 30 单、出问题的比例肯定超出允许的范围时会列在这里并报警。")
    page_template = "admin/watch/proposal.html"

    @admin.display(description=_("谁"), ordering="subject")
    def called(self, row: Proposal) -> str:
        return spoken(health.called(row.subject))

    def about(self, request: HttpRequest, row: Proposal) -> dict[str, Any]:
        title = queries.names_of([row.subject]).get(row.subject)
        return {
            "title": title or spoken(health.called(row.subject)),
            "supplier": row.subject.startswith(health.subject(health.SUPPLIER, "")),
            "topped_up": row.figure in (health.SHORT, health.SLOW),
            "flagged": queries.flagged([row.subject]).get(row.subject, 0) if row.state == "accepted" else 0,
            "percent": _percent(row.part * PARTS // row.whole), "lower": _percent(row.lower),
            "upper": _percent(row.upper), "limit": _percent(row.limit), "behind": health_behind.rows(proposal=row),
            "most": health_behind.MOST, "ended_at": figures.full_moment(row.ended_at) if row.ended_at else "",
            "lifted_at": figures.full_moment(row.lifted_at) if row.lifted_at else "", "actions": _answers(row),
        }  # fmt: skip

    def act(self, request: HttpRequest, row: Proposal, typed: Mapping[str, str]) -> tuple[str, bool]:
        said: dict[str, Any] = {
            "pk": row.pk, "by": request.user.get_username(), "reason": typed.get("reason", ""), "now": clock.now(),
        }  # fmt: skip
        if typed.get("action") == "lift":
            proposals.lift(**said)
            return say("已恢复，接口里不再要求停售。"), True
        accept = typed.get("action") == "accept"
        proposals.answer(accept=accept, **said)
        return (
            say("已记下，接口里从现在起要求停售。") if accept else say("好，不停；以后只看今天以后的单。")
        ), True


def _answers(row: Proposal) -> list[dict[str, Any]]:
    if row.state == "accepted":
        return [
            {
                "name": "lift", "label": say("恢复"), "reason": True,
                "meaning": say("接口里不再要求停售；以后只看今天以后的单。"),
            }
        ]  # fmt: skip
    if row.state != "open":
        return []
    supplier = row.subject.startswith(health.subject(health.SUPPLIER, ""))
    meaning = (
        say("记进存证，商店从接口 /suspensions/ 读到后不再向它下单；它再送来的照收，标上「停用期间送的」。")
        if supplier
        else say("记进存证，商店从接口 /suspensions/ 读到后停卖、停派新单；已下的单照规则办。")
    )
    return [
        {
            "name": "accept", "label": say("停用它") if supplier else say("停售"), "reason": True, "hard": True,
            "meaning": meaning,
        },
        {
            "name": "dismiss", "label": say("不停"), "reason": True,
            "meaning": say("记进存证。以后只看今天以后的单，再超出范围会重新提议。"),
        },
    ]  # fmt: skip


def _percent(parts: int) -> str:
    return f"{parts // 100}.{parts % 100:02d}%"
