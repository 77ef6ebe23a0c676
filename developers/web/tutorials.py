"""A developer writes the tutorials of their own goods, and reads whether they help."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages as notes
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions as who
from common import clock
from common.language import say, spoken
from common.pages import refusals_as_pages
from common.refusals import Invalid
from developers.permissions import DeveloperAbsent
from orders import queries as orders
from orders.rules.tutorials import LONGEST, PUBLISHED, SYMPTOMS, WITHDRAWN
from orders.services import tutorials

WORDS = ("symptom", "symptom_title", "title", "text", "state")
MOST = 200


@dataclass(frozen=True)
class Row:
    no: str
    title: str
    goods: str
    symptom: str
    published: bool
    shown: int
    share: str
    falls_short: bool


@dataclass(frozen=True)
class Form:
    """What is written, with the sentence beside each field that is not right; `no` of one that is there."""

    no: str
    goods: tuple[tuple[str, str, bool], ...]
    symptoms: tuple[tuple[str, str, bool], ...]
    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=lambda: LONGEST)


@never_cache
@require_safe
@login_required
@refusals_as_pages
def listed(request: HttpRequest) -> HttpResponse:
    _developer(request)
    rows = [row_of(version) for version in orders.tutorials_of(request.user)[:MOST]]
    return render(request, "developers/tutorials.html", {"rows": rows, "here": "developers"})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@refusals_as_pages
def write(request: HttpRequest, no: str = "") -> HttpResponse:
    """A new one, or the next version of one of theirs; another's looks absent."""
    _developer(request)
    kept = orders.find_tutorial(reader=request.user, no=no) if no else None
    goods = {product.sku: product for product in orders.goods_of(request.user)}
    if request.method != "POST":
        return _page(request, kept, goods, _kept(kept) or _asked_for(request))
    typed = {name: request.POST.get(name, "").replace("\r\n", "\n") for name in (*WORDS, "sku")}
    typed["state"] = WITHDRAWN if "withdraw" in request.POST else PUBLISHED
    try:
        tutorials.write(
            tutorial=kept, product=goods.get(typed["sku"]) if kept is None else None, kind="",
            fields={name: typed[name] for name in WORDS}, by=request.user.get_username(), now=clock.now(),
        )  # fmt: skip
    except Invalid as refusal:
        errors = {fault["field"]: spoken(fault["detail"]) for fault in refusal.errors}
        return _page(request, kept, goods, typed, errors)
    told = say("已撤下，买家看不到了。") if typed["state"] == WITHDRAWN else say("已发布，买家看得到了。")
    notes.success(request, told)
    return redirect("developer-tutorials")


def _developer(request: HttpRequest) -> None:
    """Ops write theirs in the admin, where those of a kind are too."""
    if who.role_of(request.user) != "developer":
        raise DeveloperAbsent()


def _asked_for(request: HttpRequest) -> dict[str, str]:
    """From a question that nobody answered yet: of which goods, about what."""
    return {name: request.GET.get(name, "") for name in ("sku", "symptom")}


def _kept(tutorial: Any) -> dict[str, str]:
    if tutorial is None:
        return {}
    newest = tutorial.versions.get(number=tutorial.newest)
    words = {"symptom": tutorial.symptom, "symptom_title": tutorial.symptom_title, "state": tutorial.state}
    return words | {"title": newest.title, "text": newest.text}


def _page(
    request: HttpRequest, kept: Any, goods: dict[str, Any], typed: dict[str, str], errors: Any = None
) -> HttpResponse:
    form = Form(
        no=kept.no if kept else "",
        goods=()
        if kept
        else tuple((sku, each.title, sku == typed.get("sku")) for sku, each in goods.items()),
        symptoms=tuple((code, spoken(name), code == typed.get("symptom")) for code, name in SYMPTOMS.items()),
        typed=typed,
        errors=errors or {},
    )
    context = {"form": form, "here": "developers", "product": kept.product.title if kept else ""}
    return render(request, "developers/tutorial.html", context, status=422 if errors else 200)


def row_of(version: Any) -> Row:
    tutorial, tally = version.tutorial, version.tally.of
    name = spoken(SYMPTOMS[tutorial.symptom])
    share = say("{share}%（{n} 人）", share=tally.per_cent, n=tally.answered) if tally.answered else "—"
    return Row(
        no=tutorial.no,
        title=version.title,
        goods=tutorial.product.title,
        symptom=say("{reason}：{more}", reason=name, more=tutorial.symptom_title)
        if tutorial.symptom_title
        else name,
        published=tutorial.state == PUBLISHED,
        shown=tally.shown,
        share=share,
        falls_short=tally.falls_short,
    )
