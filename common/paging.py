"""Pages of a list: by cursor, never by offset."""

from typing import Any

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """{next, previous, results}; ?page_size= up to 200. A view may name another unique ordering."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-id"

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        return (getattr(view, "cursor_ordering", self.ordering),)
