"""What accounts and the reasons of transfers are called, where people read them."""

from __future__ import annotations

from common.phrases import mark, phrase

REASONS = {
    "hold": mark("预留"), "post": mark("入账"), "void": mark("撤回"), "bear": mark("改由责任方承担"),
    "claim": mark("保障基金赔付"), "fund": mark("注入基金"), "share": mark("开发者分成"),
    "paid_out": mark("付给开发者"), "earned": mark("订单得的积分"),
}  # fmt: skip
_ACCOUNTS = {
    "dispute_fund": mark("争议基金"),
    "guarantee_fund": mark("开发者保障基金"),
    "sales": mark("销售收入"),
    "developer_paid": mark("已付给开发者"),
    "points_issued": mark("发出的积分"),
    "points": mark("买家的积分"),
    "platform_expense": mark("平台费用"),
    "supplier_payable": mark("供货商应付"),
    "developer_payable": mark("开发者应付"),
    "owed": mark("该给的{what}"),
    "reserved": mark("预留的{what}"),
    "delivered": mark("已到的{what}"),
    "paid": mark("已退，经{what}"),
}
_PARTS = {
    "refund": mark("退款"), "top_up": mark("补量"), "gift": mark("赠送"), "interaction_pack": mark("互动包"),
    "replacement": mark("换货"), "points": mark("积分"), "goodwill": mark("心意"),
    "wallet": mark("余额"), "alipay": mark("支付宝"), "wechat_pay": mark("微信支付"), "shop": mark("商店代退"),
    "manual": mark("人工"),
}  # fmt: skip


def account(code: str) -> str:
    """A phrase for reserved.refund, developer_payable.7; the code itself where it has no name."""
    head, _, part = code.partition(".")
    name = _ACCOUNTS.get(head)
    if name is None:
        return code
    if "{what}" in name:
        return phrase(name, what=phrase(_PARTS[part])) if part in _PARTS else code
    return phrase("{name}（{part}）", name=phrase(name), part=part) if part else phrase(name)
