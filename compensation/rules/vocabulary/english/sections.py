"""The text of a policy by topic in English."""

from __future__ import annotations

from compensation.rules.figures import yuan
from compensation.rules.policy import Policy
from compensation.rules.vocabulary.chinese import sections as chinese
from compensation.rules.vocabulary.chinese.sections import Section
from compensation.rules.vocabulary.english.clauses import Clauses
from compensation.rules.vocabulary.english.figures import counted


class Sections(Clauses, chinese.Sections):
    def on_window(self, p: Policy) -> Section:
        a = f"{_capital(self.range_of(p, 'A'))}: {self.promise_of(p, 'A', long_term=False)}"
        b = f"{_capital(self.range_of(p, 'B'))}: {self.promise_of(p, 'B', long_term=False)}{self.long_term_terms(p)}"
        c = f"{_capital(self.range_of(p, 'C'))}: full refund, plus the same number of premium likes as a gift"
        window = self.span(p.window_seconds)
        return f"Lost within {window}", [
            f"{a}. {b}. {c}.",
            f"You can claim for {self.span(p.filing_seconds)} after delivery ends. If you claim early,"
            " what we have topped up also offsets losses that come later, so you may end up in a lower tier.",
            f"Premium likes sent as a gift: within {window}, we top up one for each one missing.",
        ]

    def on_slow_drops(self, p: Policy) -> Section:
        return f"Slow losses after {self.span(p.window_seconds)}", [
            f"Within the warranty of {counted(p.warranty_days, 'day')}, we top up one for each one missing.",
            "If the top-ups come to more than was delivered, a person looks into why first.",
        ]

    def on_undelivered(self, p: Policy, *, delivered: int, left: int, sum_: str) -> Section:
        return "Delivery not complete", [
            "What wasn't delivered is refunded in proportion."
            f" For example, if only {delivered} arrive, the other {left} are refunded: {sum_}."
        ]

    def on_partly_used(self, p: Policy) -> Section:
        return "Partly used", [self.pro_rata_clause(p)]

    def on_trial(self, p: Policy) -> Section:
        return "Trial", [
            f"{_capital(self.trial_terms(p))}: full refund, no reason asked. Once per person and product.",
            "The time runs from payment or first delivery, whichever is later.",
        ]

    def on_cooling_off(self, p: Policy) -> Section:
        return "Cooling-off", [
            f"Within {self.span(p.cooling_off_seconds)}, what is unused is refunded in proportion."
            " The time runs from payment or first delivery, whichever is later.",
            "What you have seen and we can't take back counts as used, unless the supplier confirms that it is unused.",
        ]

    def on_too_late(self, p: Policy) -> Section:
        return "After these times", [self.too_late_clause(p)]

    def on_fakes(self, p: Policy) -> Section:
        return "Fake accounts", [
            "Send a screenshot and we check within 1 hour. Every account confirmed as fake is replaced."
            f" No more than {self.percent(*p.fake_limit)} are fake."
        ]

    def on_effect(self, p: Policy, *, per_thousand: int) -> Section:
        return "No interactions", [
            f"We measure once, {self.span(p.effect_after_seconds)} after delivery ends. 1000 likes should bring"
            f" {counted(per_thousand, 'interaction')}; we send as many as are missing,"
            f" in up to {counted(p.effect_rounds, 'round')}. If that isn't enough, a person takes over."
        ]

    def on_uncountable(self, p: Policy) -> Section:
        return "When it can't be counted", [
            "If the post is hidden or deleted, we take it neither as all lost nor as all there: a person looks at it."
        ]

    def on_defects(self, p: Policy) -> Section:
        return "Faulty goods", [
            "Tell us what is wrong, and a person checks it. Once it is confirmed, you choose: a replacement if there"
            " is enough stock, otherwise a refund, used or not.",
            "If it is a question of how to use it, we send you the guide first;"
            " if that doesn't help, a person takes over.",
        ]

    def on_delays(self, p: Policy) -> Section:
        return "Not delivered on time", [
            "Once the delivery deadline has passed, you choose: wait for one more delivery period,"
            " or get a refund for what hasn't arrived."
        ]

    def on_people(self, p: Policy) -> Section:
        return "When a person looks at it", [
            f"If refunds on one order come to more than {yuan(p.auto_limit_fen)}, a person checks before paying;"
            f" above {yuan(p.dual_control_fen)}, two colleagues check. Buyers with good credit may skip this.",
            "The check doesn't change the result. If you disagree with a result, you can always appeal,"
            " and a person looks at it again.",
        ]


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
