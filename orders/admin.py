"""Products, orders and counts in the admin, to read; files of them, to hand in."""

import csv
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.permissions import is_ops
from common import clock, figures
from common.language import say, spoken
from common.phrases import mark
from common.reading import ReadOnlyAdmin
from common.tables import defused
from orders import queries
from orders.forms import UploadForm
from orders.models import Delivery, ImportRun, Licence, Observation, Order, Product, Rollup, UsageReport
from orders.rules import import_words, order_rows
from orders.services import imports

SHOWN = 50  # rejected rows on the page; the download has all that are kept
COMPLETED = {"count": mark("第一次数满"), "final": mark("商店说送完"), "deadline": mark("到了交付期限")}
COUNTED = ("rows_done", "rows_total", "accepted", "duplicates", "rejected", "rows_per_s")


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ["sku", "title", "kind", "developer", "price"]
    list_filter = ["kind"]
    list_select_related = ["developer"]
    search_fields = ["sku", "title"]
    search_help_text = _("货号或名称")

    @admin.display(description=_("单价"))
    def price(self, row: Product) -> str:
        return figures.yuan(row.unit_price_fen)


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    plural = _("所有订单")
    list_display = ["order_no", "product", "buyer", "quantity", "paid", "paid_at", "gateway"]
    list_select_related = ["product", "buyer"]
    search_fields = ["=order_no"]
    search_help_text = _("订单号（开头或最后几位）、买家的名字、编号或联系方式")

    @admin.display(description=_("实付"))
    def paid(self, row: Order) -> str:
        return figures.yuan(row.paid_fen)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term:
            return queryset, False
        found = queries.ids_matching(text=search_term.strip(), most=self.list_per_page)
        return queryset.filter(pk__in=found), False


@admin.register(Observation)
class ObservationAdmin(ReadOnlyAdmin):
    plural = _("计数记录")
    explains = _("商店推来的每一次计数，只增不改；晚到的、重复的，结果都一样。")
    list_display = ["order", "observed_at", "count", "comments", "shares", "measurable"]
    list_select_related = ["order"]
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")
    ordering = ["-id"]


@admin.register(UsageReport)
class UsageReportAdmin(ReadOnlyAdmin):
    plural = _("用量记录")
    explains = _(
        "商店推来的每一次用量，只增不改；同一项以最新一刻说的为准。退款照它算，决定里写着凭的是哪一刻。"
    )
    list_display = [
        "order",
        "observed_at",
        "used_units",
        "per_cent",
        "used_seconds",
        "revealed_units",
        "outage_seconds",
    ]
    list_select_related = ["order"]
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")
    ordering = ["-id"]

    @admin.display(description=_("进度"))
    def per_cent(self, row: UsageReport) -> str:
        return "—" if row.progress is None else f"{Decimal(row.progress) / 100}%"


@admin.register(Licence)
class LicenceAdmin(ReadOnlyAdmin):
    """Which unit works, and which one a refund has taken back."""

    plural = _("所有授权")
    explains = _("每份一个授权号。退款之前由授权服务收回，收回有了结果退款才发出。")
    list_display = ["order", "unit", "licence_id", "state", "wanted", "used_at", "changed_at"]
    list_filter = ["state"]
    list_select_related = ["order"]
    search_fields = ["=order__order_no", "=licence_id"]
    search_help_text = _("订单号或授权号")
    ordering = ["-id"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    plural = _("送达记录")
    list_display = ["order", "delivered_at", "quantity", "final"]
    list_select_related = ["order"]
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")
    ordering = ["-id"]


@admin.register(Rollup)
class RollupAdmin(ReadOnlyAdmin):
    """Lines whose frozen completion or delivered count a later row contradicts are found by the filter."""

    plural = _("计数小结一览")
    list_display = [
        "order", "completed_at", "completed_how", "delivered", "window_present", "newest_present", "contradicted_at",
    ]  # fmt: skip
    list_filter = [("contradicted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["order"]
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")
    ordering = ["-pk"]

    @admin.display(description=_("凭什么算送完"))
    def completed_how(self, row: Rollup) -> str:
        return spoken(COMPLETED.get(row.completed_by, row.completed_by))


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
