"""The look-up page in finished words: the question, what went wrong, the promise from the policy's data."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.text import capfirst

from common import figures
from common.language import say, spoken
from common.phrases import mark
from compensation.queries import vocabulary
from compensation.rules.policy import Policy


@dataclass(frozen=True)
class LookupPage:
    heading: str = field(default_factory=lambda: say("掉量、失效、没送到，都在这里查"))
    intro: str = field(default_factory=lambda: say("输入订单号，当场看到该补多少、该退多少、为什么。"))
    order_no: str = ""
    error: str = ""
    order_error: str = ""
    button: str = field(default_factory=lambda: say("查订单"))
    waits: bool = False


@dataclass(frozen=True)
class PromiseRow:
    when: str
    then: str


# {kind: (what buyers call it, what they find out)}, the most asked after first.
_KINDS = {
    "metered": (mark("点赞、播放"), mark("少了多少，补多少")),
    "licence": (mark("卡密、激活码"), mark("没用过的退多少，用不了怎么办")),
    "course": (mark("课程"), mark("没学的退多少")),
    "subscription": (mark("会员、订阅"), mark("剩下的时间退多少")),
    "game_item": (mark("游戏道具"), mark("没用过的能不能退")),
}


@dataclass(frozen=True)
class Promise:
    heading: str
    rows: tuple[PromiseRow, ...]


def blank(*, order_no: str) -> LookupPage:
    """Nothing typed in one of the fields."""
    if not order_no:
        return LookupPage(order_error=say("请填订单号。"))
    return LookupPage(order_no=order_no, error=say("请填查询密码。"))


def wrong(*, order_no: str, detail: str) -> LookupPage:
    """Number and password don't fit; what was typed stays, a password never."""
    return LookupPage(
        heading=say("没有查到这一单"),
        intro=say("请核对下面两处，您填的订单号还在。"),
        order_no=order_no,
        error=spoken(detail),
        button=say("再查一次"),
    )


def locked(*, order_no: str, seconds: int, now: datetime) -> LookupPage:
    """Too many tries: when to come back, and what to do meanwhile."""
    # Rounded up to the minute: the time shown must never be too early.
    until = (now + timedelta(seconds=seconds + 59)).replace(second=0, microsecond=0)
    clock = figures.moment(until, now=now)
    error = say("请在{time} 以后再查。您填的订单号还在，等的时候可以先找好查询密码。", time=clock)
    return LookupPage(
        heading=say("先歇一会儿再查"),
        intro=say("为了保护您的订单，试错几次后要等等。"),
        order_no=order_no,
        error=error,
        button=say("{time} 以后再查", time=clock),
        waits=True,
    )


def kinds(sold: Collection[str]) -> tuple[PromiseRow, ...]:
    """One line for each kind of goods on sale."""
    return tuple(
        PromiseRow(spoken(what), spoken(found)) for kind, (what, found) in _KINDS.items() if kind in sold
    )


def promise(policy: Policy) -> Promise:
    """The three lines under the look-up, read from the policy that new orders are sold under."""
    v = vocabulary()
    return Promise(
        say("{span}内掉了，这样赔", span=v.span(policy.window_seconds)),
        (
            PromiseRow(
                capfirst(v.range_of(policy, "A")), capfirst(v.promise_of(policy, "A", long_term=False))
            ),
            PromiseRow(
                capfirst(v.range_of(policy, "B")), capfirst(v.promise_of(policy, "B", long_term=False))
            ),
            PromiseRow(capfirst(v.range_of(policy, "C")), say("全额退款，另送优质赞")),
        ),
    )
