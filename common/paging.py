"""Pages of a list: by cursor, never by offset."""

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """{next, previous, results}; ?page_size= up to 200. Views name their own unique ordering."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-id"
