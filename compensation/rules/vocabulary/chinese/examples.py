"""The rows of worked examples in Chinese: when, and what the buyer gets."""

from __future__ import annotations

from compensation.rules.figures import yuan
from compensation.rules.vocabulary.chinese.figures import Figures


class Examples(Figures):
    faulty_goods = "核实商品有毛病"
    even_if_used = "用过的也退"
    unused = "没用过"
    gives_nothing = "没有可退补的"
    gives_instead = {"refuse": "不退", "review": "由专人看", "guide": "由您选"}
    between_gifts = "，"

    def gives_cash(self, fen: int) -> str:
        return f"退 {yuan(fen)}"

    def gives_units(self, kind: str, count: int) -> str:
        return _GIVEN[kind].format(count)

    def used_of(self, used: int, ordered: int) -> str:
        return f"用掉 {used} / {ordered}"

    def used_for(self, seconds: int) -> str:
        return f"用过 {self.span(seconds)}"

    def after(self, seconds: int) -> str:
        """A time that is no limit."""
        return f"满 {self.span(seconds)}"

    def within(self, seconds: int) -> str:
        """Up to a limit, its last second included."""
        return f"{self.span(seconds)}内"

    def beyond(self, seconds: int) -> str:
        """From the second after a limit on."""
        return f"超过 {self.span(seconds)}"

    def used_a_second_more(self, seconds: int) -> str:
        return f"用过 {self.span(seconds)}又 1 秒" if seconds else "用过 1 秒"


_GIVEN = {
    "gift": "另送优质 {} 个",
    "interaction_pack": "送互动 {} 次",
    "replacement": "换新 {} 份",
    "top_up": "补 {} 个",
}
