"""What a remedy may be, the states it may be in, and which of them are the end of it."""

from common.phrases import mark

KINDS = {
    "refund": mark("退款"),
    "top_up": mark("补量"),
    "gift": mark("赠送"),
    "interaction_pack": mark("互动包"),
    "replacement": mark("换货"),
    "points": mark("积分"),
    "goodwill": mark("心意"),
}
STATES = {
    "awaiting_approval": mark("等人批准"),
    "pending": mark("待办理"),
    "sending": mark("办理中"),
    "processing": mark("对方处理中"),
    "unknown": mark("结果待查"),
    "held": mark("等人处理"),
    "settled": mark("已完成"),
    "failed": mark("没有办成"),
    "voided": mark("已作废"),
}
ENDED = ("settled", "failed", "voided")
GONE = ("failed", "voided")  # ended with nothing
