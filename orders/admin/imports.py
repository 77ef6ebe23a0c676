"""Files on their way in: handed in in the admin, and followed there."""

import csv
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.permissions import is_ops
from common import clock
from common.language import say, spoken
from common.reading import ReadOnlyAdmin
from common.tables import defused
from orders.forms import UploadForm
from orders.models import ImportRun
from orders.rules import import_words, order_rows
from orders.services import imports

SHOWN = 50  # rejected rows on the page; the download has all that are kept
COUNTED = ("rows_done", "rows_total", "accepted", "duplicates", "rejected", "rows_per_s")


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    """Files on their way in: handed in here, followed here. For ops; to everybody else there is no such page."""

    plural = _("导入记录")
    nothing = _("还没有导入过文件。订单、计数和用量的 CSV、XLSX 都可以在这里上传。")
    list_display = [
        "file_name",
        "kind",
        "state",
        "progress",
        "accepted",
        "duplicates",
        "rejected",
        "started_by",
        "created_at",
    ]
    list_filter = ["state", "kind"]
    search_fields = ["file_name"]
    search_help_text = _("文件名")

    @admin.display(description=_("进度"))
    def progress(self, run: ImportRun) -> str:
        return "—" if run.rows_total is None else f"{import_words.per_cent(run.rows_done, run.rows_total)}%"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) and is_ops(request.user)

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return self.has_module_permission(request)

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, tuple[Callable[..., HttpResponse], str]] = {
            "": (self.changelist_view, "changelist"),
            "add/": (self.upload, "add"),
            "<int:pk>/change/": (self.run, "change"),
            "<int:pk>/progress/": (self.run_progress, "progress"),
            "<int:pk>/rejected.csv": (self.rejected_csv, "rejected"),
        }
        return [
            path(route, self.admin_site.admin_view(self._for_ops(view)), name=f"orders_importrun_{name}")
            for route, (view, name) in pages.items()
        ]

    def _for_ops(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def guarded(request: HttpRequest, **of: Any) -> HttpResponse:
            if not self.has_module_permission(request):
                raise Http404
            return view(request, **of)

        return guarded

    def upload(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data["file"]
            run = imports.receive(
                kind=form.cleaned_data["kind"], file=given.file, name=given.name,
                by=request.user.get_username(), now=clock.now(),
            )  # fmt: skip
            return redirect("admin:orders_importrun_change", pk=run.pk)
        about = {
            "form": form, "limit": spoken(import_words.size_words(imports.MOST_BYTES)), "title": _("导入文件"),
            "columns": order_rows,
        }  # fmt: skip
        return render(request, "admin/orders/importrun/upload.html", self._context(request) | about)

    def run(self, request: HttpRequest, *, pk: int) -> HttpResponse:
        about = self._about(pk)
        return render(
            request,
            "admin/orders/importrun/run.html",
            self._context(request) | about | {"title": about["run"].file_name},
        )

    def run_progress(self, request: HttpRequest, *, pk: int) -> HttpResponse:
        return render(request, "admin/orders/importrun/_run.html", self._about(pk))

    def rejected_csv(self, request: HttpRequest, *, pk: int) -> HttpResponse:
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="rejected-{pk}.csv"'
        table = csv.writer(response)
        table.writerow([say("行号"), say("为什么没收")])
        run = get_object_or_404(ImportRun, pk=pk)
        table.writerows([row.line, defused(row.why)] for row in run.rejected_rows.all())
        return response

    def _about(self, pk: int) -> dict[str, Any]:
        run, now = get_object_or_404(ImportRun, pk=pk), clock.now()
        alone = run.token is None or run.lease_until is None or run.lease_until <= now
        left, kept = (run.rows_total or 0) - run.rows_done, min(run.rejected, imports.KEPT)
        counts = {name: f"{round(getattr(run, name) or 0):,}" for name in COUNTED}
        return {
            "run": run, "rows": run.rejected_rows.all()[:SHOWN], "kept": kept, "shown": SHOWN,
            "figures": counts | {"kept": f"{kept:,}"},
            "size": spoken(import_words.size_words(run.size)),
            "per_cent": None if run.rows_total is None else import_words.per_cent(run.rows_done, run.rows_total),
            "left": spoken(import_words.duration_words(left / run.rows_per_s)) if run.rows_per_s and left > 0 else "",
            "next": spoken(import_words.next_words(
                state=run.state, rejected=run.rejected, alone=alone, at_terminal=run.source == "terminal"
            )),
        }  # fmt: skip

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {"opts": self.opts}
