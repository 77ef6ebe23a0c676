"""Users for the superuser, buyers for ops."""

from typing import Any, ClassVar

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.models import Buyer, User
from accounts.permissions import is_ops, is_superuser
from accounts.services import people
from common.clock import now
from common.reading import Capped

# Rights come from the role; a second way to hand them out would only contradict it. Tokens end with their day, the
# timetable is code, and who logged in when is nobody's business here.
NOT_HERE = (
    Group,
    AuthToken,
    AccessLog,
    AccessFailureLog,
    *apps.get_app_config("django_celery_beat").get_models(),
)
for _model in (*NOT_HERE, AccessAttempt):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)
AccessAttempt._meta.verbose_name = AccessAttempt._meta.verbose_name_plural = _("试错的登录")
apps.get_app_config("axes").verbose_name = _("账户")


class SuperuserWrites(ModelAdmin):
    """Who is who is changed by the superuser alone: ops can't make themselves more than ops."""

    show_full_result_count = False
    paginator = Capped
    plural: ClassVar[Any] = ""

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)
        if self.plural:
            model._meta.verbose_name_plural = self.plural

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request.user)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_superuser(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_superuser(request.user)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_superuser(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(User)
class UserAdmin(SuperuserWrites, DjangoUserAdmin):  # type: ignore[misc]  # both name their pages
    plural = _("人员")
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "role", "is_active", "is_staff", "is_demo", "last_login"]
    list_filter = ["role", "is_active", "is_staff", "is_demo"]
    search_fields = ["username", "email"]
    ordering = ["username"]
    filter_horizontal = []
    # A demo account's password is public: to lift the mark would open it to the world.
    readonly_fields = ["is_demo", "last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("角色"), {"fields": ["role", "is_active", "is_staff", "is_superuser", "is_demo"]}),
        (_("联系方式"), {"fields": ["email"]}),
        (_("时间"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username", "role", "is_staff", "password1", "password2"]}),
    ]

    def save_model(self, request: HttpRequest, obj: User, form: object, change: bool) -> None:
        super().save_model(request, obj, form, change)
        people.record_rights(user=obj, by=request.user.get_username(), now=now())

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        people.record_rights(user=obj, by=request.user.get_username(), now=now(), deleted=True)
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            people.record_rights(user=user, by=request.user.get_username(), now=now(), deleted=True)
        super().delete_queryset(request, queryset)

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        before = User.objects.filter(pk=id).values_list("password", flat=True).first()
        response = super().user_change_password(request, id, form_url)
        user = User.objects.filter(pk=id).first()
        if user is not None and user.password != before:
            people.record_password(user=user, by=request.user.get_username(), now=now())
        return response


@admin.register(Buyer)
class BuyerAdmin(SuperuserWrites):
    plural = _("所有买家")
    list_display = ["external_id", "name", "contact", "user", "agent"]
    list_select_related = ["user", "agent"]
    search_fields = ["external_id", "name", "contact"]
    autocomplete_fields = ["user"]
    ordering = ["external_id"]

    def save_model(self, request: HttpRequest, obj: Buyer, form: object, change: bool) -> None:
        super().save_model(request, obj, form, change)
        people.record_owner(buyer=obj, by=request.user.get_username(), now=now())

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_ops(request.user)


@admin.register(AccessAttempt)
class AccessAttemptAdmin(SuperuserWrites):
    """Who is locked out, and from where; it ends by itself after a quarter of an hour."""

    list_display = ["username_tried", "address", "failures", "at"]
    search_fields = ["=username", "=ip_address"]
    search_help_text = _("用户名或地址")
    ordering = ["-id"]
    readonly_fields = ["username_tried", "address", "failures", "at"]
    fields = readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.display(description=_("用户名"), ordering="username")
    def username_tried(self, row: AccessAttempt) -> str:
        return str(row.username or "—")

    @admin.display(description=_("地址"))
    def address(self, row: AccessAttempt) -> str:
        return str(row.ip_address or "—")

    @admin.display(description=_("错了几次"))
    def failures(self, row: AccessAttempt) -> int:
        return int(row.failures_since_start)

    @admin.display(description=_("最近一次"))
    def at(self, row: AccessAttempt) -> object:
        return row.attempt_time
