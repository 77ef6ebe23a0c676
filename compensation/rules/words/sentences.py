"""One sentence per clause, as a ticket cites it."""

from __future__ import annotations

from collections.abc import Callable

from compensation.rules.explain.phrases import per_hundred, promise_of, range_of
from compensation.rules.figures import decimal, percent, span
from compensation.rules.policy import Policy


def clause_text(policy: Policy, clause: str) -> str:
    """The rule behind a clause code, in one sentence; KeyError for a code that no policy knows."""
    return _SENTENCES[clause](policy)


def trial_terms(p: Policy) -> str:
    """What a trial asks for: so long, and used so little."""
    if p.trial_used_seconds is not None:
        return f"{span(p.trial_seconds)}以内、用过不超过 {span(p.trial_used_seconds)}"
    if p.trial_units[0] == 0:
        return f"{span(p.trial_seconds)}以内、没有用过"
    return f"{span(p.trial_seconds)}以内、用掉不超过 {percent(*p.trial_units)}"


def long_term_terms(p: Policy) -> str:
    """What a long-term buyer gets instead in tier B; empty where it is the same."""
    if p.factor_b_long_term == p.factor_b:
        return ""
    return f"，长期用户按 1:{decimal(p.factor_b_long_term)} 补"


def _tier(policy: Policy, tier: str) -> str:
    window = span(policy.window_seconds)
    promise = promise_of(policy, tier, long_term=False)
    if tier == "A":
        return f"掉赞第一档：{window}内掉赞在 {range_of(policy, 'A')}的，{promise}。"
    if promise.startswith("按"):
        promise += "足"
    return f"掉赞第二档：{window}内掉赞{range_of(policy, 'B')} 的，{promise}{long_term_terms(policy)}。"


def _tier_c(p: Policy) -> str:
    return f"掉赞第三档：{span(p.window_seconds)}内掉赞{range_of(p, 'C')} 的，全额退款，另送等量优质赞。"


def _pro_rata(p: Policy) -> str:
    if p.kind == "metered":
        return "没送到的按比例退款，四舍五入到分；分几次退，加起来正好是全款。"
    if p.kind == "subscription":
        return "按剩下的时长退款，停服的时间算剩下的，四舍五入到分。"
    within = f"{span(p.pro_rata_seconds)}以内，" if p.pro_rata_seconds is not None else ""
    return f"{within}没用过的按比例退款，四舍五入到分；分几次退，加起来正好是全款。"


def _too_late(p: Policy) -> str:
    times = []
    if "refund.trial" in p.clauses:
        times.append(f"体验期（{trial_terms(p)}）")
    if "refund.cooling_off" in p.clauses:
        times.append(f"冷静期（{span(p.cooling_off_seconds)}）")
    if p.pro_rata_seconds is not None:
        times.append(f"按用量退款的时限（{span(p.pro_rata_seconds)}）")
    return f"不在{'、'.join(times)}里的不退款；商品本身有毛病的除外。"


_SENTENCES: dict[str, Callable[[Policy], str]] = {
    "guidance": lambda p: "用法上的问题，先给教程；还是不行，由专人接着处理。",
    "message": lambda p: "建议和其他事情原样转给专人，看过后答复。",
    "closed": lambda p: "钱或数量已经全部退过的订单已结清，不再退补；提问和建议照常答复。",
    "drop.none": lambda p: "没有少的，或者还没送完的，没有可补的。",
    "drop.unmeasurable": lambda p: "数不出来的，不当作掉光，也不当作没掉，转专人看。",
    "drop.outside": lambda p: (
        f"过了质保（送完起 {p.warranty_days} 天）的，不再补；赠送的只保 {span(p.window_seconds)}。"
    ),
    "drop.slow": lambda p: f"{span(p.window_seconds)}后慢慢掉的，{p.warranty_days} 天质保内少多少补多少。",
    "drop.gift": lambda p: f"赠送的，{span(p.window_seconds)}内少多少补多少，补优质赞。",
    "drop.tier_a": lambda p: _tier(p, "A"),
    "drop.tier_b": lambda p: _tier(p, "B"),
    "drop.tier_c": _tier_c,
    "delay.running": lambda p: "没到送达时限的，请再等等；过了时限可以选退款。",
    "delay.choice": lambda p: "过了送达时限没送完的，由您选：再等一个时限，或退没送到的。",
    "fake.replace": lambda p: "核实是假号的，核实几个换几个。",
    "fake.claimed": lambda p: "反映像是假号的，1 小时内核实。",
    "effect.early": lambda p: f"互动在送完 {span(p.effect_after_seconds)}后量，没到时候的先等等。",
    "effect.shortfall": lambda p: (
        f"每 100 个赞至少 {per_hundred(p)} 次互动，差几次送几次，最多送 {p.effect_rounds} 轮。"
    ),
    "effect.met": lambda p: f"每 100 个赞已有 {per_hundred(p)} 次互动的，没有可送的。",
    "effect.exhausted": lambda p: f"送过 {p.effect_rounds} 轮互动还不够的，由专人接手。",
    "effect.unmeasurable": lambda p: "互动数不出来的，转专人看。",
    "refund.trial": lambda p: f"体验期：{trial_terms(p)}，不问理由全部退，每人每种商品一次。",
    "refund.cooling_off": lambda p: f"冷静期：{span(p.cooling_off_seconds)}以内，没用过的按比例退款。",
    "refund.pro_rata": _pro_rata,
    "refund.after_cooling_off": _too_late,
    "refund.unmeasurable": lambda p: "数不清送到了多少的，转专人核对后退款。",
    "refund.stopping": lambda p: "还在送的，停下或过了送达时限后再申请，退没送到的。",
    "defect.verified": lambda p: "核实商品有毛病的，由您选：库存够就换新，否则退款，用过的也退。",
    "defect.claimed": lambda p: "商品有毛病并传了凭证的，由专人核实。",
    "defect.unproven": lambda p: "商品有毛病而没有凭证的，不会因此拒绝，由专人核实。",
    "defect.late": lambda p: "过了质保核实有毛病的，由专人决定。",
}
