"""What is answered rather than computed, and why a person looks at it, in Chinese."""

from __future__ import annotations

from compensation.rules.figures import yuan
from compensation.rules.vocabulary.chinese.figures import Figures


class Answers(Figures):
    guide_first = "先给您对应的教程和说明；没有解决就在下面接着说，由专人答复。"
    passed_on = "已收到您说的，内容原样转给专人。"
    being_refunded = "这一单已经决定全额退款，退款还没有办成，专人正在办，所以这里不再另退或另补。"
    can_be_appealed = "您不同意可以申诉，由专人复核。"
    settled = "这一单的钱或数量已经全部退过，已结清，所以不能再退或再补。"
    settled_by_what = "想知道是哪一次结清的，请看这一单的补单记录。您不同意可以申诉，由专人复核。"

    arrived = "已经送到"
    all_arrived = "已经全部送到了。要是您那边看到的不一样，请在下面说说，由专人看。"
    on_its_way = "还没到送达时限，正在送。过了时限还没送完，您可以选接着等，或退没送到的。"
    late_choice = "已经过了送达时限。请您选：再等一个送达时限，或退没送到的。您选之前，两样都为您留着。"

    # `risk` and `manual` read alike: the bytes of an explanation don't depend on who reads it.
    next_step = {
        "unmeasurable": "现在数不出准数。不当作掉光，也不当作没掉，接下来由专人核对后答复您。",
        "person": "这一步由专人接手，看过后会答复您，您不用再提交一次。",
        "proof": "接下来由专人核实。您可以补充一张看得清的截图，核实得更快。",
        "supplier": "供货方说补完了，却一直没有数到。专人先向供货方核对，不影响您应得的。",
        "risk": "这一单由专人复核后再办，上面算出的结果先保留。",
        "manual": "这一单由专人复核后再办，上面算出的结果先保留。",
    }

    def amount_to_approve(self, *, approvals: int, auto_limit_fen: int) -> str:
        people = "两位同事" if approvals > 1 else "专人"
        return f"这一单累计退款超过 {yuan(auto_limit_fen)}，由{people}核对后付款，算出的金额不变"
