"""The pages of the rules: all policies, one version for ever, and the calculator."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from common import clock
from common.language import say, spoken, tongue_of
from common.pages import refusals_as_pages
from common.phrases import mark
from common.refusals import Absent
from compensation import queries
from compensation.models import PolicyVersion
from compensation.rules.names import GOODS
from compensation.web.rulebook.answer import answer_of, tables_of
from compensation.web.rulebook.fields import MATTERS, matters
from compensation.web.rulebook.present_fields import present_fields
from compensation.web.rulebook.typed import Typed, read
from compensation.web.rulebook.versions import History, present_all, present_version
from orders import queries as orders
from orders.rules.rows import storable

_HIGHEST = 2**31 - 1


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    goods: dict[str, list[tuple[str, str]]] = {}
    for product, codes in orders.policy_codes():
        for code in codes:
            goods.setdefault(code, []).append((product.sku, product.title))
    rows = PolicyVersion.objects.select_related("retirement").order_by("code", "-version")
    about = present_all(rows, goods, now=clock.now())
    return render(request, "compensation/public/rules.html", {**about, "here": "rules"})


@require_safe
@refusals_as_pages
def newest(request: HttpRequest, code: str) -> HttpResponse:
    return redirect("rule-version", code, _history(code).current.version)


@require_safe
@refusals_as_pages
def version(request: HttpRequest, code: str, version: int) -> HttpResponse:
    history = _history(code)
    page = present_version(_row(history, version), history)
    return render(request, "compensation/public/version.html", {"page": page, "here": "rules"})


@require_safe
@refusals_as_pages
def calculator(request: HttpRequest, code: str) -> HttpResponse:
    """A form that only asks: the address holds what was typed. Where scripts run, each answer comes by itself."""
    history = _history(code)
    given = request.GET.get("version", "")
    if given and not (given.isascii() and given.isdigit() and len(given) < 11):
        raise Absent(mark("没有这一版规则，请核对代码和版本号。"))
    row = _row(history, int(given)) if given else history.current
    policy = history.policy(row)
    typed = read(request.GET, policy)
    about = {"fields": present_fields(typed, policy), "failed": bool(typed.errors)}
    if typed.facts:
        about |= {"answer": answer_of(typed.facts, policy, notes=typed.notes)}
        about |= {"tables": tables_of(typed.facts, policy)}
    live = request.headers.get("HX-Request") == "true"
    if not live:
        about |= _frame(row, history, typed)
    name = "_answer.html" if live else "calculator.html"
    # What comes by itself is no failed request: the page is there, and says at which field something is wrong.
    status = 422 if typed.errors and not live else 200
    response = render(request, f"compensation/public/{name}", {**about, "live": live}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _frame(row: PolicyVersion, history: History, typed: Typed) -> dict[str, object]:
    """What stands around form and answer."""
    policy = history.policy(row)
    old = row.version != history.current.version
    pinned = {"version": str(row.version)} if old else {}
    kept = typed.values | {f"{name}-unit": unit for name, unit in typed.units.items() if unit}
    tabs = [
        {
            "label": spoken(MATTERS[matter]), "here": matter == typed.matter,
            "address": "?" + urlencode(pinned | {"about": matter} | _shared(kept)),
        }
        for matter in matters(policy)
    ]  # fmt: skip
    return {
        "row": row, "old": old, "tabs": tabs, "matter": typed.matter, "kind": spoken(GOODS[row.kind]),
        "lang": tongue_of(row.title), "here": "rules", "head": say("第 {n} 版", n=row.version),
    }  # fmt: skip


def _shared(kept: dict[str, str]) -> dict[str, str]:
    """What every matter asks: it goes along from one to the next."""
    return {name: kept[name] for name in ("n", "paid") if name in kept}


def _history(code: str) -> History:
    rows = queries.versions_of(code) if storable(code) else []
    history = History(rows, now=clock.now())
    if not history.rows:
        raise Absent(mark("没有这份规则，请核对代码和版本号。"))
    return history


def _row(history: History, version: int) -> PolicyVersion:
    row = history.row(version) if version <= _HIGHEST else None
    if row is None:
        raise Absent(mark("没有这一版规则，请核对代码和版本号。"))
    return row
