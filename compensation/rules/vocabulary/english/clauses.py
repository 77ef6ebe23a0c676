"""One sentence per clause in English."""

from __future__ import annotations

from collections.abc import Callable

from compensation.rules.policy import Policy
from compensation.rules.vocabulary.chinese import clauses as chinese
from compensation.rules.vocabulary.english.figures import Figures, counted


class Clauses(Figures, chinese.Clauses):
    def clause(self, p: Policy, code: str) -> str:
        return _SENTENCES[code](self, p)

    def tier_clause(self, p: Policy, tier: str) -> str:
        lost = f"if {self.range_of(p, tier)} are gone within {self.span(p.window_seconds)}"
        if tier == "C":
            return f"Drops, tier 3: {lost}, we refund in full and send the same number of premium likes as a gift."
        promise = self.promise_of(p, tier, long_term=False)
        if tier == "A":
            return f"Drops, tier 1: {lost}, {promise}."
        return f"Drops, tier 2: {lost}, {promise}{self.long_term_terms(p)}."

    def pro_rata_clause(self, p: Policy) -> str:
        exact = "rounded to the nearest ¥0.01; several refunds add up to exactly the full price"
        if p.kind == "metered":
            return f"What wasn't delivered is refunded in proportion, {exact}."
        if p.kind == "subscription":
            return (
                "The time left is refunded in proportion, outages counted as time left,"
                " rounded to the nearest ¥0.01."
            )
        if p.pro_rata_seconds is None:
            return f"What is unused is refunded in proportion, {exact}."
        return f"Within {self.span(p.pro_rata_seconds)}, what is unused is refunded in proportion, {exact}."

    def too_late_clause(self, p: Policy) -> str:
        times = []
        if "refund.trial" in p.clauses:
            times.append(f"the trial ({self.trial_terms(p)})")
        if "refund.cooling_off" in p.clauses:
            times.append(f"cooling-off ({self.span(p.cooling_off_seconds)})")
        if p.pro_rata_seconds is not None:
            times.append(f"the time for refunds of what is unused ({self.span(p.pro_rata_seconds)})")
        return f"Outside {' and '.join(times)}, nothing is refunded unless the goods are faulty."


_SENTENCES: dict[str, Callable[[Clauses, Policy], str]] = {
    "guidance": lambda v, p: (
        "If it is a question of how to use it, we send the guide first, and if that doesn't help a person takes over."
    ),
    "message": lambda v, p: (
        "Suggestions and other matters go to a person word for word, and are answered once read."
    ),
    "closed": lambda v, p: (
        "An order whose money or units have all been given back is settled: nothing more is refunded or topped up,"
        " while questions and suggestions are answered as ever."
    ),
    "drop.none": lambda v, p: (
        "Where nothing is missing, or delivery isn't complete, there is nothing to top up."
    ),
    "drop.unmeasurable": lambda v, p: (
        "What can't be counted is taken neither as all lost nor as all there: a person looks at it."
    ),
    "drop.outside": lambda v, p: (
        f"Once the warranty is over ({counted(p.warranty_days, 'day')} from the end of delivery) nothing is topped up;"
        f" gifts are covered for {v.span(p.window_seconds)} only."
    ),
    "drop.slow": lambda v, p: (
        f"Slow losses after {v.span(p.window_seconds)} are topped up one for one"
        f" within the warranty of {counted(p.warranty_days, 'day')}."
    ),
    "drop.gift": lambda v, p: (
        f"For a gift, what is missing within {v.span(p.window_seconds)} is topped up one for one with premium likes."
    ),
    "drop.tier_a": lambda v, p: v.tier_clause(p, "A"),
    "drop.tier_b": lambda v, p: v.tier_clause(p, "B"),
    "drop.tier_c": lambda v, p: v.tier_clause(p, "C"),
    "delay.running": lambda v, p: (
        "Until the delivery deadline, please wait a little longer; after it you can choose a refund."
    ),
    "delay.choice": lambda v, p: (
        "If delivery isn't complete by the deadline, you choose: wait for one more delivery period,"
        " or get a refund for what hasn't arrived."
    ),
    "fake.replace": lambda v, p: "Every account that is confirmed as fake is replaced.",
    "fake.claimed": lambda v, p: "Reports of fake accounts are checked within 1 hour.",
    "effect.early": lambda v, p: (
        f"Interactions are measured {v.span(p.effect_after_seconds)} after delivery ends; until then, please wait."
    ),
    "effect.shortfall": lambda v, p: (
        f"There are at least {counted(v.per_hundred(p), 'interaction')} for every 100 likes;"
        f" we send as many as are missing, in up to {counted(p.effect_rounds, 'round')}."
    ),
    "effect.met": lambda v, p: (
        f"Where every 100 likes have {counted(v.per_hundred(p), 'interaction')}, there is nothing to send."
    ),
    "effect.exhausted": lambda v, p: (
        f"If it is still not enough after {counted(p.effect_rounds, 'round')} of interactions, a person takes over."
    ),
    "effect.unmeasurable": lambda v, p: "If the interactions can't be counted, a person looks at it.",
    "refund.trial": lambda v, p: (
        f"Trial: {v.trial_terms(p)}, you get a full refund, no reason asked, once per person and product."
    ),
    "refund.cooling_off": lambda v, p: (
        f"Cooling-off: within {v.span(p.cooling_off_seconds)}, what is unused is refunded in proportion."
    ),
    "refund.pro_rata": Clauses.pro_rata_clause,
    "refund.after_cooling_off": Clauses.too_late_clause,
    "refund.unmeasurable": lambda v, p: (
        "If it can't be told how much was delivered, a person checks it and then refunds."
    ),
    "refund.stopping": lambda v, p: (
        "While delivery goes on, claim again once it has stopped or its deadline has passed:"
        " what wasn't delivered is refunded."
    ),
    "defect.verified": lambda v, p: (
        "Once goods are confirmed to be faulty, you choose: a replacement if there is enough stock,"
        " otherwise a refund, used or not."
    ),
    "defect.claimed": lambda v, p: "If the goods are faulty and you sent proof, a person checks it.",
    "defect.unproven": lambda v, p: (
        "A claim about faulty goods is not refused for lack of proof: a person checks it."
    ),
    "defect.late": lambda v, p: "If a fault is confirmed after the warranty is over, a person decides.",
}
