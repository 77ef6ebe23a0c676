"""What the calculator asks, by kind of goods and matter."""

from __future__ import annotations

from typing import NamedTuple

from common.phrases import mark
from compensation.rules.figures import DAY, HOUR
from compensation.rules.policy import Policy

SPANS = {"minute": (60, mark("分钟")), "hour": (HOUR, mark("小时")), "day": (DAY, mark("天"))}
LOST_AS = {"percent": "%", "units": mark("个"), "left": mark("个还在")}
WANTS = {"refund": mark("退款"), "replacement": mark("换新")}
MATTERS = {
    "drop": mark("掉了"),
    "short": mark("没送完"),
    "refund": mark("不想要了"),
    "defect": mark("有毛病"),
}
BOUGHT = {
    "metered": mark("买了几个"),
    "licence": mark("买了几份"),
    "game_item": mark("买了几件"),
    "course": mark("买了几节"),
}
USED = {"licence": mark("用掉几份"), "game_item": mark("用掉几件"), "course": mark("用掉几节")}


class Field(NamedTuple):
    """`sort`: count, yuan, span, lost, flag or choice; `usual` is what stands there before anybody typed."""

    name: str
    sort: str
    label: str
    usual: str = ""
    unit: str = ""


def matters(policy: Policy) -> list[str]:
    """What a buyer of such goods may ask about; the first is what most ask."""
    if policy.kind != "metered":
        return ["refund", "defect"]
    known = {"drop": "drop.tier_a", "short": "refund.pro_rata", "defect": "defect.verified"}
    return [matter for matter, clause in known.items() if clause in policy.clauses]


def fields(policy: Policy, matter: str) -> list[Field]:
    paid = Field("paid", "yuan", mark("实付（元）"), _PAID[policy.kind])
    if matter == "defect":
        bought = [] if policy.kind == "subscription" else [_bought(policy)]
        return [*bought, paid, Field("wants", "choice", mark("想要"), "refund")]
    if policy.kind == "metered":
        return [_bought(policy), paid, *_METERED[matter], *(_long_term(policy) if matter == "drop" else [])]
    taken = [Field("taken", "flag", mark("体验期退过一次了"))] if _has_trial(policy) else []
    if policy.kind == "subscription":
        return [Field("total", "span", mark("买了多久"), "30", "day"), paid, *_SUBSCRIPTION, *taken]
    used, since, unit = _USAGE[policy.kind]
    return [
        _bought(policy), paid, Field("used", "count", USED[policy.kind], used),
        Field("since", "span", mark("已经过了"), since, unit), *taken,
    ]  # fmt: skip


_BOUGHT = {"metered": "1000", "licence": "5", "game_item": "5", "course": "20"}
_PAID = {"metered": "50", "licence": "100", "game_item": "100", "course": "200", "subscription": "30"}
_USAGE = {"licence": ("1", "20", "hour"), "game_item": ("0", "1", "hour"), "course": ("3", "5", "day")}
_METERED = {
    "drop": (
        Field("gone", "lost", mark("少了"), "15", "percent"),
        Field("since", "span", mark("送完多久后少的"), "20", "hour"),
    ),
    "short": (Field("came", "count", mark("送到几个"), "800"),),
}
_SUBSCRIPTION = (
    Field("since", "span", mark("已经过了"), "10", "day"),
    Field("outage", "span", mark("其中停服"), "0", "hour"),
    Field("used", "span", mark("自己用过"), "5", "hour"),
)


def _bought(policy: Policy) -> Field:
    return Field("n", "count", BOUGHT[policy.kind], _BOUGHT[policy.kind])


def _long_term(policy: Policy) -> list[Field]:
    if policy.factor_b_long_term == policy.factor_b:
        return []
    return [Field("long", "flag", mark("我是长期用户"))]


def _has_trial(policy: Policy) -> bool:
    return any(name.startswith("refund.trial") for name in policy.clauses)
