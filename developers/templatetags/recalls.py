"""For pages of rooms below: whether a product is being recalled."""

from typing import Any

from django import template

from developers import queries

register = template.Library()


@register.simple_tag
def open_recalls(sku: str) -> list[Any]:
    """The recalls of a product that are on their way, the newest first."""
    return queries.open_recalls(sku=sku)
