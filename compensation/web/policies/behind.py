"""Pages behind the figures of a backtest: which decisions, and each of them under both versions."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.permissions import for_ops
from common import figures
from common.language import say
from common.pages import refusals_as_pages
from common.phrases import mark
from common.refusals import Absent
from compensation import queries
from compensation.models import BacktestRun, DecisionRecord
from compensation.rules.facts import DEFAULTS
from compensation.rules.names import RECORDS
from compensation.rules.policy import Policy
from compensation.services import backtest_runs, backtesting
from compensation.web.policies import backtest_words as words
from compensation.web.policies import behind_words, present
from compensation.web.policies.backtest_tables import Table

ANCHORS = {
    "counts": "count", "unshown": "count", "usage": "usage", "deliveries": "delivery", "findings": "finding",
    "given": "given", "closed_by": "given", "keys": "key",
}  # fmt: skip


class NothingBehind(Absent):
    detail = mark("这个数后面没有留下决定。")


@for_ops
@require_safe
@refusals_as_pages
def behind(request: HttpRequest, pk: int, run: int, opens: str) -> HttpResponse:
    found = backtest_runs.found(draft_id=pk, pk=run)
    opened = behind_words.opened(tables_of(found), opens)
    if opened is None:
        raise NothingBehind()
    tried = backtesting.tried(policy=Policy.from_data(found.data), refs=opened.refs)
    about = {"opened": opened, "rows": behind_words.listing(opened.refs, tried)}
    return _page(request, found, "behind.html", gettext("这个数背后的决定"), about)


@for_ops
@require_safe
@refusals_as_pages
def decision(request: HttpRequest, pk: int, run: int, ref: int) -> HttpResponse:
    """One decision with its facts and where they come from, explained by the version that made it and by this one."""
    found = backtest_runs.found(draft_id=pk, pk=run)
    kept = {each for table in tables_of(found) for row in table.rows for cell in row for each in cell.behind}
    tried = backtesting.tried(policy=Policy.from_data(found.data), refs={ref} & kept).get(ref)
    if tried is None:
        raise NothingBehind()
    return _page(request, found, "tried.html", tried.record.order.order_no, _about(tried))


def tables_of(run: BacktestRun) -> list[Table]:
    return words.tables(run.report, words.called(run.report)) if run.report else []


def _page(
    request: HttpRequest, run: BacktestRun, template: str, title: str, about: dict[str, Any]
) -> HttpResponse:
    context = admin.site.each_context(request) | {"title": title, "run": run, "draft": run.draft} | about
    return render(request, f"compensation/policies/{template}", context)


def _about(tried: backtesting.Tried) -> dict[str, Any]:
    record, after = tried.record, tried.after
    ref = record.policy
    return {
        "record": record, "both": behind_words.both(tried), "when": figures.full_moment(record.decided_at),
        "facts": facts_of(record), "rests": _rests(record), "links": _links(record),
        "before": {
            "title": say("{title} 第 {n} 版", title=ref.title, n=ref.version), "steps": queries.explanation_of(record),
        },
        "after": after and {"title": gettext("照这份草稿"), "steps": after.explained(queries.vocabulary())},
    }  # fmt: skip


def facts_of(record: DecisionRecord) -> list[tuple[str, str]]:
    """What is said of this line: the facts that are not as they are of any."""
    said = {
        name: value
        for name, value in record.facts.items()
        if name in DEFAULTS and value is not None and value != DEFAULTS[name]
    }
    return present.facts(said)


def _rests(record: DecisionRecord) -> list[tuple[str, str]]:
    """(words, the page where it stands) of each row that the facts were read from; another order's as the row it is."""
    page = reverse("order-counts", args=[record.order.order_no])
    found = []
    for name, sentence in RECORDS.items():
        for row in (record.sources or {}).get(name, ()):
            address = f"{page}?{urlencode({'at': row['at']})}#{ANCHORS[name]}-{row['id']}"
            if ANCHORS[name] == "given":
                address = reverse("admin:compensation_remedy_change", args=[row["id"]])
            if not row.get("own", True):
                address = reverse("admin:orders_observation_change", args=[row["id"]])
            found.append((say(sentence, ids=row["id"]), address))
    return found


def _links(record: DecisionRecord) -> list[tuple[str, str]]:
    """Its case, where it has one, and the row as it is kept."""
    cases = record.tickets.order_by("pk")  # type: ignore[attr-defined]  # the room above hangs its tickets there
    return [
        *((say("售后单 {no}", no=case.no), reverse("desk-ticket", args=[case.pk])) for case in cases),
        (say("决定 {n}", n=record.pk), reverse("admin:compensation_decisionrecord_change", args=[record.pk])),
    ]
