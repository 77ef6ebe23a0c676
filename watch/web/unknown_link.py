"""The page of a link of ours that opens nothing: where the whole one is, and what does without it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts import permissions as who
from common.language import say


@dataclass(frozen=True)
class Unknown:
    """`instead`: what does without the link, behind `button`."""

    instead: str
    button: str
    address: str


def claim(request: HttpRequest) -> HttpResponse:
    """Of a warning: its order can be looked up."""
    instead = say("还是打不开，就凭订单号和查询密码查订单，照样可以申请。")
    return _page(request, Unknown(instead, say("查订单"), reverse("home")))


def report(request: HttpRequest) -> HttpResponse:
    """Of a report or its survey: they are in the buyer's own pages too."""
    address = reverse("reports")
    if who.buyer_id_of(request.user) is not None:
        return _page(request, Unknown(say("还是打不开，在「每月的报告」里看。"), say("每月的报告"), address))
    instead = say("还是打不开，登录以后在「每月的报告」里看。")
    return _page(request, Unknown(instead, say("账号登录"), f"{reverse('login')}?next={address}"))


def _page(request: HttpRequest, page: Unknown) -> HttpResponse:
    return render(request, "watch/public/link_unknown.html", {"page": page}, status=404)
