"""One sentence per clause in Chinese, as a ticket cites it."""

from __future__ import annotations

from collections.abc import Callable

from compensation.rules.policy import Policy
from compensation.rules.vocabulary.chinese.figures import Figures


class Clauses(Figures):
    def clause(self, p: Policy, code: str) -> str:
        """The rule behind a clause code, in one sentence; KeyError for a code that no policy knows."""
        return _SENTENCES[code](self, p)

    def tier_clause(self, p: Policy, tier: str) -> str:
        window, range_ = self.span(p.window_seconds), self.range_of(p, tier)
        if tier == "C":
            return f"掉赞第三档：{window}内掉赞{range_} 的，全额退款，另送等量优质赞。"
        promise = self.promise_of(p, tier, long_term=False)
        if tier == "A":
            return f"掉赞第一档：{window}内掉赞在 {range_}的，{promise}。"
        if promise.startswith("按"):
            promise += "足"
        return f"掉赞第二档：{window}内掉赞{range_} 的，{promise}{self.long_term_terms(p)}。"

    def pro_rata_clause(self, p: Policy) -> str:
        if p.kind == "metered":
            return "没送到的按比例退款，四舍五入到分；分几次退，加起来正好是全款。"
        if p.kind == "subscription":
            return "按剩下的时长退款，停服的时间算剩下的，四舍五入到分。"
        within = f"{self.span(p.pro_rata_seconds)}以内，" if p.pro_rata_seconds is not None else ""
        return f"{within}没用过的按比例退款，四舍五入到分；分几次退，加起来正好是全款。"

    def too_late_clause(self, p: Policy) -> str:
        times = []
        if "refund.trial" in p.clauses:
            times.append(f"体验期（{self.trial_terms(p)}）")
        if "refund.cooling_off" in p.clauses:
            times.append(f"冷静期（{self.span(p.cooling_off_seconds)}）")
        if p.pro_rata_seconds is not None:
            times.append(f"按用量退款的时限（{self.span(p.pro_rata_seconds)}）")
        return f"不在{'、'.join(times)}里的不退款；商品本身有毛病的除外。"


_SENTENCES: dict[str, Callable[[Clauses, Policy], str]] = {
    "guidance": lambda v, p: "用法上的问题，先给教程；还是不行，由专人接着处理。",
    "message": lambda v, p: "建议和其他事情原样转给专人，看过后答复。",
    "closed": lambda v, p: "钱或数量已经全部退过的订单已结清，不再退补；提问和建议照常答复。",
    "drop.none": lambda v, p: "没有少，或者还没送完，就没有要补的。",
    "drop.unmeasurable": lambda v, p: "数不出来的，不当作掉光，也不当作没掉，转专人看。",
    "drop.outside": lambda v, p: (
        f"过了质保（送完起 {p.warranty_days} 天）的，不再补；赠送的只保 {v.span(p.window_seconds)}。"
    ),
    "drop.slow": lambda v, p: (
        f"{v.span(p.window_seconds)}后慢慢掉的，{p.warranty_days} 天质保内少多少补多少。"
    ),
    "drop.gift": lambda v, p: f"赠送的，{v.span(p.window_seconds)}内少多少补多少，补优质赞。",
    "drop.tier_a": lambda v, p: v.tier_clause(p, "A"),
    "drop.tier_b": lambda v, p: v.tier_clause(p, "B"),
    "drop.tier_c": lambda v, p: v.tier_clause(p, "C"),
    "delay.running": lambda v, p: "没到送达时限的，请再等等；过了时限可以选退款。",
    "delay.choice": lambda v, p: "过了送达时限没送完的，由您选：再等一个时限，或退没送到的。",
    "fake.replace": lambda v, p: "核实是假号的，核实几个换几个。",
    "fake.claimed": lambda v, p: "反映像是假号的，1 小时内核实。",
    "effect.early": lambda v, p: f"互动在送完 {v.span(p.effect_after_seconds)}后量，没到时候的先等等。",
    "effect.shortfall": lambda v, p: (
        f"每 100 个赞至少 {v.per_hundred(p)} 次互动，差几次送几次，最多送 {p.effect_rounds} 轮。"
    ),
    "effect.met": lambda v, p: f"每 100 个赞已有 {v.per_hundred(p)} 次互动的，没有可送的。",
    "effect.exhausted": lambda v, p: f"送过 {p.effect_rounds} 轮互动还不够的，由专人接手。",
    "effect.unmeasurable": lambda v, p: "互动数不出来的，转专人看。",
    "refund.trial": lambda v, p: f"体验期：{v.trial_terms(p)}，不问理由全部退，每人每种商品一次。",
    "refund.cooling_off": lambda v, p: f"冷静期：{v.span(p.cooling_off_seconds)}以内，没用过的按比例退款。",
    "refund.pro_rata": Clauses.pro_rata_clause,
    "refund.after_cooling_off": Clauses.too_late_clause,
    "refund.unmeasurable": lambda v, p: "数不清送到了多少的，转专人核对后退款。",
    "refund.stopping": lambda v, p: "还在送的，停下或过了送达时限后再申请，退没送到的。",
    "defect.verified": lambda v, p: "核实商品有毛病的，由您选：库存够就换新，否则退款，用过的也退。",
    "defect.claimed": lambda v, p: "商品有毛病并传了凭证的，由专人核实。",
    "defect.unproven": lambda v, p: "商品有毛病而没有凭证的，不会因此拒绝，由专人核实。",
    "defect.late": lambda v, p: "过了质保核实有毛病的，由专人决定。",
}
