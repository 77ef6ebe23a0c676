"""Policies come in as data: loaded once, never changed, retired by a row of its own."""

from datetime import datetime

from django.db import transaction

from common.phrases import mark, phrase
from common.refusals import Absent, Invalid, Refusal, StateMoved
from compensation.models import PolicyRetirement, PolicyVersion
from compensation.rules.defaults import DEFAULT_POLICIES
from compensation.rules.names import GOODS
from compensation.rules.policy import Policy
from compensation.services import recording
from orders import queries as orders


class StillSold(Refusal):
    code = "policy_still_sold"
    title = mark("还有商品按这份规则卖")


class AlreadyRetired(StateMoved):
    code = "already_retired"
    title = mark("这一版已经停用")
    detail = mark("这一版规则已经停用过了，不用再做什么。")


@transaction.atomic
def load_defaults(*, now: datetime) -> int:
    """Write the default policies that are not there yet; how many were new."""
    known = set(PolicyVersion.objects.values_list("code", "version"))
    fresh = [
        PolicyVersion(
            code=policy.code, version=policy.version, kind=policy.kind, title=policy.title,
            data=policy.as_data(), hash=policy.hash, published_at=now,
        )
        for policy in map(Policy.from_data, DEFAULT_POLICIES)
        if (policy.code, policy.version) not in known
    ]  # fmt: skip
    PolicyVersion.objects.bulk_create(fresh, ignore_conflicts=True)
    recording.policies(fresh, now=now)
    return len(fresh)


def lock_code(code: str) -> list[PolicyVersion]:
    """All versions under a code; until the end of the transaction none is retired and no product takes it up.

    Not FOR UPDATE: decisions that refer to a version go on being written.
    """
    return list(PolicyVersion.objects.select_for_update(no_key=True).filter(code=code).order_by("version"))


@transaction.atomic
def retire(*, code: str, version: int, reason: str, by: str, now: datetime) -> PolicyRetirement:
    """No order placed from now on gets this version; those that have it keep it."""
    row = next((row for row in lock_code(code) if row.version == version), None)
    if row is None:
        raise Absent(mark("没有这一版规则，请核对代码和版本号。"))
    if PolicyRetirement.objects.filter(policy=row).exists():
        raise AlreadyRetired()
    _refuse_bad_reason(reason.strip())
    _refuse_if_last(row)
    recording.retirement(row, by=by, reason=reason.strip(), now=now)
    return PolicyRetirement.objects.create(policy=row, reason=reason.strip(), by=by, retired_at=now)


def _refuse_bad_reason(reason: str) -> None:
    longest = PolicyRetirement._meta.get_field("reason").max_length or 0
    if not reason or len(reason) > longest:
        detail = phrase("请写明为什么停用，不超过 {most} 个字。", most=longest)
        raise Invalid(errors=[{"field": "reason", "code": "required", "detail": detail}])


def _refuse_if_last(row: PolicyVersion) -> None:
    others = PolicyVersion.objects.filter(code=row.code, retirement=None).exclude(pk=row.pk)
    if others.exists():
        return
    if sold := len(orders.products_sold_under(row.code)):
        raise StillSold(
            phrase(
                "还有 {n} 件商品按「{policy}」卖，停用后就没有规则可用：请先发一个新版，或给这些商品换一份规则。",
                n=sold,
                policy=row.title,
            )
        )
    if kinds := orders.kinds_sold_under(row.code):
        said = _FOR_LOW_CREDIT if kinds[0].credit_policy == row.code else _BY_PRICE
        raise StillSold(phrase(said, kind=phrase(GOODS[kinds[0].kind]), policy=row.title))


_BY_PRICE = mark("「{kind}」按单价分的规则里还有「{policy}」：请先把那一档改掉，或发一个新版。")
_FOR_LOW_CREDIT = mark("「{kind}」在开发者信用低的时候按「{policy}」卖：请先换一份，或发一个新版。")
