"""The rows of worked examples in English."""

from __future__ import annotations

from compensation.rules.figures import yuan
from compensation.rules.vocabulary.chinese import examples as chinese
from compensation.rules.vocabulary.english.figures import Figures, counted


class Examples(Figures, chinese.Examples):
    faulty_goods = "Fault confirmed"
    even_if_used = "used or not"
    unused = "unused"
    gives_nothing = "nothing due"
    gives_instead = {"refuse": "no refund", "review": "a person looks at it", "guide": "you choose"}
    between_gifts = ", plus "

    def gives_cash(self, fen: int) -> str:
        return f"refund\N{NO-BREAK SPACE}{yuan(fen)}"

    def gives_units(self, kind: str, count: int) -> str:
        if kind == "interaction_pack":
            return counted(count, "interaction")
        return f"{count} {_GIVEN[kind]}"

    def used_of(self, used: int, ordered: int) -> str:
        return f"{used} of {ordered} used"

    def used_for(self, seconds: int) -> str:
        return f"used for {self.span(seconds)}"

    def after(self, seconds: int) -> str:
        return f"At exactly {self.span(seconds)}"

    def within(self, seconds: int) -> str:
        return f"Within {self.span(seconds)}"

    def beyond(self, seconds: int) -> str:
        return f"After {self.span(seconds)}"

    def used_a_second_more(self, seconds: int) -> str:
        return f"used for {self.span(seconds)} and 1 second" if seconds else "used for 1 second"


_GIVEN = {"gift": "premium as a gift", "replacement": "replaced", "top_up": "topped up"}
