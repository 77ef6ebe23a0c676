"""The page on which ops run a draft over past decisions: which period, how far it is, what it found, and as a file."""

import csv
import io
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import for_ops
from common import clock, figures
from common.language import spoken
from common.pages import refusals_as_pages
from common.refusals import Invalid
from compensation.models import BacktestRun, PolicyDraft
from compensation.rules.policy import Policy, PolicyUnsound
from compensation.services import backtest_runs, backtesting, drafts
from compensation.web.policies import backtest_words as words
from compensation.web.policies import behind_words
from compensation.web.policies.backtest_tables import as_rows
from compensation.web.policies.behind import tables_of

DAYS, EARLIER = 90, 5


@for_ops
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def backtest(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked for here; the newest run is shown, or the one that the address names."""
    draft = drafts.found(pk)
    if request.method == "POST":
        return _asked(request, draft)
    named = request.GET.get("run", "")
    if named.isascii() and named.isdigit() and len(named) < 16:
        run: BacktestRun | None = backtest_runs.found(draft_id=pk, pk=int(named))
    else:
        run = BacktestRun.objects.filter(draft=draft).first()
    return _page(request, draft, run, _typed(run))


@for_ops
@require_safe
@refusals_as_pages
def progress(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    """The part of the page that asks for itself again while the run goes on."""
    about = _about(drafts.found(pk), backtest_runs.found(draft_id=pk, pk=run))
    return render(request, "compensation/policies/_backtest.html", about)


@for_ops
@require_safe
@refusals_as_pages
def file(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    """The tables as CSV: UTF-8 with its mark, as Excel wants it."""
    found = backtest_runs.found(draft_id=pk, pk=run)
    into = io.StringIO()
    if found.report is not None:
        csv.writer(into).writerows(
            as_rows(behind_words.with_examples(tables_of(found), Policy.from_data(found.data)))
        )
    response = HttpResponse("\ufeff" + into.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="backtest-{found.draft.code}-{found.pk}.csv"'
    return response


def _asked(request: HttpRequest, draft: PolicyDraft) -> HttpResponse:
    typed = {name: request.POST.get(name, "")[:40] for name in ("from", "to")}
    all_of_kind = "all_of_kind" in request.POST
    try:
        run = backtest_runs.start(
            draft=draft, within=backtesting.period(typed["from"], typed["to"]), all_of_kind=all_of_kind,
            by=request.user.get_username(), now=clock.now(),
        )  # fmt: skip
    except Invalid as refused:
        errors = {error["field"]: spoken(error["detail"]) for error in refused.errors}
        about = {**typed, "all_of_kind": all_of_kind, "errors": errors}
        return _page(request, draft, None, about, status=422)
    return HttpResponseRedirect(f"{reverse('policy-backtest', args=[draft.pk])}?run={run.pk}")


def _typed(run: BacktestRun | None) -> dict[str, Any]:
    """What the form begins with: the period of the run that is shown, or the last ninety days with today."""
    today = clock.shanghai(clock.now())
    since = clock.shanghai(run.since) if run else today - timedelta(days=DAYS)
    until = clock.shanghai(run.until) if run else today + timedelta(days=1)
    return {
        "from": f"{since:%Y-%m-%d}", "to": f"{until:%Y-%m-%d}", "all_of_kind": bool(run and run.all_of_kind),
        "errors": {},
    }  # fmt: skip


def _page(
    request: HttpRequest, draft: PolicyDraft, run: BacktestRun | None, typed: dict[str, Any], *, status: int = 200
) -> HttpResponse:  # fmt: skip
    runs = [_line(each) for each in BacktestRun.objects.filter(draft=draft)[:EARLIER]]
    about = {
        "title": gettext("回测"), "draft": draft, "typed": typed, "first": typed["from"], "last": typed["to"],
        "runs": runs, **_about(draft, run),
    }  # fmt: skip
    context = admin.site.each_context(request) | about
    return render(request, "compensation/policies/backtest.html", context, status=status)


def _about(draft: PolicyDraft, run: BacktestRun | None) -> dict[str, Any]:
    if run is None:
        return {"draft": draft, "run": None}
    about = {
        "draft": draft, "run": run, "line": _line(run), "done": f"{run.done:,}", "total": f"{run.total or 0:,}",
        "changed": _changed(draft, run),
    }  # fmt: skip
    if run.report is None:
        return about
    tables = tables_of(run)
    there = {table.code for table in tables}
    return about | {
        "figures": [(figure, figure.code in there) for figure in words.headline(run.report)],
        "caveats": words.caveats(run.report),
        "tables": [
            {
                "of": table,
                "heads": list(zip(table.heads, (cell.number for cell in table.rows[0]), strict=True)),
                "rows": table.rows,
            }
            for table in tables
        ],
    }


def _line(run: BacktestRun) -> dict[str, Any]:
    now = clock.now()
    return {
        "pk": run.pk, "state": run.get_state_display(), "by": run.by, "when": figures.moment(run.at, now=now),
        "first": figures.full_day(run.since), "last": figures.full_day(run.until), "all_of_kind": run.all_of_kind,
    }  # fmt: skip


def _changed(draft: PolicyDraft, run: BacktestRun) -> bool:
    """Whether the draft has been written on since; the number it would be published under is no change."""
    try:
        return drafts.policy_of(draft, version=run.data["version"]).hash != run.policy_hash
    except PolicyUnsound:
        return True
