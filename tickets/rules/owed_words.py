"""What is said of what is owed, wherever it is claimed: that a person looks first, and what the button is called."""

from common.phrases import mark, phrase

REVIEW = mark("按规定要专人看过才发放，2 小时内答复您。")
AT_ONCE, BY_HAND, REVIEWED = "at_once", "by_hand", "review"
# Buyers of likes say 补赞; other goods are simply 补发.
_BUTTONS = {
    ("refund", AT_ONCE): mark("申请退款（一步完成）"),
    ("refund", BY_HAND): mark("申请退款（专人退款）"),
    ("refund", REVIEWED): mark("申请退款（专人核对）"),
    ("likes", AT_ONCE): mark("申请补赞（一步完成）"),
    ("likes", REVIEWED): mark("申请补赞（专人核对）"),
    ("units", AT_ONCE): mark("申请补发（一步完成）"),
    ("units", REVIEWED): mark("申请补发（专人核对）"),
}
# Where part of the line was paid back before, or is being paid back: what is offered is besides.
_AGAIN = {
    AT_ONCE: mark("再退 {amount}（一步完成）"),
    BY_HAND: mark("再退 {amount}（专人退款）"),
    REVIEWED: mark("再退 {amount}（专人核对）"),
}


def button(*, title: str, cash: bool, how: str) -> str:
    """`title`: of the goods; `how`: at_once | review, of cash also by_hand."""
    return _BUTTONS["refund" if cash else "likes" if "赞" in title else "units", how]


def again(*, amount: str, how: str) -> str:
    """Of cash, besides what was paid back before."""
    return phrase(_AGAIN[how], amount=amount)
