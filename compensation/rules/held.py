"""Why a remedy waits for a person: what happened, what to do first, and which ends ops may choose."""

from __future__ import annotations

from typing import NamedTuple

from common.phrases import mark

SEND_AGAIN, DONE_BY_HAND, GIVE_UP = "send_again", "done_by_hand", "give_up"
ASK = "ask"
# Of a refund that failed: it can't be moved any more, what follows is a remedy of its own, or nothing.
PAY_AGAIN, PAY_BY_HAND, LEAVE = "pay_again", "pay_by_hand", "leave"

LABELS = {
    ASK: mark("问一次对方"),
    SEND_AGAIN: mark("再发一次"),
    DONE_BY_HAND: mark("已由人办好"),
    GIVE_UP: mark("不再办"),
    PAY_AGAIN: mark("再退一次"),
    PAY_BY_HAND: mark("改由人退"),
    LEAVE: mark("不再退"),
}
# What each does, said beside its button.
MEANINGS = {
    ASK: mark("只问，不发。对方说办完了，就照它说的入账。"),
    SEND_AGAIN: mark("用原来的键：先问对方，对方确实没有才再发。"),
    DONE_BY_HAND: mark("事情已经在系统外办完：记账、记入已退或已到，售后单往下走。"),
    GIVE_UP: mark("确实没有办，以后也不办：撤回预留，额度还给这一单。"),
    PAY_AGAIN: mark("另记一笔同样金额的退款，马上发给对方。"),
    PAY_BY_HAND: mark("另记一笔同样金额的退款，等人在系统外退好再记。"),
    LEAVE: mark("这一笔到此为止，对不上的账一并结案。"),
}
_ALL = (SEND_AGAIN, DONE_BY_HAND, GIVE_UP)
_BY_HAND = (DONE_BY_HAND, GIVE_UP)


class Advice(NamedTuple):
    """What happened, what to do first, and what is offered."""

    what: str
    first: str
    offers: tuple[str, ...]


