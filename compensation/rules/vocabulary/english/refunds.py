"""The sums of refunds in English, and what is said of goods that don't do what was promised."""

from __future__ import annotations

from compensation.rules.policy import Policy
from compensation.rules.vocabulary.chinese import refunds as chinese
from compensation.rules.vocabulary.english.figures import Figures


class Refunds(Figures, chinese.Refunds):
    delivered_uncountable = (
        "To refund what wasn't delivered we must know how much was, and right now it can't be counted."
    )
    amount_not_settled = (
        "This order is still being delivered. How much won't arrive is not settled yet,"
        " so it can't be refunded now."
    )
    ask_to_stop = (
        "Please ask the shop to stop. Once it has stopped, or if delivery isn't complete by the deadline,"
        " claim again and we refund what wasn't delivered."
    )
    trial_fits = "All conditions are met: full refund, no reason asked."
    nothing_left = "There is nothing left to refund, so no refund is due this time."
    time_gone = "Time gone by, outages not counted"
    time_left = "Time left"
    time_worth = "What the time left is worth, rounded to the nearest ¥0.01"
    since_start = "Time since payment or first delivery"
    trial_was_taken = "You have had a refund by the trial of this product already"
    defects_differ = (
        'Faulty goods are not bound by this: under "Something else", choose "Doesn\'t work" or'
        ' "It isn\'t as described". You can also appeal if you disagree, and a person will look at it again.'
    )
    asked_for = "You are asking for"
    units_worth = "What these are worth, rounded to the nearest ¥0.01"
    less_refunded = "Less earlier refunds, so your refund now is"

    how_to_use = (
        "We checked, and it comes down to how it is used. Please try once more with the guide;"
        " if it still doesn't work, write to us below and a person takes over."
    )
    verified_too_late = (
        "The fault is confirmed, but the warranty has ended, so the system can't decide it alone."
        " Your claim has not been refused."
    )
    replacement_chosen = "The fault is confirmed, and you chose a replacement."
    whole_is_faulty = "The fault is confirmed: everything is refunded, used or not."
    part_is_faulty = "The fault is confirmed: everything faulty is refunded, used or not."
    to_verify = "We have your description and your proof. Once confirmed, we replace or refund by the rules."
    no_proof_yet = (
        "There is no proof yet. No proof doesn't mean there is no fault: your claim has not been refused."
    )

    def within_trial(self, p: Policy) -> str:
        return f"The trial lasts {self.span(p.trial_seconds)}; gone by so far"

    def within_cooling_off(self, p: Policy) -> str:
        return f"Cooling-off lasts {self.span(p.cooling_off_seconds)}; gone by so far"

    def within_pro_rata(self, seconds: int) -> str:
        return f"Refunds of what is unused are open for {self.span(seconds)}; gone by so far"

    def trial_units(self, p: Policy) -> str:
        return f"It must be {self.trial_use(p)}; you have used"

    def trial_time(self, p: Policy) -> str:
        limit = p.trial_used_seconds
        return (
            "You have used it for" if limit is None else f"At most {self.span(limit)}; you have used it for"
        )

    def refundable(self, p: Policy) -> str:
        left = "not delivered" if p.kind == "metered" else "unused"
        return f"Still refundable: what is {left}, less what was refunded"

    def outside_all(self, p: Policy) -> str:
        conditions = []
        if "refund.cooling_off" in p.clauses:
            conditions.append(f"Cooling-off lasts {self.span(p.cooling_off_seconds)}, for what is unused.")
        if "refund.trial" in p.clauses:
            trial = f"The trial lasts {self.span(p.trial_seconds)}, {self.trial_use(p)}, once per person and product."
            conditions.append(trial)
        if p.pro_rata_seconds is not None:
            conditions.append(f"Refunds of what is unused are open for {self.span(p.pro_rata_seconds)}.")
        return " ".join([*conditions, "This order is outside these limits, so it can't be refunded."])

    def all_worth(self, refunded_units: int) -> str:
        return f"Worth together with the {refunded_units} refunded before, rounded to the nearest ¥0.01"

    def replaced_from(self, stock: int) -> str:
        return f"{stock} in stock, enough for a replacement: we replace"

    def stock_too_small(self, stock: int) -> str:
        return (
            f"The fault is confirmed. You chose a replacement, but the stock of {stock} is not enough,"
            " so we refund instead."
        )
