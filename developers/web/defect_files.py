"""Defects as files that spreadsheet programs open: the list, and the cases of one; buyers masked."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import clock
from common.clock import shanghai
from common.language import say, spoken
from common.pages import refusals_as_pages
from common.phrases import unpacked
from common.tables import defused
from developers.models import Defect, DefectMember
from developers.queries import defects as queries
from developers.rules import masking
from developers.rules.defect_life import LABELS, State
from developers.web import export, present_defects
from developers.web.defects import wanted_of
from developers.web.pages import Echo
from tickets.queries import reason_names

MOST = 5000


@never_cache
@require_safe
@login_required
@refusals_as_pages
def defects_file(request: HttpRequest) -> Any:
    rows = queries.chosen(request.user, wanted_of(request), now=clock.now()).order_by("-real", "-pk")[:MOST]
    return _file("defects", _headings(), (_row(one) for one in rows.iterator(chunk_size=500)))


@never_cache
@require_safe
@login_required
@refusals_as_pages
def cases_file(request: HttpRequest, no: str) -> Any:
    found = queries.find_defect(reader=request.user, no=no)
    rows = queries.all_members(defect=found).iterator(chunk_size=500)
    heads = [*export.headings(), say("说明"), say("商品版本"), say("为什么归在这里")]
    return _file(f"defect-{found.no}", heads, (_case(row) for row in rows))


def _file(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    writer = csv.writer(Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(headings)
        for row in rows:
            yield writer.writerow(row)

    name = f"{name}-{clock.shanghai(clock.now()):%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8", headers=headers)


def _headings() -> list[str]:
    return [
        say("缺陷"), say("名称"), say("商品"), say("货号"), say("商品版本"), say("事由"), say("状态"), say("属实"),
        say("核实中"), say("已退（元）"), say("已补（个）"), say("其中赠送（个）"), say("最早一件"), say("最近一件"),
        say("修好的版本"),
    ]  # fmt: skip


def _row(one: Defect) -> list[str | int]:
    texts = [
        one.no, present_defects.name_of(one), one.product.title, one.product.sku, present_defects.version_of(one),
        str(reason_names()[one.reason]), spoken(LABELS[State(one.state)]),
    ]  # fmt: skip
    moments = [f"{shanghai(at):%Y-%m-%d %H:%M}" if at else "" for at in (one.first_at, one.last_at)]
    cash = f"{one.fen // 100}.{one.fen % 100:02d}"
    return [
        *map(defused, texts), one.real, one.checking, cash, one.units, one.gifts, *moments, defused(one.fix_version),
    ]  # fmt: skip


def _case(row: DefectMember) -> list[str | int]:
    why = spoken(unpacked(row.why)) if row.why else ""
    texts = [masking.words(row.ticket.text), row.goods_version, why]
    return [*export.row(row.ticket), *map(defused, texts)]
