"""The sums of fake units and of the effect guarantee in Chinese."""

from __future__ import annotations

from compensation.rules.policy import Policy
from compensation.rules.vocabulary.chinese.figures import Figures


class Effects(Figures):
    fakes_counted = "核实是假号的，最多算到送完时的数量"
    fakes_owed = "核实几个换几个，减去之前换过的"
    fakes_to_verify = "您反映有假号，1 小时内核实，核实几个换几个。"
    interactions_uncountable = "现在数不出互动的次数：可能被隐藏或删除。"
    interactions_enough = "互动已经够了，所以这次没有可送的。"
    less_interactions = "减去已有的互动"
    less_interactions_and_packs = "减去已有的互动和在路上的互动包"

    def measured_later(self, p: Policy) -> str:
        return f"互动在送完 {self.span(p.effect_after_seconds)}后量，现在还早。到时候再来申请，差几次送几次。"

    def interactions_promised(self, p: Policy) -> str:
        return f"每 100 个应有 {self.per_hundred(p)} 次互动，有小数就进一"

    def interactions_sent(self, p: Policy) -> str:
        return f"差几次送几次，送完再量一次，最多送 {p.effect_rounds} 轮。"

    def interactions_exhausted(self, rounds: int) -> str:
        return f"已经送过 {rounds} 轮，还是不够，不再照样送，改由专人想办法。"
