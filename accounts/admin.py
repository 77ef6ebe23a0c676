"""Users for the superuser, buyers for ops."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.models import Buyer, User
from accounts.permissions import is_ops, is_superuser
from accounts.services import people
from common.clock import now

# Rights come from the role; a second way to hand them out would only contradict it.
admin.site.unregister(Group)


class SuperuserWrites(ModelAdmin):
    """Who is who is changed by the superuser alone: ops can't make themselves more than ops."""

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
class UserAdmin(SuperuserWrites, DjangoUserAdmin):
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
    list_display = ["external_id", "name", "contact", "user"]
    list_select_related = ["user"]
    search_fields = ["external_id", "name", "contact"]
    autocomplete_fields = ["user"]
    ordering = ["external_id"]

    def save_model(self, request: HttpRequest, obj: Buyer, form: object, change: bool) -> None:
        super().save_model(request, obj, form, change)
        people.record_owner(buyer=obj, by=request.user.get_username(), now=now())

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_ops(request.user)
