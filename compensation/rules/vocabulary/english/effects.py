"""The sums of fake units and of the effect guarantee in English."""

from __future__ import annotations

from compensation.rules.policy import Policy
from compensation.rules.vocabulary.chinese import effects as chinese
from compensation.rules.vocabulary.english.figures import Figures, counted


class Effects(Figures, chinese.Effects):
    fakes_counted = "Confirmed as fake, counted up to what was delivered"
    fakes_owed = "One replacement for each, less those already replaced"
    fakes_to_verify = (
        "You reported fake accounts. We check within 1 hour and replace each one that is confirmed."
    )
    interactions_uncountable = "The interactions can't be counted right now: they may be hidden or deleted."
    interactions_enough = "There are enough interactions, so there is nothing to send this time."
    less_interactions = "Less the interactions already there"
    less_interactions_and_packs = "Less the interactions already there and those on their way"

    def measured_later(self, p: Policy) -> str:
        return (
            f"Interactions are measured {self.span(p.effect_after_seconds)} after delivery ends, so it is too early."
            " Claim again then, and we send as many as are missing."
        )

    def interactions_promised(self, p: Policy) -> str:
        return f"{counted(self.per_hundred(p), 'interaction')} for every 100, fractions rounded up"

    def interactions_sent(self, p: Policy) -> str:
        most = counted(p.effect_rounds, "round")
        return f"We send as many as are missing, then measure again, for up to {most}."

    def interactions_exhausted(self, rounds: int) -> str:
        return (
            f"We have sent {counted(rounds, 'round')} and it is still not enough."
            " Rather than send the same again, a person will find another way."
        )
