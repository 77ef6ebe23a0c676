"""A policy published: its next version, with the proof that older orders lose nothing where it binds them too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from common.phrases import mark, phrase
from common.refusals import Invalid, Refusal, StateMoved
from compensation.models import DecisionRecord, PolicyDraft, PolicyVersion
from compensation.rules.decide import decide
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy
from compensation.rules.publishing import Fault, compare, first_loss
from compensation.services import credit_tiers, policies, recording

Seen = Callable[[int], Any]


class WouldGiveLess(Refusal):
    code = "retroactive_gives_less"
    title = mark("这一版不能追溯")


def publish(*, draft: PolicyDraft, policy: Policy, by: str, now: datetime, seen: Seen) -> PolicyVersion:
    """Inside the caller's transaction, which moves the draft."""
    policies.lock_code(draft.code)
    _refuse_past(draft, now)
    if draft.retroactive:
        refuse_loss(policy, seen=seen)
    credit_tiers.refuse_weaker_version(policy)
    row = _written(draft, policy, by, now)
    recording.policies([row], now=now)
    return row


def refuse_loss(policy: Policy, *, seen: Seen = lambda count: None) -> None:
    """WouldGiveLess with the first case, or the first stored decision, in which a buyer would get less."""
    refuse_known_loss(policy)
    for record in _decisions(policy.code):
        seen(1)
        facts = Facts(**record.facts)
        before = decide(facts, Policy.from_data(record.policy.data))
        if compare(before, decide(facts, policy)).verdict == "worse":
            detail = phrase(
                "订单 {order_no} 已经作出的决定，按这一版会少给。", order_no=record.order.order_no
            )
            raise WouldGiveLess(detail)


def refuse_known_loss(policy: Policy) -> None:
    """The same by the limits of the versions alone, which takes no longer for a shop with many decisions."""
    fault = known_loss(policy)
    if fault is not None:
        raise WouldGiveLess(fault.detail)


def known_loss(policy: Policy) -> Fault | None:
    """The first case in which an order under an older version would get less, and which version."""
    for older in PolicyVersion.objects.filter(code=policy.code).order_by("version"):
        fault = first_loss(Policy.from_data(older.data), policy)
        if fault is not None:
            detail = phrase("和第 {version} 版比：{why}", version=older.version, why=fault.detail)
            return fault._replace(detail=detail)
    return None


def _decisions(code: str) -> Any:
    rows = DecisionRecord.objects.filter(policy__code=code).select_related("policy", "order").order_by("id")
    return rows.iterator(chunk_size=1000)


def _refuse_past(draft: PolicyDraft, now: datetime) -> None:
    if draft.effective_at is not None and draft.effective_at < now:
        detail = mark("启用的时间已经过了：请改成以后的时间，或留空，发布就启用。")
        raise Invalid(errors=[{"field": "effective_at", "code": "invalid", "detail": detail}])


def _written(draft: PolicyDraft, policy: Policy, by: str, now: datetime) -> PolicyVersion:
    try:
        with transaction.atomic():
            return PolicyVersion.objects.create(
                code=policy.code, version=policy.version, kind=policy.kind, title=policy.title,
                data=policy.as_data(), hash=policy.hash, published_at=now, effective_at=draft.effective_at,
                retroactive=draft.retroactive, note=draft.note, proposed_by=draft.proposed_by, published_by=by,
            )  # fmt: skip
    except IntegrityError:
        raise StateMoved() from None
