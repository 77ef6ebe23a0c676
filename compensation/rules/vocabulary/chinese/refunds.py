"""The sums of refunds in Chinese, and what is said of goods that don't do what was promised."""

from __future__ import annotations

from compensation.rules.policy import Policy
from compensation.rules.vocabulary.chinese.figures import Figures


class Refunds(Figures):
    delivered_uncountable = "要退没送到的，先得数清送到了多少，而现在数不出个数。"
    amount_not_settled = "这一单还在送，没送到多少还没有定数，所以现在退不了。"
    ask_to_stop = "请联系商家停下；停下以后，或过了送达时限还没送完，再来申请一次，就按没送到的数量退款。"
    trial_fits = "都符合，不问理由，全部退。"
    nothing_left = "没有可退的数量，所以这次没有退款。"
    time_gone = "过去的时长，停服的不算"
    time_left = "剩下的时长"
    time_worth = "剩下的时长值多少，四舍五入到分"
    since_start = "从付款或首次送达起，已经过了"
    trial_was_taken = "这种商品您已经按体验期退过一次"
    defects_differ = (
        "商品本身有毛病的不受这个限制：请在「还有别的问题」里选「用不了」或「和说明不一样」。"
        "您不同意也可以申诉，由专人复核。"
    )
    asked_for = "您这次要退"
    units_worth = "这些值多少，四舍五入到分"
    less_refunded = "减去之前退过的，这次退您"

    how_to_use = "核实下来是用法上的问题。请照教程再试一次；还是不行就点「仍然不行」，由专人接着处理。"
    verified_too_late = "问题已核实，但过了质保，系统不能直接算。您的申请没有被拒绝。"
    replacement_chosen = "问题已核实，您选了换新。"
    whole_is_faulty = "问题已核实，全部退，用过的也退。"
    part_is_faulty = "问题已核实，有问题的全部退，用过的也退。"
    to_verify = "已收到您的说明和凭证，核实后按规则换新或退款。"
    no_proof_yet = "还没有凭证。没有凭证不等于没有问题，您的申请没有被拒绝。"

    def within_trial(self, p: Policy) -> str:
        return f"体验期是 {self.span(p.trial_seconds)}，现在过了"

    def within_cooling_off(self, p: Policy) -> str:
        return f"冷静期是 {self.span(p.cooling_off_seconds)}，现在过了"

    def within_pro_rata(self, seconds: int) -> str:
        return f"按用量退款的时限是 {self.span(seconds)}，现在过了"

    def trial_units(self, p: Policy) -> str:
        return f"要求{self.trial_use(p)}，您用掉"

    def trial_time(self, p: Policy) -> str:
        limit = p.trial_used_seconds
        return "您用过的时长" if limit is None else f"您用过的时长，用过不超过 {self.span(limit)}"

    def refundable(self, p: Policy) -> str:
        left = "没送到的" if p.kind == "metered" else "没用过的"
        return f"还能退的：{left}，减去退过的"

    def outside_all(self, p: Policy) -> str:
        """Every time limit that the refund has missed."""
        conditions = []
        if "refund.cooling_off" in p.clauses:
            conditions.append(f"冷静期是 {self.span(p.cooling_off_seconds)}，退没用过的")
        if "refund.trial" in p.clauses:
            trial = f"体验期是 {self.span(p.trial_seconds)}内、{self.trial_use(p)}，每人每种商品一次"
            conditions.append(trial)
        if p.pro_rata_seconds is not None:
            conditions.append(f"按用量退款在 {self.span(p.pro_rata_seconds)}内")
        return f"{'；'.join(conditions)}。这一单不在其内，所以不能退款。"

    def all_worth(self, refunded_units: int) -> str:
        return f"连同之前退的 {refunded_units} 个，一共值多少，四舍五入到分"

    def replaced_from(self, stock: int) -> str:
        return f"库存有 {stock} 个，够换，换给您"

    def stock_too_small(self, stock: int) -> str:
        return f"问题已核实。您选了换新，但库存只有 {stock} 个，不够换，所以退款。"
