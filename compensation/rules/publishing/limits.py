"""Numbers of a policy that can't stand together, or that no case of decide() would show."""

from __future__ import annotations

from collections.abc import Iterator

from common.phrases import mark, phrase
from compensation.rules.policy import Policy
from compensation.rules.publishing.boundaries import start
from compensation.rules.publishing.faults import Fault, shown

# Clause: the numbers it can't do without.
_NEEDED = {
    "drop.tier_a": ("window_seconds", "filing_seconds"),
    "drop.slow": ("warranty_days",),
    "effect.early": ("effect_after_seconds",),
    "effect.exhausted": ("effect_rounds",),
}
_RATES = ("tier_a_rate", "tier_b_rate", "warn_rate", "urgent_rate", "fake_limit", "trial_units")
NAMES = {
    "auto_limit_fen": mark("超过多少钱要人看"),
    "dual_control_fen": mark("超过多少钱要两人批"),
    "risk_review": mark("风险分到多少要人看"),
    "fast_lane_credit": mark("免审要的信用分"),
    "fast_lane_quota_fen": mark("免审额度"),
    "tier_a_rate": mark("A 档掉到多少"),
    "tier_b_rate": mark("B 档掉到多少"),
    "factor_a": mark("A 档补几倍"),
    "factor_b": mark("B 档补几倍"),
    "factor_b_long_term": mark("B 档长期用户补几倍"),
    "warn_rate": mark("掉多少发提醒"),
    "urgent_rate": mark("掉多少算紧急"),
    "window_seconds": mark("掉量看多久"),
    "filing_seconds": mark("申请期限"),
    "warranty_days": mark("质保天数"),
    "long_term_months": mark("连续几个月算长期"),
    "fake_limit": mark("虚假比例上限"),
    "effect_rate": mark("每百个至少互动"),
    "effect_after_seconds": mark("多久后量互动"),
    "effect_rounds": mark("互动包最多几轮"),
    "trial_seconds": mark("体验期"),
    "trial_units": mark("体验期最多用掉"),
    "trial_used_seconds": mark("体验期最多用"),
    "cooling_off_seconds": mark("冷静期"),
    "pro_rata_seconds": mark("按比例退到什么时候"),
}


def faults(policy: Policy) -> Iterator[Fault]:
    for clause, names in _NEEDED.items():
        if clause in policy.clauses:
            yield from (_missing(clause, name) for name in names if not getattr(policy, name))
    for name in _RATES:
        top, base = getattr(policy, name)
        if top > base:
            detail = phrase("「{name}」不能超过 100 %，请填 0 到 100 之间的数。", name=phrase(NAMES[name]))
            yield Fault("above_whole", name, detail)
    if policy.filing_seconds < policy.window_seconds:
        detail = phrase("申请期限比掉量看的时间还短：窗口里掉的，有的来不及申请。请把申请期限放长。")
        yield Fault("filing_before_window", "filing_seconds", detail)
    if policy.dual_control_fen < policy.auto_limit_fen:
        yield _never_two(policy)


def _missing(clause: str, name: str) -> Fault:
    detail = phrase(
        "「{clause}」要用「{name}」，请填一个大于 0 的数。", clause=clause, name=phrase(NAMES[name])
    )
    return Fault("missing_number", clause, detail)


def _never_two(policy: Policy) -> Fault:
    """The sum that should have two people and has nobody."""
    facts = start(policy, 10, reason="defect", paid_fen=policy.dual_control_fen + 1)
    detail = phrase("要两人批的金额比要人看的还低：这一例该两人批，却一个人也不看。请调高两人批的金额。")
    return Fault("nobody_looks", "dual_control_fen", detail, shown(facts) | {"proof": "verified"})
