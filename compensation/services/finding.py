"""Ops establish a fact; the line is decided again on it, net of what the decision before has really given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.phrases import mark
from common.refusals import Invalid, StateMoved
from compensation.models import DecisionRecord, Finding
from compensation.queries import Quote, finding_of
from compensation.rules.facts import FactsRefused, parse_facts
from compensation.services import bearing, deciding, recording_rulings, taking_back

ESTABLISHED = ("proof", "fault", "fake_units")


class StillUnderWay(StateMoved):
    code = "remedies_under_way"
    title = mark("还有补偿在路上")
    detail = mark("这一单有补偿已经发出、还没有结果。请等它办完，或先处理挂起的那一条，再重新决定。")


def establish(
    *, record: DecisionRecord, facts: Mapping[str, Any], as_of: datetime, by: str, why: str, now: datetime
) -> tuple[DecisionRecord, Quote]:
    """Keep the finding, void what never went out, decide again as of the day the claim was filed.

    What was found before and is not named now still holds.
    Refuses: Invalid, StillUnderWay, BudgetSpent. Needs the line's lock.
    """
    order = record.order
    _refuse_bad_facts(record, facts)
    if taking_back.on_its_way(record=record):
        raise StillUnderWay()
    before = finding_of(order=order, reason=record.reason)
    stated = {**(before.facts if before else {}), **facts}
    row = Finding.objects.create(
        order=order, reason=record.reason, facts=stated, replaces=record, why=why, by=by, at=now
    )
    recording_rulings.finding(row, now=now)
    taking_back.take_back(record=record, by=by, reason=why, now=now)
    fresh, found = deciding.decide_claim(
        order=order, reason=record.reason, quantity=record.facts.get("quantity"),
        wants=record.facts.get("wants", "refund"), now=now, as_of=as_of,
    )  # fmt: skip
    bearing.follow(old=record, new=fresh, now=now)
    return fresh, found


def _refuse_bad_facts(record: DecisionRecord, facts: Mapping[str, Any]) -> None:
    strange = [
        {"field": name, "code": "unknown_field", "detail": mark("这一项不由人填，请去掉它。")}
        for name in facts
        if name not in ESTABLISHED
    ]
    try:
        parse_facts(
            {"reason": record.reason, "ordered": record.order.quantity, **facts},
            kind=record.order.product.kind, public=False,
        )  # fmt: skip
    except FactsRefused as refused:
        strange += [error._asdict() for error in refused.errors if error.field in ESTABLISHED]
    if strange:
        raise Invalid(errors=strange)
