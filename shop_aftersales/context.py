"""What the composition root adds to pages: demo orders to try, on the machine the demo runs on."""

from typing import Any

from django.http import HttpRequest

from accounts.permissions import is_loopback
from shop_aftersales import demo


def demo_orders(request: HttpRequest) -> dict[str, Any]:
    """Lazy: only the look-up page asks for it."""
    return {"demo_orders": demo.to_try if is_loopback(request) else ()}
