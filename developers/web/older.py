"""Where a page of rows goes on: from the instant and the id of the last one shown, as its address says."""

from datetime import datetime

from django.http import HttpRequest


def before_of(request: HttpRequest) -> tuple[datetime, int] | None:
    """None where the address says nothing that can be read."""
    at, pk = request.GET.get("at", ""), request.GET.get("id", "")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    if not (
        pk.isascii() and pk.isdigit() and len(pk) < 19 and instant.tzinfo and 1970 <= instant.year < 2200
    ):
        return None
    return instant, int(pk)
