"""Tutorials in the admin: ops write and withdraw them, and see whether they help."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import F, FilteredRelation, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from accounts.permissions import is_ops
from common import clock
from common.language import say, spoken
from orders.models import Tutorial
from orders.rules.tutorials import LONGEST, Tally
from orders.services import tutorials

WORDS = ("symptom", "symptom_title", "title", "text", "state")


class TutorialForm(forms.ModelForm):  # type: ignore[type-arg]
    """The goods are chosen once; what is written later is the next version."""

    title = forms.CharField(label=_("标题"), max_length=LONGEST["title"], widget=UnfoldAdminTextInputWidget)
    text = forms.CharField(
        label=_("怎么做"),
        max_length=LONGEST["text"],
        widget=UnfoldAdminTextareaWidget,
        help_text=_("一行一步，买家看到的就是这样。改了就是新的一版，已经给出的不变。"),
    )

    class Meta:
        model = Tutorial
        fields = ["product", "kind", "symptom", "symptom_title", "state"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.instance.pk:
            newest = self.instance.versions.get(number=self.instance.newest)
            self.initial.update(title=newest.title, text=newest.text)

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name) or "" for name in WORDS}

    def clean(self) -> dict[str, Any]:
        kept = self.instance if self.instance.pk else None
        goods = {name: self.cleaned_data.get(name) for name in ("product", "kind")}
        found = tutorials.faults_of(
            tutorial=kept, product=goods["product"], kind=goods["kind"] or "", fields=self.words()
        )
        for fault in found:
            where = fault["field"] if fault["field"] in self.fields else None
            if where not in self.errors:
                self.add_error(where, spoken(fault["detail"]))
        return self.cleaned_data


@admin.register(Tutorial)
class TutorialAdmin(ModelAdmin):
    """Ops write them; developers those of their own goods, on a page of theirs."""

    explains = _(
        "提交售后之前和答复里给买家看的教程。解决率＝点了「解决了」的 ÷ 点过「解决了」或「还是不行」的；"
        "满 20 人、不到一半的，请改写。"
    )
    list_before_template = "admin/_explains.html"
    form = TutorialForm
    fields = ["product", "kind", "symptom", "symptom_title", "title", "text", "state"]
    list_display = ["title", "goods", "symptom", "state", "newest", "shown", "said", "share"]
    list_filter = ["state", "symptom"]
    list_select_related = ["product"]
    search_fields = ["no", "product__sku", "product__title", "symptom_title"]
    search_help_text = _("编号、货号、商品名称或症状")
    autocomplete_fields = ["product"]
    show_full_result_count = False
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> Any:
        current = FilteredRelation("versions", condition=Q(versions__number=F("newest")))
        return super().get_queryset(request).annotate(
            current=current, now_called=F("current__title"), now_shown=F("current__tally__shown"),
            now_helped=F("current__tally__helped"), now_not=F("current__tally__not_helped"),
        )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["product", "kind"] if obj else []

    def save_model(self, request: HttpRequest, obj: Tutorial, form: Any, change: bool) -> None:
        kept = tutorials.write(
            tutorial=obj if change else None, product=obj.product, kind=obj.kind,
            fields=cast(TutorialForm, form).words(), by=request.user.get_username(), now=clock.now(),
        )  # fmt: skip
        obj.pk, obj.no = kept.pk, kept.no

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active) and is_ops(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # withdrawn, never gone

    @admin.display(description=_("标题"))
    def title(self, row: Any) -> str:
        return str(row.now_called)

    @admin.display(description=_("给哪些商品"))
    def goods(self, row: Tutorial) -> str:
        return str(row.product) if row.product_id else say("全部：{kind}", kind=row.get_kind_display())

    @admin.display(description=_("看过的单"))
    def shown(self, row: Any) -> int:
        return int(row.now_shown)

    @admin.display(description=_("说过话的"))
    def said(self, row: Any) -> int:
        return _tally(row).answered

    @admin.display(description=_("解决率"))
    def share(self, row: Any) -> str:
        tally = _tally(row)
        if tally.per_cent is None:
            return "—"
        told = say("{share}%（{n} 人）", share=tally.per_cent, n=tally.answered)
        return say("{told}，请改写", told=told) if tally.falls_short else told


def _tally(row: Any) -> Tally:
    return Tally(row.now_shown, row.now_helped, row.now_not)
