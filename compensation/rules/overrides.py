"""What ops may give instead of what a decision computed: which kinds, how much at most, and who has to agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from common.phrases import Phrase, phrase
from compensation.rules.decision import Remedy
from compensation.rules.policy import Policy

CASH = "refund"
SUPPLIED = ("top_up", "gift", "interaction_pack")
KINDS = (CASH, *SUPPLIED, "replacement")
# Twice the order is more than any rule gives (3/2 of the loss, a gift of all that was delivered): beyond it is a slip.
TIMES_ORDERED = 2

Fault = dict[str, str]


def parse(
    raw: Sequence[Mapping[str, Any]], *, ordered: int, metered: bool, gift_line: bool = False
) -> tuple[tuple[Remedy, ...], list[Fault]]:
    """(the remedies, by kind; everything that is wrong with them). Each kind once, so that each has one sum."""
    if not raw:
        return (), [
            _fault("remedies", "required", phrase("请写上要给什么；什么都不给，请用「拒绝」并写明理由。"))
        ]
    faults: list[Fault] = []
    found: dict[str, Remedy] = {}
    for index, row in enumerate(raw):
        field, kind = f"remedies.{index}", str(row.get("kind"))
        if kind not in KINDS or (kind in SUPPLIED and not metered):
            faults.append(_fault(f"{field}.kind", "unknown_kind", phrase("这件商品给不了这一种，请另选。")))
        elif kind in found:
            faults.append(_fault(f"{field}.kind", "twice", phrase("同一种请合成一条写。")))
        else:
            found[kind], fault = _one(row, field, kind, ordered * TIMES_ORDERED, gift_line)
            faults += [fault] if fault else []
    return tuple(found[kind] for kind in sorted(found)), faults


def _one(
    row: Mapping[str, Any], field: str, kind: str, most: int, gift_line: bool
) -> tuple[Remedy, Fault | None]:
    name, other = ("amount_fen", "quantity") if kind == CASH else ("quantity", "amount_fen")
    value = row.get(name)
    if row.get(other) is not None:
        return Remedy(kind), _fault(
            f"{field}.{other}", "not_for_kind", phrase("退款写金额，其余写数量，请留一个。")
        )
    if type(value) is not int or value < 1:
        return Remedy(kind), _fault(f"{field}.{name}", "below_one", phrase("请填大于 0 的整数。"))
    if kind == CASH:
        return Remedy(kind, amount_fen=value), None
    if value > most:
        detail = phrase("最多 {most} 个（订购数量的两倍）。确实要更多，请分开办并写明原因。", most=most)
        return Remedy(kind), _fault(f"{field}.{name}", "too_many", detail)
    grade = {"top_up": "premium" if gift_line else "standard", "gift": "premium"}.get(kind)
    return Remedy(kind, quantity=value, grade=grade), None


def needs_second(*, refunded_fen: int, cash_fen: int, policy: Policy) -> bool:
    """Counted as the amount's review is (rules §8), but no fast lane: that one is for what the rules computed."""
    return cash_fen > 0 and refunded_fen + cash_fen > policy.auto_limit_fen


def _fault(field: str, code: str, detail: Phrase) -> Fault:
    return {"field": field, "code": code, "detail": detail}
