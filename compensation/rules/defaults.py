"""The five policies a shop starts with (rules §8), as the data that the policy rows are loaded from."""

from __future__ import annotations

from functools import cache
from typing import Any

from compensation.rules.policy import Policy

HOUR = 3600
DAY = 86_400

_REVIEW = {
    "auto_limit_fen": 20_000,
    "dual_control_fen": 100_000,
    "risk_review": 66,
    "fast_lane_credit": 700,
    "fast_lane_quota_fen": 50_000,
}
_FIRST = ["guidance:question", "message", "closed"]
_DROPS = [
    "drop.none:delivering",
    "drop.unmeasurable",
    "drop.outside",
    "drop.none",
    "drop.slow",
    "drop.gift",
    "drop.tier_a",
    "drop.tier_b",
    "drop.tier_c",
]
_DATA_AND_DELAY = ["drop.unmeasurable:abnormal_data", "delay.running", "delay.choice"]
_FAKES = ["fake.replace", "fake.claimed"]
_EFFECTS = ["effect.early", "effect.unmeasurable", "effect.exhausted", "effect.shortfall", "effect.met"]
_DEFECTS = ["guidance", "defect.late", "defect.verified", "defect.claimed", "defect.unproven"]

METERED: dict[str, Any] = {
    "code": "metered-standard",
    "version": 1,
    "kind": "metered",
    "title": "点赞类商品标准售后",
    "clauses": [
        *_FIRST,
        *_DROPS,
        *_DATA_AND_DELAY,
        *_FAKES,
        *_EFFECTS,
        "refund.unmeasurable",
        "refund.stopping",
        "refund.pro_rata",
        *_DEFECTS,
    ],
    **_REVIEW,
    "tier_a_rate": [10, 100],
    "tier_b_rate": [20, 100],
    "factor_a": [1, 1],
    "factor_b": [6, 5],
    "factor_b_long_term": [3, 2],
    "warn_rate": [8, 100],
    "urgent_rate": [30, 100],
    "window_seconds": 24 * HOUR,
    "filing_seconds": 72 * HOUR,
    "warranty_days": 30,
    "fake_limit": [3, 100],
    "effect_rate": [5, 100],
    "effect_after_seconds": 7 * DAY,
    "effect_rounds": 3,
}
LICENCE: dict[str, Any] = {
    "code": "licence-standard",
    "version": 1,
    "kind": "licence",
    "title": "卡密授权类商品标准售后",
    "clauses": [*_FIRST, *_DATA_AND_DELAY, "refund.cooling_off", "refund.after_cooling_off", *_DEFECTS],
    **_REVIEW,
    "cooling_off_seconds": 24 * HOUR,
}
COURSE: dict[str, Any] = {
    "code": "course-standard",
    "version": 1,
    "kind": "course",
    "title": "课程类商品标准售后",
    "clauses": [
        *_FIRST,
        *_DATA_AND_DELAY,
        "refund.trial",
        "refund.pro_rata",
        "refund.after_cooling_off",
        *_DEFECTS,
    ],
    **_REVIEW,
    "trial_seconds": 7 * DAY,
    "trial_units": [1, 10],
    "pro_rata_seconds": 30 * DAY,
}
SUBSCRIPTION: dict[str, Any] = {
    "code": "subscription-standard",
    "version": 1,
    "kind": "subscription",
    "title": "订阅类商品标准售后",
    "clauses": [*_FIRST, *_DATA_AND_DELAY, "refund.trial:time", "refund.pro_rata:time", *_DEFECTS],
    **_REVIEW,
    "trial_seconds": 24 * HOUR,
    "trial_used_seconds": HOUR,
}
GAME_ITEM: dict[str, Any] = {
    "code": "game-item-standard",
    "version": 1,
    "kind": "game_item",
    "title": "游戏道具类商品标准售后",
    "clauses": [*_FIRST, *_DATA_AND_DELAY, "refund.trial", "refund.after_cooling_off", *_DEFECTS],
    **_REVIEW,
    "trial_seconds": 2 * HOUR,
    "trial_units": [0, 1],
}

DEFAULT_POLICIES: tuple[dict[str, Any], ...] = (METERED, LICENCE, COURSE, SUBSCRIPTION, GAME_ITEM)


@cache
def default_policy(code: str) -> Policy:
    """One of the five by its code; KeyError for any other."""
    return Policy.from_data({data["code"]: data for data in DEFAULT_POLICIES}[code])
