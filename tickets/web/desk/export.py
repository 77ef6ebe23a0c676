"""The list as a file: what the tab and the words ask for, for spreadsheet programs."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from common import clock
from common.language import say
from common.tables import defused
from tickets.web.desk import present_queue, read_queue
from tickets.web.desk.frame import for_ops

MOST = 20_000
CHUNK = 500
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@for_ops
@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponse:
    writers = {"csv": _csv, "xlsx": _xlsx}
    if kind not in writers:
        raise Http404
    now = clock.now()
    want = read_queue.wanted(query=request.GET, now=now)
    response = writers[kind](_rows(request.user, want, now))
    name = f"tickets-{clock.shanghai(now):%Y%m%d-%H%M}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(reader: Any, want: read_queue.Wanted, now: Any) -> Iterator[list[str]]:
    yield [
        say("单号"), say("订单"), say("商品"), say("事由"), say("算得"), say("轻重"), say("状态"), say("轮到"),
        say("还剩或已超"), say("提交于"), say("经办"), say("买家"), say("长期用户"),
    ]  # fmt: skip
    found = read_queue.rows_of(reader=reader, want=want).prefetch_related("clocks")[:MOST]
    for ticket in found.iterator(chunk_size=CHUNK):
        row = present_queue.row(ticket, reader=reader, now=now)
        yield [
            row.no, row.order_no, row.product, row.reason, row.gives, row.severity_words, row.state, row.turn,
            row.left, f"{clock.shanghai(ticket.opened_at):%Y-%m-%d %H:%M}", row.assignee, row.buyer,
            say("是") if row.long_term else "",
        ]  # fmt: skip


def _csv(rows: Iterator[list[str]]) -> HttpResponse:
    """UTF-8 with its mark, as Excel wants it; a number of digits alone stays text behind a tab."""
    into = io.StringIO()
    table = csv.writer(into)
    for row in rows:
        table.writerow([f"\t{cell}" if cell.isdigit() else defused(cell) for cell in row])
    return HttpResponse("\ufeff" + into.getvalue(), content_type="text/csv; charset=utf-8")


def _xlsx(rows: Iterator[list[str]]) -> HttpResponse:
    from openpyxl import Workbook  # a sixth of a second, paid by whoever asks for one
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(say("售后单"))
    for row in rows:
        cells = [WriteOnlyCell(sheet, value=defused(cell)) for cell in row]
        for cell in cells:
            cell.number_format, cell.data_type = "@", "s"
        sheet.append(cells)
    into = io.BytesIO()
    book.save(into)
    return HttpResponse(into.getvalue(), content_type=WORKBOOK)
