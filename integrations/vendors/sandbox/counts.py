"""The shop's probe: a target that ends in `#count=870` stood at 870, and what was delivered since stands on it."""

import json
import re
from datetime import UTC, datetime

from integrations.vendors.sandbox.exchange import Answer, Refused
from integrations.vendors.sandbox.plans import SUPPLIER
from integrations.vendors.sandbox.store import Store

STOOD = re.compile(r"#count=([0-9]{1,12})$")


def look(store: Store, order_no: str, *, target: str, now: float) -> Answer:
    """Nothing is known of other targets: the probe doesn't watch them."""
    stood = STOOD.search(target)
    if stood is None:
        raise Refused(404, "not watched", "none")
    came = sum(
        job.delivered for job in store.jobs(channel=SUPPLIER) if json.loads(job.body)["order_no"] == order_no
    )
    at = datetime.fromtimestamp(int(now), tz=UTC).isoformat()
    return Answer(
        200, {"order_no": order_no, "observed_at": at, "count": int(stood[1]) + came, "measurable": True}
    )
