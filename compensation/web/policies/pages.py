"""The pages of drafts: all of them, and the one that is being written beside what it would say."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import for_ops
from common import clock
from common.language import say, spoken
from common.pages import refusals_as_pages
from common.phrases import mark
from common.refusals import Invalid, Refusal
from compensation import queries
from compensation.models import PolicyDraft
from compensation.services import drafts
from compensation.web.policies import present
from compensation.web.policies.typed import Typed, from_draft, from_post

DONE = {
    "save": mark("已存下。"),
    "propose": mark("已提请发布：请另一位同事看过再发布。"),
    "back": mark("已退回起草。"),
    "drop": mark("已放弃这份草稿。"),
    "publish": mark("已发布。"),
}


@for_ops
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    about = present.index(drafts=PolicyDraft.objects.all()[:50], versions=list(queries.policies_in_force()))
    return _page(request, "index.html", {"title": gettext("规则草稿"), **about})


@for_ops
@require_POST
@refusals_as_pages
def begin(request: HttpRequest) -> HttpResponse:
    """From a version in force, or anew for a kind of goods; a draft that is open already is simply opened."""
    by, now = request.user.get_username(), clock.now()
    try:
        if code := request.POST.get("from", ""):
            version = queries.newest_policy(code)
            if version is None:
                return redirect("policy-drafts")
            draft = drafts.begin(version=version, by=by, now=now)
        else:
            typed = {name: request.POST.get(name, "") for name in ("code", "kind", "title")}
            draft = drafts.begin_anew(**typed, by=by, now=now)
    except drafts.OpenAlready:
        open_one = PolicyDraft.objects.filter(code=code or typed["code"].strip(), ended_at=None).first()
        return redirect("policy-draft", open_one.pk) if open_one else redirect("policy-drafts")
    except Invalid as refused:
        about = present.index(
            drafts=PolicyDraft.objects.all()[:50], versions=list(queries.policies_in_force())
        )
        about |= {"typed": typed, "errors": {e["field"]: spoken(e["detail"]) for e in refused.errors}}
        return _page(request, "index.html", {"title": gettext("规则草稿"), **about}, status=422)
    return redirect("policy-draft", draft.pk)


@for_ops
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Written and looked at here. What can't be read is shown again as it was typed, each fault at its field."""
    found = drafts.found(pk)
    if request.method != "POST":
        return _draft(request, found, from_draft(found))
    action = request.POST.get("do", "preview")
    typed = from_post(found, request.POST) if found.state == "draft" else from_draft(found)
    if action == "preview":
        pane = request.headers.get("HX-Request") == "true"
        return _draft(request, found, typed, template="_pane.html" if pane else "draft.html")
    if typed.errors:
        return _draft(request, found, typed, status=422)
    try:
        _do(request, found, action, typed)
    except Invalid as refused:
        typed.errors.update({e["field"]: e["detail"] for e in refused.errors})
        return _draft(request, drafts.found(pk), typed, status=422)
    except Refusal as refused:
        about = {"refused": spoken(refused.detail) or spoken(refused.title)}
        return _draft(request, drafts.found(pk), typed, about=about, status=refused.status)
    messages.success(request, say(DONE[action]))
    return redirect("policy-drafts") if action in ("drop", "publish") else redirect("policy-draft", pk)


def _do(request: HttpRequest, found: PolicyDraft, action: str, typed: Typed) -> None:
    """The one service call that the pressed button means; writing goes before proposing."""
    by, now = request.user.get_username(), clock.now()
    seen = request.POST.get("version", "")
    found.version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1
    if action in ("save", "propose"):
        drafts.save(draft=found, **typed.terms(), by=by, now=now)
    if action == "propose":
        drafts.propose(draft=found, by=by, now=now)
    elif action == "publish":
        drafts.publish(draft=found, by=by, now=now)
    elif action == "back":
        drafts.send_back(draft=found)
    elif action == "drop":
        drafts.drop(draft=found, by=by, now=now)


def _draft(
    request: HttpRequest, found: PolicyDraft, typed: Typed, *, about: dict[str, Any] | None = None,
    template: str = "draft.html", status: int = 200,
) -> HttpResponse:  # fmt: skip
    by = request.user.get_username()
    context = present.draft(found, typed, reader=by)
    return _page(request, template, context | (about or {}), status=status)


def _page(request: HttpRequest, template: str, about: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context = about if template.startswith("_") else admin.site.each_context(request) | about
    return render(request, f"compensation/policies/{template}", context, status=status)
