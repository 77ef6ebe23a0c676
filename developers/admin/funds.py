"""The funds at the desk: claims that wait for an answer, and money that two people book."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock, figures
from common.language import say, spoken
from common.phrases import mark
from common.reading import DeskAdmin
from common.refusals import Invalid, Refusal
from developers import forms
from developers.models import FundClaim, FundMove
from developers.queries import fund as queries
from developers.rules import fund as rules
from developers.rules import fund_life as life
from developers.rules.fund_life import State, allowed
from developers.services.fund import deciding, moving, paying

SAID = {
    "file": mark("申请"), "take": mark("开始审"), "approve": mark("同意赔"), "refuse": mark("不赔"),
    "appeal": mark("申诉"), "withdraw": mark("撤回"),
}  # fmt: skip
DONE = {
    "take": mark("记下了，开发者看得到正在审。"),
    "approve": mark("同意已记下。"),
    "refuse": mark("不赔已记下，开发者看得到理由。"),
    "agree": mark("已入账。"),
    "drop": mark("没有入账。"),
}


@admin.register(FundClaim)
class FundClaimAdmin(DeskAdmin):
    list_display = ["no", "developer", "cause", "figure", "state", "filed_at", "answer_by"]
    list_select_related = ["developer"]
    list_filter = ["state", "cause"]
    search_fields = ["=no", "=developer__username"]
    search_help_text = _("编号，或开发者的用户名")
    explains = _("开发者说平台的问题让他受了损失。赔多少是账上算出来的，您定赔不赔，写明理由。")
    nothing = _("没有申请。开发者在「开发者保障基金」那一页申请以后，列在这里。")
    ordering = ["-id"]
    page_template = "admin/developers/fund_claim.html"

    @admin.display(description=_("申请"))
    def figure(self, row: FundClaim) -> str:
        return figures.yuan(row.fen)

    def about(self, request: HttpRequest, row: FundClaim) -> dict[str, Any]:
        found, now = queries.find_claim(reader=request.user, no=row.no), clock.now()
        cases = list(found.cases.all())
        why = _barred(row, request)
        return {
            "title": say("保障基金的申请：{name}", name=row.developer.get_username()),
            "steps": _steps(queries.sums_of(cases)), "what": self._what(row),
            "waits_for": spoken(why.detail) if why else "", "actions": _answers(row, why),
            "cases": [(each.ticket.no, reverse("desk-ticket", args=[each.ticket_id]), queries.shows(each.shows))
                      for each in cases],
            "words": [
                {"by": word.by, "at": figures.moment(word.at, now=now), "action": spoken(SAID[word.action]),
                 "reason": word.reason}
                for word in queries.words_of(row)
            ],
        }  # fmt: skip

    def act(self, request: HttpRequest, row: FundClaim, typed: Mapping[str, str]) -> tuple[str, bool]:
        action, person, now = typed["action"], cast("Any", request.user), clock.now()
        if action == "take":
            deciding.take(claim=row, by=person, now=now)
            return DONE[action], True
        step = deciding.approve if action == "approve" else deciding.refuse
        done = step(claim=row, by=person, reason=typed.get("reason", ""), now=now)
        if done.state == State.PAID:
            return say("赔付了 {fen}，已从基金记回开发者名下。", fen=figures.yuan(done.paid_fen)), True
        if action == "approve":
            waits = done.state == State.APPROVED
            return _WAITS_FOR_MONEY if waits else _WAITS_FOR_SECOND, True
        return DONE[action], True

    def _what(self, row: FundClaim) -> list[tuple[str, str]]:
        left, has = paying.still_borne(claim=row), queries.balances().guarantee
        pairs = [
            (say("状态"), row.get_state_display()),
            (say("为什么"), spoken(rules.CAUSES[row.cause].name)),
            (say("申请"), figures.yuan(row.fen)),
            (say("要几位同意"), say("{n} 位", n=row.approvals_needed)),
        ]
        if row.state in life.WAITING:
            pairs.append((say("最迟答复"), figures.moment(row.answer_by, now=clock.now())))
        if row.state in (*life.WAITING, State.APPROVED):
            pairs.append((say("现在赔的话"), figures.yuan(left)))
            pairs.append((say("基金现在有"), figures.yuan(has)))
        return pairs


_WAITS_FOR_MONEY = mark("同意赔，基金的钱现在不够，有了钱按提交的先后付。")
_WAITS_FOR_SECOND = mark("您的同意已记下，钱多，要另一位同事也同意才付。")


@admin.register(FundMove)
class FundMoveAdmin(DeskAdmin):
    list_display = ["no", "sort", "developer", "figure", "why", "state", "asked_by", "asked_at"]
    list_select_related = ["developer"]
    list_filter = ["state", "sort"]
    search_fields = ["=no", "=developer__username"]
    search_help_text = _("编号，或开发者的用户名")
    explains = _("注入基金的、替开发者存的分成、付给开发者的：一位写下，另一位核对后入账。")
    nothing = _("没有要入账的。点右上角写一笔。")
    ordering = ["-id"]
    page_template = "admin/developers/fund_move.html"

    @admin.display(description=_("金额"))
    def figure(self, row: FundMove) -> str:
        return figures.yuan(row.fen)

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return self.has_module_permission(request)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whatever was typed stays, with what is wrong beside its field."""
        self._or_absent(request)
        given, errors = forms.money(request.POST), {}
        if request.method == "POST":
            person = cast("Any", request.user)
            try:
                row = moving.ask(
                    sort=given["sort"], developer=given["developer"], fen=forms.fen(given["amount"]), why=given["why"],
                    by=person, now=clock.now(),
                )  # fmt: skip
            except Invalid as refused:
                errors = {fault["field"]: spoken(fault["detail"]) for fault in refused.errors}
            else:
                self.message_user(request, say("写下了，要由另一位同事核对后入账。"), messages.SUCCESS)
                return redirect("admin:developers_fundmove_change", row.pk)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts, "title": say("写一笔入账"), "typed": given, "errors": errors,
            "sorts": [(code, spoken(name)) for code, name in life.SORTS.items()],
        }  # fmt: skip
        return render(request, "admin/developers/fund_money.html", context, status=422 if errors else 200)

    def about(self, request: HttpRequest, row: FundMove) -> dict[str, Any]:
        now, own = clock.now(), row.asked_by == request.user.get_username()
        what = [
            (say("状态"), row.get_state_display()), (say("金额"), figures.yuan(row.fen)),
            (say("凭据和说明"), row.why),
            (say("谁提出的"), say("{by}，{at}", by=row.asked_by, at=figures.moment(row.asked_at, now=now))),
        ]  # fmt: skip
        if row.developer is not None:
            what.insert(1, (say("开发者"), row.developer.get_username()))
        if row.ended_at is not None:
            ended = say("{by}，{at}", by=row.ended_by, at=figures.moment(row.ended_at, now=now))
            what.append((say("谁定的"), ended))
        if row.note:
            what.append((say("为什么"), row.note))
        waits = say("您提出的，要由另一位同事入账。") if own and row.state == life.ASKED else ""
        return {
            "title": spoken(life.SORTS[row.sort]), "what": what, "waits_for": waits,
            "actions": [_act(*deed) for deed in _BOOK if row.state == life.ASKED and (deed[0] == "drop" or not own)],
        }  # fmt: skip

    def act(self, request: HttpRequest, row: FundMove, typed: Mapping[str, str]) -> tuple[str, bool]:
        action, person, now = typed["action"], cast("Any", request.user), clock.now()
        if action == "agree":
            moving.agree(move=row, by=person, now=now)
        else:
            moving.drop(move=row, by=person, reason=typed.get("reason", ""), now=now)
        return DONE[action], action == "agree"


