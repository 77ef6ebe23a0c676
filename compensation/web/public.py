"""What anybody may read before buying: the products and the rules each of them is sold under."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.pages import refusals_as_pages
from compensation import queries
from compensation.web.present_product import present_line, present_product
from orders import queries as orders


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    lines = [present_line(product=product) for product in orders.products()]
    return render(request, "compensation/public/products.html", {"products": lines, "here": "products"})


@require_safe
@refusals_as_pages
def product(request: HttpRequest, sku: str) -> HttpResponse:
    found = orders.find_product(sku=sku)
    page = present_product(product=found, bands=queries.policies_by_price(found))
    return render(request, "compensation/public/product.html", {"page": page, "here": "products"})
