"""The steps of claims that are answered rather than computed."""

from __future__ import annotations

from compensation.rules.facts import Facts
from compensation.rules.policy import Policy
from compensation.rules.steps import Step, say


def question(f: Facts, p: Policy) -> list[Step]:
    return [say("先给您对应的教程和说明；没有解决就在下面接着说，由专人答复。")]


def message(f: Facts, p: Policy) -> list[Step]:
    return [say("已收到您说的，内容原样转给专人。")]


def closed(f: Facts, p: Policy) -> list[Step]:
    if f.refunded_fen < f.paid_fen and f.refunded_units < f.ordered:
        # What closed the line was decided and has not come through: saying that it was paid would be untrue.
        return [
            say("这一单已经决定全额退款，退款还没有办成，专人正在办，所以这里不再另退或另补。"),
            say("您不同意可以申诉，由专人复核。"),
        ]
    return [
        say("这一单的钱或数量已经全部退过，已结清，所以不能再退或再补。"),
        say("想知道是哪一次结清的，请看这一单的补单记录。您不同意可以申诉，由专人复核。"),
    ]


def delay_running(f: Facts, p: Policy) -> list[Step]:
    if f.delivered >= f.ordered:
        return [_arrived(f), say("已经全部送到了。要是您那边看到的不一样，请在下面说说，由专人看。")]
    return [_arrived(f), say("还没到送达时限，正在送。过了时限还没送完，您可以选接着等，或退没送到的。")]


def delay_choice(f: Facts, p: Policy) -> list[Step]:
    return [
        _arrived(f),
        say("已经过了送达时限。请您选：再等一个送达时限，或退没送到的。您选之前，两样都为您留着。"),
    ]


def _arrived(f: Facts) -> Step:
    inputs = {"delivered": f.delivered, "ordered": f.ordered}
    return Step("已经送到", f"{f.delivered} / {f.ordered}", inputs, f"{f.delivered} 个")
