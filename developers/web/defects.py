"""Defects to their developer and to ops: the list, one of them, what its figures are made of, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import permissions as who
from common import clock
from common.language import spoken
from common.pages import posted_from, refusals_as_pages
from common.phrases import mark
from common.refusals import Absent, Refusal
from developers.models import Defect
from developers.permissions import developer_for, side_of
from developers.queries import defects as queries
from developers.rules.defect_life import LABELS, State, allowed
from developers.services.defects import answering, regrouping
from developers.web import present_defects as present
from developers.web.older import before_of
from orders import queries as orders
from orders.rules.rows import storable

DONE = {
    "answer": mark("答复记下了。"),
    "announce": mark("修复宣布了，正在一位位告诉买家。"),
    "fixed": mark("记下了：修好了。"),
    "close": mark("关闭了，不再等答复。"),
    "reopen": mark("重新打开了。"),
    "move": mark("放过来了，以后自动归类不会再动它们。"),
    "split": mark("拆成了这一个新的。"),
    "merge": mark("并到了这一个。"),
    "rename": mark("名字改好了。"),
}
STATES = ("open", "reopened", "answered", "fix_announced", "fixed", "closed")
TYPED = ("text", "fix_version", "fixed_on", "advice", "title", "reason", "to")


@never_cache
@require_safe
@login_required
@refusals_as_pages
def index(request: HttpRequest) -> HttpResponse:
    now, wanted = clock.now(), wanted_of(request)
    found = queries.listed(reader=request.user, wanted=wanted, now=now)
    kept = {
        name: request.GET[name] for name in ("developer", "state", "sku", "sort") if request.GET.get(name)
    }
    context = {
        "rows": [present.line(row, now=now) for row in found[: queries.A_PAGE]], "wanted": wanted, "kept": kept,
        "named": kept.get("developer", ""), "here": "developers", "more": len(found) > queries.A_PAGE,
        "next": wanted.skip // queries.A_PAGE + 2, "goods": _goods(request, wanted),
        "states": [(code, spoken(LABELS[State(code)])) for code in STATES],
        "sorts": [(code, spoken(name)) for code, name in queries.SORTS.items()], "ops": who.is_ops(request.user),
    }  # fmt: skip
    return render(request, "developers/defects.html", context)


@never_cache
@require_safe
@login_required
@refusals_as_pages
def defect(request: HttpRequest, no: str) -> HttpResponse:
    return _page(request, _found(request, no))


@never_cache
@require_safe
@login_required
@refusals_as_pages
def cases(request: HttpRequest, no: str) -> HttpResponse:
    """What one of its figures is made of, a page at a time."""
    found, now = _found(request, no), clock.now()
    what = request.GET.get("what", "")
    what = what if what in queries.BEHIND else queries.REAL
    rows = queries.members_of(defect=found, what=what, now=now, before=before_of(request))
    context = {
        "no": no, "title": present.name_of(found), "heading": present.heading(what), "here": "developers",
        "rows": [present.case(row, now=now) for row in rows[: queries.A_PAGE]],
        "older": present.older(rows, {"what": what}), "named": _named(request),
    }  # fmt: skip
    return render(request, "developers/defect_cases.html", context)


@posted_from("developer-defect")
@login_required
@refusals_as_pages
def act(request: HttpRequest, no: str) -> HttpResponse:
    """One of its forms; where it did not go, back to it with what was typed."""
    found, typed = _found(request, no), request.POST
    action = typed.get("do", "")
    if action not in _ACTS:
        raise Absent()
    try:
        became = _ACTS[action](found, request.user, typed, clock.now())
    except Absent:
        raise
    except Refusal as refusal:
        return _page(request, _found(request, no), refused=refusal, do=action)
    messages.success(request, spoken(DONE[action]))
    return redirect("developer-defect", became.no)


def _page(
    request: HttpRequest, found: Defect, *, refused: Refusal | None = None, do: str = ""
) -> HttpResponse:
    now, typed = clock.now(), request.POST
    errors = {fault["field"]: spoken(fault["detail"]) for fault in refused.errors} if refused else {}
    kept = {name: typed.get(name, "") for name in TYPED}
    side = side_of(request.user, found.product)
    members = queries.members_of(defect=found, what=queries.REAL, now=now)
    context = {
        "page": present.page(found, now=now), "do": do, "errors": errors, "typed": kept, "here": "developers",
        "trouble": spoken(refused.detail) if refused and not errors else "", "named": _named(request),
        "may": allowed(found.state, side), "living": found.state != "merged", "chosen": typed.getlist("tickets"),
        "fields": present.fields_of_answer(kept if do in ("answer", "announce") else {}, errors),
        "members": [present.case(row, now=now) for row in members[: queries.A_PAGE]], "side": side,
    }  # fmt: skip
    return render(request, "developers/defect.html", context, status=refused.status if refused else 200)


def _found(request: HttpRequest, no: str) -> Defect:
    return queries.find_defect(reader=request.user, no=no)


def _named(request: HttpRequest) -> str:
    """Of ops: whose list leads here and back."""
    name = request.GET.get("developer", "")
    return name if who.is_ops(request.user) and storable(name) else ""


def wanted_of(request: HttpRequest) -> queries.Wanted:
    """What there isn't asks for all; everybody else's developer looks absent."""
    given, reader = request.GET, request.user
    named = given.get("developer", "")
    whose = None if who.is_ops(reader) and not named else developer_for(reader=reader, named=named)
    state, sku, sort, page = (given.get(name, "")[:64] for name in ("state", "sku", "sort", "page"))
    known = (*STATES, queries.CHECKING, queries.LATE)
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 1
    return queries.Wanted(
        developer=whose, state=state if state in known else "", sku=sku if storable(sku) else "-",
        sort=sort if sort in queries.SORTS else queries.SIZE, skip=(max(number, 1) - 1) * queries.A_PAGE,
    )  # fmt: skip


def _goods(request: HttpRequest, wanted: queries.Wanted) -> list[tuple[str, str]]:
    rows = orders.products() if wanted.developer is None else orders.goods_of(wanted.developer)
    return [(product.sku, product.title) for product in rows[:200]]


def _version(typed: Mapping[str, str]) -> int | None:
    """As the page had it; a page that had none has seen nothing."""
    number = typed.get("version", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 15 else -1


def _answer(found: Defect, by: Any, typed: Any, now: datetime) -> Defect:
    return answering.answer(defect=found, by=by, text=typed.get("text", ""), version=_version(typed), now=now)


def _announce(found: Defect, by: Any, typed: Any, now: datetime) -> Defect:
    try:
        on = date.fromisoformat(typed.get("fixed_on", ""))
    except ValueError:
        on = None
    fix = answering.Fix(typed.get("fix_version", ""), on, typed.get("advice", ""))
    return answering.answer(
        defect=found, by=by, text=typed.get("text", ""), fix=fix, version=_version(typed), now=now
    )


def _fixed(found: Defect, by: Any, typed: Any, now: datetime) -> Defect:
    return answering.fixed(defect=found, by=by, version=_version(typed), now=now)


def _close(found: Defect, by: Any, typed: Any, now: datetime) -> Defect:
    reason = typed.get("reason", "")
    return answering.close(defect=found, by=by, reason=reason, version=_version(typed), now=now)


def _reopen(found: Defect, by: Any, typed: Any, now: datetime) -> Defect:
    reason = typed.get("reason", "")
    return answering.reopen(defect=found, by=by, reason=reason, version=_version(typed), now=now)


def _move(found: Defect, by: Any, typed: Any, now: datetime) -> Defect:
    to = queries.find_defect(reader=by, no=typed.get("to", ""))
    return regrouping.move(
        defect=found, tickets=typed.getlist("tickets"), to=to, by=by, reason=typed.get("reason", ""),
        version=_version(typed), now=now,
    )  # fmt: skip


def _split(found: Defect, by: Any, typed: Any, now: datetime) -> Defect:
    return regrouping.split(
        defect=found, tickets=typed.getlist("tickets"), title=typed.get("title", ""), by=by,
        reason=typed.get("reason", ""), version=_version(typed), now=now,
    )  # fmt: skip


def _merge(found: Defect, by: Any, typed: Any, now: datetime) -> Defect:
    into = queries.find_defect(reader=by, no=typed.get("to", ""))
    reason = typed.get("reason", "")
    return regrouping.merge(defect=found, into=into, by=by, reason=reason, version=_version(typed), now=now)


def _rename(found: Defect, by: Any, typed: Any, now: datetime) -> Defect:
    title = typed.get("title", "")
    return regrouping.rename(defect=found, title=title, by=by, version=_version(typed), now=now)


_ACTS: dict[str, Any] = {
    "answer": _answer, "announce": _announce, "fixed": _fixed, "close": _close, "reopen": _reopen, "move": _move,
    "split": _split, "merge": _merge, "rename": _rename,
}  # fmt: skip
