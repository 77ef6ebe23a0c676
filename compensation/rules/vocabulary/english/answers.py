"""What is answered rather than computed, and why a person looks at it, in English."""

from __future__ import annotations

from compensation.rules.figures import yuan
from compensation.rules.vocabulary.chinese import answers as chinese
from compensation.rules.vocabulary.english.figures import Figures

_BEFORE_ANYTHING = (
    "A person looks at this order before anything is done. The result above stays as it is meanwhile."
)


class Answers(Figures, chinese.Answers):
    guide_first = (
        "Here is the guide for this first. If it doesn't help, write below and a person will answer."
    )
    passed_on = "We have your message and have passed it on, word for word, to a person."
    being_refunded = (
        "A full refund of this order is already decided. It hasn't come through yet and a person is seeing to it,"
        " so nothing more is refunded or topped up here."
    )
    can_be_appealed = "If you disagree, you can appeal, and a person will look at it again."
    settled = (
        "All the money or all the units of this order have been given back. It is settled,"
        " so nothing more can be refunded or topped up."
    )
    settled_by_what = (
        "To see what settled it, open this order's records."
        " If you disagree, you can appeal, and a person will look at it again."
    )

    arrived = "Delivered so far"
    all_arrived = (
        "Everything has been delivered. If you see something else, tell us below and a person will look."
    )
    on_its_way = (
        "It is on its way, and the delivery deadline hasn't passed. If it isn't complete by then,"
        " you can go on waiting or get a refund for what hasn't arrived."
    )
    late_choice = (
        "The delivery deadline has passed. Please choose: wait for one more delivery period, or get a refund for"
        " what hasn't arrived. Until you choose, both stay open to you."
    )

    next_step = {
        "unmeasurable": "There is no reliable count right now. We take it neither as all lost nor as all there:"
        " a person checks it and answers you.",
        "person": "A person takes over from here and will answer you. You don't need to submit it again.",
        "proof": "A person checks it next. You can add a clear screenshot, which makes it quicker.",
        "supplier": "The supplier says the top-up is complete, but it has never shown in the count."
        " A person asks the supplier first; what you are owed stays the same.",
        "risk": _BEFORE_ANYTHING,
        "manual": _BEFORE_ANYTHING,
    }

    def amount_to_approve(self, *, approvals: int, auto_limit_fen: int) -> str:
        check = "two colleagues check" if approvals > 1 else "a person checks"
        return (
            f"Refunds on this order come to more than {yuan(auto_limit_fen)}, so {check} before it is paid;"
            " the amount stays the same"
        )
