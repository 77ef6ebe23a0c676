"""The sums of a drop in Chinese: what was there, what is there, what is missing, what is given for it."""

from __future__ import annotations

from compensation.rules.policy import Policy
from compensation.rules.vocabulary.chinese.figures import Figures


class Drops(Figures):
    delivered_so_far = "现在已经送到"
    still_delivering = (
        "这一单还在送，送完才开始算掉数，所以现在没有可补的。送完后掉了多少，来这里当场就能申请。"
    )
    uncountable = "现在数不出个数：可能被隐藏或删除，也可能是计数不准。"
    data_in_doubt = "您反映数据不对。数据有疑问时不按它算，先请专人核对。"

    delivered = "送完时"
    present = "现在"
    present_and_pending = "现在，加上还没到账的补单"
    missing = "现在少了"
    with_restored = "加上之前申请时已经认定少了的"
    share = "占送完时的"
    nothing_missing = "数过了，没有少，这次没有可补的。之后要是掉了，可以再申请。"

    gift_is_over = "赠送的这一单只保送完后 24 小时内掉的，现在已经过了这个时间，这次不能补。"
    # No number of days: a product may have a warranty of its own, and the page shows its dates.
    warranty_is_over = "送完后的质保已经过了，这次不能补。"
    dates_can_be_appealed = "日期不对或您不同意，可以申诉，由专人复核。"

    slow_one_to_one = "质保内慢慢掉的，少多少补多少"
    gift_one_to_one = "赠送的这一单，24 小时内少多少补多少，补优质的"

    owed = "应补"
    owed_rounded_up = "应补，有小数就进一"
    less_granted = "减去之前补过的"
    whole_refund = "退您的钱：实付减去之前退过的"
    premium_too = "另送优质的：送完时的数量，但不超过没退过的"

    def slow_beyond(self, delivered: int) -> str:
        return f"质保内累计补的超过了送完时的 {delivered} 个，补发前请专人看一下原因"

    def tier_line(self, p: Policy, tier: str, *, long_term: bool) -> str:
        """Which tier it is and what it gives."""
        if tier == "C":
            return f"{self.range_of(p, 'C')}：全额退款，另送等量优质的"
        who = "，您是长期用户" if tier == "B" and long_term else ""
        return f"{self.range_of(p, tier)}{who}：{self.promise_of(p, tier, long_term=long_term)}"
