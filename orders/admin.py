"""Products, orders and counts in the admin: to read."""

from django.contrib import admin

from common.reading import ReadOnlyAdmin
from orders.models import Delivery, Observation, Order, Product


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