_ANSWERS = (
    ("take", mark("开始审"), mark("开发者看得到有人在审。"), False, False),
    ("approve", mark("同意赔"), mark("基金有钱就马上付，没有就等着。理由开发者看得到。"), True, False),
    ("refuse", mark("不赔"), mark("开发者看得到理由，可以申诉一次，由另一位同事答复。"), True, True),
)
_BOOK = (
    ("agree", mark("核对过，入账"), mark("对过凭据再入账，入了账不能改，只能另记一笔。"), False, False),
    ("drop", mark("不入账"), mark("写明哪里不对。"), True, True),
)


def _steps(cases: list[rules.Case]) -> list[dict[str, str]]:
    return [{"text": spoken(s.text), "note": spoken(s.note), "result": s.result} for s in rules.steps(cases)]


def _barred(row: FundClaim, request: HttpRequest) -> Refusal | None:
    """Why a colleague has to say it, while anything is to be said."""
    if row.state not in life.WAITING:
        return None
    return deciding.barred(claim=row, by=cast("Any", request.user))


def _answers(row: FundClaim, why: Refusal | None) -> list[dict[str, Any]]:
    """Whoever agreed may still say no; whoever is barred otherwise says nothing."""
    may = (
        {"refuse"}
        if isinstance(why, deciding.AgreedBefore)
        else set()
        if why
        else {"take", "approve", "refuse"}
    )
    return [_act(*deed) for deed in _ANSWERS if deed[0] in may and deed[0] in allowed(row.state, "ops")]


def _act(name: str, label: str, meaning: str, reason: bool, hard: bool) -> dict[str, Any]:
    said = {"label": spoken(label), "meaning": spoken(meaning)}
    return {"name": name, "reason": reason, "hard": hard, **said}
