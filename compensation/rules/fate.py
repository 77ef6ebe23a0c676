"""The states a remedy may be in, and which of them are the end of it."""

STATES = {
    "awaiting_approval": "等人批准",
    "pending": "待办理",
    "sending": "办理中",
    "processing": "对方处理中",
    "unknown": "结果待查",
    "held": "等人处理",
    "settled": "已完成",
    "failed": "没有办成",
    "voided": "已作废",
}
ENDED = ("settled", "failed", "voided")