# The kernel's reasons (integrations.rules.lifecycle.Held): there is an intent, and its provider is asked first.
SENT: dict[str, Advice] = {
    "provider_absent": Advice(
        mark("办这件事的一方没有接上，请求停在我们这里。"),
        mark("看设置里这一方的地址和密钥（SUPPLIER_URL、SHOP_REFUND_URL）写了没有。接上以后点「再发一次」。"),
        _ALL,
    ),
    "unauthorised": Advice(
        mark("对方几次都不认我们的签名，没有说办没办。"),
        mark("核对双方的密钥和两边机器的时钟（差 5 分钟就不认）。改好以后点「再发一次」。"),
        _ALL,
    ),
    "declined": Advice(
        mark("对方没有接受这个请求（4xx），没有说办没办。"),
        mark("看下面「对方最后说的」和请求里的目标、数量或金额，问对方为什么不收。原因消除后点「再发一次」。"),
        _ALL,
    ),
    "faults": Advice(
        mark("连着 90 秒以上没有得到答复，可能已经办了，也可能没有。"),
        mark("先点「问一次对方」。问不到，就到对方后台按键找这一笔：找到了不要再办，等它答复后自动入账。"),
        _ALL,
    ),
    "no_second_send": Advice(
        mark("发出过一次，没有听到结果；这一方不能放心重发，系统不会再发。"),
        mark("到对方后台按订单号找。已经办了，点「已由人办好」，填对方单号；确实没有，由人补办，再点「已由人办好」。"),
        _BY_HAND,
    ),
    "gone": Advice(
        mark("对方受理过，现在却说没有这一笔。"),
        mark("把下面的对方单号发给对方，请它说清办没办。对方确认没有办过，才点「再发一次」。"),
        _ALL,
    ),
    "conflict": Advice(
        mark("对方说这个键已经用在另一件事上，内容和我们的不一样。"),
        mark("到对方后台按键找那一笔，与下面的请求逐项比：金额、数量、目标。只差一部分的，由人补上差额，再点「已由人办好」。"),
        _BY_HAND,
    ),
    "mismatch": Advice(
        mark("对方说的和我们要的不一样，系统没有照它入账。"),
        mark("看「对方最后说的」差在哪里，到对方后台核对这一笔。对方改正后点「再发一次」；对方办错了，由人补齐再点「已由人办好」。"),
        _ALL,
    ),
    "restored": Advice(
        mark("数据库退回过，忘了这一单的另一笔补偿；这一笔当时还没发出，先停下了。"),
        mark("到「对不上的账」里找这一单，与对方后台核对忘掉的那一笔，结案以后再点「再发一次」。"),
        _ALL,
    ),
}  # fmt: skip
# Held by ourselves: nothing went out, there is no intent.
UNSENT: dict[str, Advice] = {
    "manual_gateway": Advice(
        mark("付款渠道没有接上，退款要由人在渠道后台办。"),
        mark("在付款渠道的后台按付款单号找到这笔收款，退下面的金额，把退款单号抄回来，点「已由人办好」。"),
        _BY_HAND,
    ),
    "revocation": Advice(
        mark("商品还能用：授权没有收回，不能先退钱。"),
        mark("先核对买家用了多少，收回授权或卡密，再在商店后台退下面的金额，把退款单号抄回来，点「已由人办好」。"),
        _BY_HAND,
    ),
    "usage_unknown": Advice(
        mark("商店没有报来用了多少，这个数是按没有用过算的，不能直接退。"),
        mark("问清买家用了多少。确实只用了这些，收回授权，在商店后台退下面的金额，把退款单号抄回来，点「已由人办好」；用得多，请商店推来用量，点「不再办」，买家再申请就照用量算。"),
        _BY_HAND,
    ),
    "licence_unknown": Advice(
        mark("退款之前要先收回授权，授权服务没有说收回了没有。"),
        mark(
            "到授权服务的后台按订单号查这几份授权，看设置里 LICENCE_URL、LICENCE_SECRET 对不对。"
            "好了点「再发一次」：先问它，没有收回才再收，都收回了退款自己发出。"
        ),
        _ALL,
    ),
    "licence_refused": Advice(
        mark("授权服务不肯收回这一单的授权，不能先退钱。"),
        mark("问授权服务为什么不收。可以收了点「再发一次」，都收回了退款自己发出；只能在别处收回的，收回、退好以后点「已由人办好」。"),
        _ALL,
    ),
    "licence_used": Advice(
        mark("授权服务说有一份已经用掉，收不回来。"),
        mark("核对买家用了没有。真用了，到售后单里改判，只退没用的，或者点「不再办」；没有用过，请授权服务改正，再点「再发一次」。"),
        _ALL,
    ),
    "no_adapter": Advice(
        mark("这种补偿没有接上自动办理的一方。"),
        mark("照下面的种类和数量由人办给买家，把发货或兑换的凭据抄回来，点「已由人办好」。"),
        _BY_HAND,
    ),
    "stock_gone": Advice(
        mark("库存里的卡密不够换：决定的时候还够，轮到这一笔已经给了别人。"),
        mark("请商店补进库存，补好点「再发一次」，当场就换。补不到，到售后单里改判退款；在别处另给了一张，点「已由人办好」。"),
        _ALL,
    ),
    "stock_stale": Advice(
        mark("数据库退回过，库存里可能有已经给过买家的卡密，这一笔先不换。"),
        mark("等「暂停发送」结束，请商店把退回以来换出去的卡密核对一遍，没有给过别人的再点「再发一次」。"),
        _ALL,
    ),
    "rest_again": Advice(
        mark("已经补了两次，还差一些没有到。"),
        mark("看目标是不是改了隐私、删了或者换了地址，问供货方为什么补不满。能补就点「再发一次」，换一家补好了点「已由人办好」。"),
        _ALL,
    ),
    "forgotten": Advice(
        mark("数据库退回过，对方给这一单办过一笔我们不记得的，这一笔先不发，免得重复。"),
        mark("到「对不上的账」里找这一单，与对方后台核对忘掉的那一笔，结案。还该给的点「再发一次」，已经给过的点「不再办」。"),
        _ALL,
    ),
    "refund_again": Advice(
        mark("上一笔退款对方没有办成，这一笔改由人退。"),
        mark("先看对方为什么没有办成。在商店或付款渠道的后台退下面的金额，把退款单号抄回来，点「已由人办好」。"),
        _ALL,
    ),
}  # fmt: skip
HELD: dict[str, Advice] = SENT | UNSENT
FAILED = Advice(
    mark("对方没有办成这笔退款，钱没有出去，额度已经还给这一单。"),
    mark("看「对方最后说的」，问商店后台为什么。原因消除了点「再退一次」；那边退不了，点「改由人退」。"),
    (PAY_AGAIN, PAY_BY_HAND, LEAVE),
)


def advice(*, state: str, kind: str, held_reason: str) -> Advice | None:
    """What to do with a remedy in that state; None where nobody has to do anything here."""
    if state == "held":
        return HELD[held_reason]
    return FAILED if (state, kind) == ("failed", "refund") else None


def needs_second(*, cash_fen: int, refunded_fen: int, auto_limit_fen: int) -> bool:
    """Whether two people have to say so, counted as the review counts it: with what was refunded before. §8"""
    return bool(cash_fen) and refunded_fen + cash_fen > auto_limit_fen
