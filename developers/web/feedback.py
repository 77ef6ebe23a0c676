"""What buyers of a developer's goods ask and wish for: what most, whether tutorials help, and the words themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import clock, figures
from common.language import say
from common.pages import refusals_as_pages
from developers import queries
from developers.permissions import developer_for
from developers.rules import masking
from developers.rules.groups import questions
from developers.web import words
from developers.web.tutorials import row_of
from orders.rules.rows import storable
from orders.rules.tutorials import SYMPTOMS
from tickets.queries import reason_names

A_PAGE = 30


@dataclass(frozen=True)
class Said:
    """One question or wish, masked."""

    no: str
    reason: str
    title: str
    text: str
    who: str
    when: str
    machine: str
    state: str
    over: bool
    teach: str  # the rest of the address of a new tutorial on it; "" where none would help


@never_cache
@require_safe
@login_required
@refusals_as_pages
def feedback(request: HttpRequest) -> HttpResponse:
    developer, now = developer_for(reader=request.user, named=request.GET.get("developer", "")), clock.now()
    reason = request.GET.get("reason", "")
    reason = reason if reason in questions() else ""
    found = queries.feedback(developer=developer, now=now)
    sku = request.GET.get("sku", "")[:64]
    sku = sku if storable(sku) else "-"
    rows = queries.feedback_of(developer=developer, reason=reason, sku=sku)
    if (last := request.GET.get("last", "")).isascii() and last.isdigit() and len(last) < 19:
        rows = rows.filter(ticket_id__lt=int(last))
    shown = list(rows[: A_PAGE + 1])
    named = {} if developer == request.user else {"developer": developer.username}
    names = reason_names()
    context = {
        "here": "developers", "named": f"?{urlencode(named)}" if named else "",
        "fresh": words.fresh(found.freshness, now=now), "counting": found.freshness.counting,
        "tabs": _tabs(found.reasons, reason, named),
        "most": [(one, str(names[one.reason])) for one in found.most],
        "tutorials": [row_of(version) for version in found.tutorials],
        "rows": [_said(row, now, own=not named) for row in shown[:A_PAGE]],
        "older": _older(shown, named | ({"reason": reason} if reason else {}) | ({"sku": sku} if sku else {})),
        "only": shown[0].ticket.order.product.title if sku and shown else sku,
        "whole": urlencode(named | ({"reason": reason} if reason else {})),
    }  # fmt: skip
    return render(request, "developers/feedback.html", context)


def _tabs(reasons: dict[str, tuple[int, int]], chosen: str, named: dict[str, str]) -> list[dict[str, Any]]:
    """All of it, and each reason with its number in three months and how it changed."""
    names, whole = (
        reason_names(),
        (sum(this for this, _ in reasons.values()), sum(b for _, b in reasons.values())),
    )
    rows = [
        ("", say("全部"), whole),
        *((code, str(names[code]), numbers) for code, numbers in reasons.items()),
    ]
    return [
        {
            "name": name, "number": this, "change": words.change(this, before), "here": code == chosen,
            "query": urlencode(named | ({"reason": code} if code else {})),
        }
        for code, name, (this, before) in rows
    ]  # fmt: skip


def _said(row: Any, now: Any, *, own: bool) -> Said:
    ticket, order = row.ticket, row.ticket.order
    teaches = own and ticket.reason in SYMPTOMS and not ticket.is_final
    return Said(
        no=ticket.no, reason=str(ticket.get_reason_display()), title=order.product.title,
        text=masking.words(ticket.text), who=f"{masking.order_no(order.order_no)} {masking.name(order.buyer.name)}",
        when=figures.moment(ticket.opened_at, now=now), machine=figures.machine_moment(ticket.opened_at),
        state=words.state(ticket.state), over=ticket.is_final,
        teach=urlencode({"sku": order.product.sku, "symptom": ticket.reason}) if teaches else "",
    )  # fmt: skip


def _older(shown: list[Any], kept: dict[str, str]) -> str:
    if len(shown) <= A_PAGE:
        return ""
    return urlencode(kept | {"last": shown[A_PAGE - 1].ticket_id})
