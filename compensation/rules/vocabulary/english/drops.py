"""The sums of a drop in English."""

from __future__ import annotations

from compensation.rules.policy import Policy
from compensation.rules.vocabulary.chinese import drops as chinese
from compensation.rules.vocabulary.english.figures import Figures


class Drops(Figures, chinese.Drops):
    delivered_so_far = "Delivered so far"
    still_delivering = (
        "This order is still being delivered. Losses count from the end of delivery, so there is nothing to top up"
        " yet. If any are lost after that, you can claim here on the spot."
    )
    uncountable = "It can't be counted right now: it may be hidden or deleted, or the counter may be off."
    data_in_doubt = (
        "You told us the figures look wrong. While in doubt we don't go by them: a person checks them first."
    )

    delivered = "At the end of delivery"
    present = "Now"
    present_and_pending = "Now, with top-ups still on their way"
    missing = "Missing now"
    with_restored = "Plus what earlier claims already found missing"
    share = "Share of what was delivered"
    nothing_missing = (
        "We counted: none are missing, so there is nothing to top up. If you lose any later, claim again."
    )

    gift_is_over = (
        "A gift is covered only for what is lost within 24 hours of its delivery."
        " That time has passed, so we can't top it up."
    )
    warranty_is_over = "The warranty that began with delivery has ended, so we can't top this up."
    dates_can_be_appealed = (
        "If the dates are wrong or you disagree, you can appeal, and a person will look at it again."
    )

    slow_one_to_one = "Slow losses within the warranty: we top up one for each one missing"
    gift_one_to_one = "A gift, within 24 hours: we top up one for each one missing, with premium ones"

    owed = "Owed"
    owed_rounded_up = "Owed, fractions rounded up"
    less_granted = "Less what we topped up before"
    whole_refund = "Your refund: what you paid, less earlier refunds"
    premium_too = "Premium gift on top: what was delivered, but no more than is not yet refunded"

    def slow_beyond(self, delivered: int) -> str:
        return (
            f"Top-ups within the warranty now come to more than the {delivered} delivered:"
            " before we send more, a person looks into why"
        )

    def tier_line(self, p: Policy, tier: str, *, long_term: bool) -> str:
        range_ = self.range_of(p, tier)
        range_ = range_[0].upper() + range_[1:]
        if tier == "C":
            return f"{range_}: full refund, plus the same number of premium ones as a gift"
        who = ", and you are a long-term buyer" if tier == "B" and long_term else ""
        return f"{range_}{who}: {self.promise_of(p, tier, long_term=long_term)}"
