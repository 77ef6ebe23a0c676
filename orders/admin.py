"""Products, orders and counts in the admin: to read."""

from django.contrib import admin

from common.reading import ReadOnlyAdmin
from orders.models import Delivery, Observation, Order, Product, Rollup


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ["sku", "title", "kind", "policy_code", "developer", "unit_price_fen"]
    list_filter = ["kind"]
    list_select_related = ["developer"]
    search_fields = ["sku", "title"]


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["order_no", "product", "buyer", "quantity", "paid_fen", "paid_at", "gateway"]
    list_filter = ["product__kind", "gateway"]
    list_select_related = ["product", "buyer"]
    search_fields = ["order_no"]


@admin.register(Observation)
class ObservationAdmin(ReadOnlyAdmin):
    list_display = ["order", "observed_at", "count", "comments", "shares", "measurable"]
    list_select_related = ["order"]
    search_fields = ["order__order_no"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["order", "delivered_at", "quantity", "final"]
    list_select_related = ["order"]
    search_fields = ["order__order_no"]


@admin.register(Rollup)
class RollupAdmin(ReadOnlyAdmin):
    """Lines whose frozen completion or delivered count a later row contradicts are found by the filter."""

    list_display = [
        "order", "completed_at", "completed_by", "delivered", "window_present", "newest_present", "contradicted_at",
    ]  # fmt: skip
    list_filter = [("contradicted_at", admin.EmptyFieldListFilter), "completed_by"]
    list_select_related = ["order"]
    search_fields = ["order__order_no"]
