"""What the composition root adds to pages: demo orders to try, and where a reader who switches language returns to."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.permissions import is_loopback
from shop_aftersales import demo


def demo_orders(request: HttpRequest) -> dict[str, Any]:
    """Lazy: only the look-up page asks for it."""
    return {"demo_orders": demo.to_try if is_loopback(request) else ()}


def page_address(request: HttpRequest) -> dict[str, Any]:
    """The page to see again in the other language; what a form's answer stands on can't be opened by itself."""
    if request.method in ("GET", "HEAD"):
        return {"page_address": request.get_full_path()}
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    parts = urlsplit(came_from)
    return {"page_address": f"{parts.path}?{parts.query}".rstrip("?") if ours else "/"}
