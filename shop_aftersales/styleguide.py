"""Every component of the buyers' pages in each of its states, for whoever works on them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tickets.web import curve
from tickets.web.display import CalcStep, FlowItem, Ledger, Row, Slip, Stamp, StepView

SPECIMENS = Path(__file__).with_name("specimens.json")
BEGIN = datetime(2026, 11, 21, 10, 40, tzinfo=UTC)
Specimen = dict[str, Any]


@never_cache
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """For staff; to anybody else there is no such page."""
    if not request.user.is_staff:
        raise Http404
    return render(request, "styleguide.html", {"groups": _groups()})


def _groups() -> list[dict[str, Any]]:
    return [
        {
            "name": group["name"],
            "fragment": group["fragment"].removeprefix("components/"),
            "specimens": [_shown(group, number, each) for number, each in enumerate(group["specimens"])],
        }
        for group in _specimens()
    ]


@cache
def _specimens() -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = json.loads(SPECIMENS.read_text(encoding="utf-8"))
    return groups


def _shown(group: dict[str, Any], number: int, specimen: Specimen) -> dict[str, Any]:
    made = BUILDERS.get(group["fragment"], _as_it_is)(specimen)
    # An id of its own: there are many on this page.
    context = {
        "id": f"{group['as']}-{number}",
        "still": True,
        **(made if isinstance(made, dict) else {group["as"]: made}),
    }
    return {"state": specimen["state"], "html": render_to_string(group["fragment"], context)}


def _as_it_is(specimen: Specimen) -> Specimen:
    return {name: value for name, value in specimen.items() if name != "state"}


def _ledger(specimen: Specimen) -> Ledger:
    return Ledger(specimen["caption"], tuple(Row(*row) for row in specimen["rows"]))


def _slip(specimen: Specimen) -> Slip:
    given = _as_it_is(specimen)
    return Slip(
        **given
        | {
            "stamp": Stamp(*given["stamp"]) if "stamp" in given else None,
            "lines": tuple(given.get("lines", ())),
            "ledger": _ledger(given["ledger"]) if "ledger" in given else None,
            "steps": tuple(CalcStep(*step) for step in given.get("steps", ())),
        }
    )


def _curve(specimen: Specimen) -> curve.Curve | None:
    counts, step = specimen["counts"], specimen["hours"] / max(1, len(specimen["counts"]) - 1)
    end = BEGIN + timedelta(hours=24)
    return curve.draw(
        [curve.Count(BEGIN + timedelta(hours=step * n), count) for n, count in enumerate(counts)],
        full=counts[0], full_label=f"送完时 {counts[0]}", begin=BEGIN, end=end, now=end,
        left="21 日 18:40 送完", right="22 日 18:40 满 24 小时", levels=curve.at_percents(counts[0], 10, 20),
    )  # fmt: skip


def _flow(specimen: Specimen) -> list[FlowItem]:
    return [FlowItem(item[0], f"{BEGIN:%Y-%m-%dT%H:%M}", *item[1:]) for item in specimen["items"]]


def _pairs(specimen: Specimen) -> list[dict[str, Any]]:
    return [{"label": label, "value": value, "sum": bool(end)} for label, value, *end in specimen["pairs"]]


def _rows(specimen: Specimen) -> list[dict[str, str]]:
    return [
        {"title": title, "note": note, "open": open_, "address": "#main"}
        for title, note, open_ in specimen["rows"]
    ]


BUILDERS: dict[str, Callable[[Specimen], Any]] = {
    "components/_ledger.html": _ledger,
    "components/_slip.html": _slip,
    "components/_curve.html": _curve,
    "components/_flow.html": _flow,
    "components/_steps.html": lambda specimen: [StepView(*item) for item in specimen["items"]],
    "components/_calc.html": lambda specimen: [CalcStep(*item) for item in specimen["items"]],
    "components/_kv.html": _pairs,
    "components/_rows.html": _rows,
}
