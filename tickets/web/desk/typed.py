"""What was typed into the desk's forms, as the services want it; what can't be read is said at its field."""

import re
from collections.abc import Mapping
from typing import Any

from common import digits
from common.phrases import phrase
from common.refusals import Invalid
from compensation.rules.overrides import CASH, KINDS

YUAN = re.compile(r"\s*[¥￥]?\s*([0-9]{1,9})(?:[.．]([0-9]{1,2}))?\s*元?\s*")
WHOLE = re.compile(r"\s*([0-9]{1,12})\s*个?\s*")


def version(given: Mapping[str, str]) -> int:
    """The one the page was drawn from; a form without it is as stale as can be."""
    read = digits.whole(given.get("version", ""))
    return -1 if read is None else read


def remedies(given: Mapping[str, str]) -> list[dict[str, Any]]:
    """[{kind, amount_fen | quantity}] of the rows that were filled in."""
    found, faults = [], []
    for kind in KINDS:
        text = given.get(f"give_{kind}", "").strip()
        if not text or set(text) <= set("0.¥￥"):
            continue
        value = fen(text) if kind == CASH else whole(text)
        if value is None:
            detail = phrase("写成 12.50 这样。") if kind == CASH else phrase("写整数，比如 180。")
            faults.append({"field": f"give_{kind}", "code": "malformed", "detail": detail})
        found.append({"kind": kind, "amount_fen" if kind == CASH else "quantity": value})
    if faults:
        raise Invalid(errors=faults)
    return found


def facts(given: Mapping[str, str]) -> dict[str, Any]:
    """What was found, without what was left as it is."""
    found: dict[str, Any] = {name: given[name] for name in ("proof", "fault") if given.get(name)}
    if text := given.get("fake_units", "").strip():
        found["fake_units"] = whole(text)
        if found["fake_units"] is None:
            detail = phrase("写整数，比如 180。")
            raise Invalid(errors=[{"field": "fake_units", "code": "malformed", "detail": detail}])
    return found


def fen(text: str) -> int | None:
    """12.5 → 1250: exact, by its digits."""
    match = YUAN.fullmatch(text)
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0")) if match else None


def whole(text: str) -> int | None:
    match = WHOLE.fullmatch(text)
    return int(match[1]) if match else None
