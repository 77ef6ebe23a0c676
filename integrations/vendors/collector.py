"""The shop's own probe: it looks at the outside counter of one order now, and says what it saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from common import clock, signing
from integrations.rules import bodies
from integrations.vendors import http

FIELDS = ("observed_at", "count", "comments", "shares", "measurable")


@dataclass(frozen=True, kw_only=True)
class Collector:
    """A question and nothing more: asking twice does no harm, and nothing is owed if nobody answers."""

    url: str
    secret: str
    timeout_s: float

    def count(self, *, order_no: str, target: str) -> Mapping[str, Any] | None:
        """What it counted, as the shop feeds counts in; None where it doesn't watch this one. Unheard, Unreadable."""
        base = urlsplit(self.url).path.rstrip("/")
        path = f"{base}/counts/{quote(order_no, safe='')}?target={quote(target, safe='')}"
        headers = signing.signed_headers(
            secret=self.secret, method="GET", path=path, body=b"", now_ts=clock.now().timestamp()
        )
        reply = http.exchange(
            method="GET", base_url=self.url, path=path, body=b"", headers=headers, deadline_s=self.timeout_s,
            max_bytes=bodies.MAX_BYTES,
        )  # fmt: skip
        if reply.status == 404:
            return None
        if reply.status != 200:
            raise http.Unheard(f"HTTP {reply.status}")
        said = bodies.read_object(reply.body)
        if said.get("order_no", order_no) != order_no:
            raise bodies.Unreadable("it speaks of another order")
        return {"order_no": order_no} | {name: said.get(name) for name in FIELDS}
