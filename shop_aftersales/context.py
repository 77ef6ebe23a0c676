"""What the composition root adds to pages: demo orders to try, and where a reader who switches language returns to."""

from typing import Any

from django.http import HttpRequest

from accounts.permissions import is_loopback
from common.pages import came_from
from shop_aftersales import demo


def demo_orders(request: HttpRequest) -> dict[str, Any]:
    """Lazy: only the look-up page asks for it."""
    return {"demo_orders": demo.to_try if is_loopback(request) else ()}


def page_address(request: HttpRequest) -> dict[str, Any]:
    """The page to see again in the other language; what a form's answer stands on can't be opened by itself."""
    if request.method in ("GET", "HEAD"):
        return {"page_address": request.get_full_path()}
    return {"page_address": came_from(request) or "/"}
