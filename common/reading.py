"""Rows that the admin shows: to look up, or with a page of its own for what ops do about one of them."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from unfold.admin import ModelAdmin

from common.language import spoken
from common.phrases import mark
from common.refusals import Refusal, StateMoved

CAP = 2000
LONGEST_TYPED = 4000


def reads(user: Any) -> bool:
    """Whose eyes the admin is for: ops and superusers. By the names of the user, whose room lies above."""
    return user.is_active and user.is_staff and (user.role == "ops" or user.is_superuser)


class NotOffered(StateMoved):
    code = "not_offered"
    detail = mark("这里刚刚有了新的进展，这一步现在不能选，请看最新的情况。")


class Capped(Paginator):  # type: ignore[type-arg]
    """Counts no further than so many rows: a table of millions is not walked for the number of its pages."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.order_by()[:CAP].count() if isinstance(rows, QuerySet) else len(rows)


class ReadOnlyAdmin(ModelAdmin):
    """To look things up: no adding, changing, deleting, and no count of everything. Other staff find no such page."""

    plural: ClassVar[Any] = ""  # what the list is called, where that isn't what one row is called
    explains: ClassVar[Any] = ""  # a line over the list: what it is, and when to look here
    nothing: ClassVar[Any] = ""  # what is said where it is empty and nobody asked for less
    list_before_template = "admin/_explains.html"
    show_full_result_count = False
    paginator = Capped
    list_per_page = 50

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)
        if self.plural:
            model._meta.verbose_name_plural = self.plural

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_authenticated", False)) and reads(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._or_absent(request)
        return super().changelist_view(request, *args, **kwargs)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._or_absent(request)
        return super().change_view(request, *args, **kwargs)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._or_absent(request)
        return super().add_view(request, *args, **kwargs)

    def history_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404  # ours is the record of evidence

    def _or_absent(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise Http404


class DeskAdmin(ReadOnlyAdmin):
    """A page for each row: what happened, what to do, and what can be done as buttons. POST acts, GET never."""

    page_template: ClassVar[str]

    def about(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the page shows of the row, with `actions`: [{name, label, meaning, reason, reference, hard}]."""
        raise NotImplementedError

    def act(self, request: HttpRequest, row: Any, typed: Mapping[str, str]) -> tuple[str, bool]:
        """Do what was pressed: what to say to whoever pressed, whether it is done. A Refusal keeps what was typed."""
        raise NotImplementedError

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        self._or_absent(request)
        row = self._row(request, object_id)
        typed = {name: str(value)[:LONGEST_TYPED] for name, value in request.POST.items()}
        trouble, status = "", 200
        if request.method == "POST":
            try:
                self._check_offered(request, row, typed)
                says, done = self.act(request, row, typed)
            except Refusal as refused:
                trouble, status = spoken(refused.detail), refused.status
                row = self._row(request, object_id)  # what is shown is how it stands now
            else:
                self.message_user(request, spoken(says), messages.SUCCESS if done else messages.WARNING)
                return redirect(request.path)
        told = self.about(request, row)
        offered = [act["name"] for act in told["actions"]]
        context = self.admin_site.each_context(request) | told | {
            "opts": self.opts, "row": row, "trouble": trouble, "typed": typed,
            "unplaced": trouble and typed.get("action") not in offered,
        }  # fmt: skip
        return render(request, self.page_template, context, status=status)

    def _check_offered(self, request: HttpRequest, row: Any, typed: Mapping[str, str]) -> None:
        """What the page doesn't offer, nobody can have pressed on it as it stands."""
        if typed.get("action") not in [act["name"] for act in self.about(request, row)["actions"]]:
            raise NotOffered()

    def _row(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return row
