"""The text of a policy by topic in Chinese: each topic is (heading, paragraphs)."""

from __future__ import annotations

from compensation.rules.figures import yuan
from compensation.rules.policy import Policy
from compensation.rules.vocabulary.chinese.clauses import Clauses

Section = tuple[str, list[str]]


class Sections(Clauses):
    """One method per topic; `words.sections` says which of them a policy has."""

    def on_window(self, p: Policy) -> Section:
        a = f"{self.range_of(p, 'A')}，{self.promise_of(p, 'A', long_term=False)}"
        b = f"{self.range_of(p, 'B')}，{self.promise_of(p, 'B', long_term=False)}{self.long_term_terms(p)}"
        window = self.span(p.window_seconds)
        return f"{window}内掉赞", [
            f"{a}。{b}。{self.range_of(p, 'C')}，全额退款，另送等量优质赞。",
            f"送完后 {self.span(p.filing_seconds)}内都可以申请。"
            "早申请的话，已经补的会抵掉之后的掉数，档位可能低一些。",
            f"另送的优质赞，{window}内少多少补多少。",
        ]

    def on_slow_drops(self, p: Policy) -> Section:
        return f"{self.span(p.window_seconds)}后慢慢掉", [
            f"{p.warranty_days} 天质保内，少多少补多少。",
            "累计补的超过送完时的数量，先由专人看原因。",
        ]

    def on_undelivered(self, p: Policy, *, delivered: int, left: int, sum_: str) -> Section:
        """With one sum worked out: so many delivered, so many refunded."""
        return "没送完", [f"没送到的按比例退。例：只送到 {delivered} 个，退 {left} 个的钱，{sum_}。"]

    def on_partly_used(self, p: Policy) -> Section:
        return "用了一部分", [self.pro_rata_clause(p)]

    def on_trial(self, p: Policy) -> Section:
        return "体验期", [
            f"{self.trial_terms(p)}，不问理由全部退。每人每种商品一次。",
            "时间从付款和首次送达里晚的那个算起。",
        ]

    def on_cooling_off(self, p: Policy) -> Section:
        return "冷静期", [
            f"{self.span(p.cooling_off_seconds)}以内，没用过的按比例退。时间从付款和首次送达里晚的那个算起。",
            "看过内容又收不回的算用过，供货方确认没用过的除外。",
        ]

    def on_too_late(self, p: Policy) -> Section:
        return "过了时间", [self.too_late_clause(p)]

    def on_fakes(self, p: Policy) -> Section:
        limit = self.percent(*p.fake_limit)
        return "像是假号", [f"传一张截图，1 小时内核实。核实几个，换几个。假号不超过 {limit}。"]

    def on_effect(self, p: Policy, *, per_thousand: int) -> Section:
        return "没有互动", [
            f"送完 {self.span(p.effect_after_seconds)}后量一次。1000 个赞应有 {per_thousand} 次互动，差几次送几次，"
            f"最多送 {p.effect_rounds} 轮，再不够由专人接手。"
        ]

    def on_uncountable(self, p: Policy) -> Section:
        return "数不出来", ["说说被隐藏或删除时，不当作掉光，也不当作没掉，转专人看。"]

    def on_defects(self, p: Policy) -> Section:
        return "商品有毛病", [
            "说清楚哪里不对，由专人核实。核实后由您选：库存够就换新，否则退款，用过的也退。",
            "用法上的问题，先给您教程，还是不行再由专人接手。",
        ]

    def on_delays(self, p: Policy) -> Section:
        return "没按时送到", ["过了送达时限，由您选：再等一个时限，或退没送到的。"]

    def on_people(self, p: Policy) -> Section:
        return "什么时候由人看", [
            f"一单累计退款超过 {yuan(p.auto_limit_fen)}，由专人核对后付款；"
            f"超过 {yuan(p.dual_control_fen)}，由两位同事核对。信用好的可以免审。",
            "核对不改算出的结果。对结果不同意，都可以申诉，由专人复核。",
        ]
