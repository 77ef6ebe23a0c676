"""What happened to a ticket, one line each, in the buyer's words."""

from typing import Any

from common import figures
from tickets.web.present_ticket import EventSheet

_SAID = {
    "confirm": ("您确认收到", ""),
    "withdraw": ("您撤销了申请", "还没发出的不再发，已经到的归您"),
    "appeal": ("您提出了异议", ""),
    "fulfilled": ("全部办好，等您看一眼", ""),
    "not_yet": ("转给专人", "您说还没有解决，专人 30 分钟内答复"),
    "hand_over": ("转给专人处理", "系统办不下去的，由专人接手"),
    "resume": ("专人看过，接着办", ""),
    "escalate": ("到时没有答复，已上报催办", "换了新的时限，写在上面"),
    "lapse": ("到时自动办结", ""),
}
_REMEDY = {
    "processing": "对方已接单",
    "settled": "已经到齐",
    "failed": "对方没有办成",
    "held": "由专人接手",
    "voided": "已取消",
}
_THING = {
    "refund": "退款",
    "top_up": "补发",
    "gift": "赠送",
    "interaction_pack": "互动",
    "replacement": "换新",
    "points": "积分",
    "goodwill": "补偿",
}
_DECIDED = {
    "guide": "系统受理并给出办法",
    "refuse": "系统照规则答复",
    "review": "系统受理，转给专人",
    "nothing": "系统数过，没有要补的",
}


def event_sheet(event: Any) -> EventSheet:
    """`event` is a row of the history."""
    kind, data = event.kind, event.data
    if kind == "opened":
        said = "您提交了申请" if event.actor == "buyer" else "专人替您提交了申请"
        return EventSheet(event.at, said, note=_short(event.text))
    if kind == "decided":
        return _decided(event)
    if kind == "message":
        said = "您补充了说明" if event.actor == "buyer" else "专人答复"
        return EventSheet(event.at, said, note=event.text)
    if kind in ("remedy", "units"):
        return _remedy(event, data, kind)
    text, note = _SAID.get(kind, ("有新进展", ""))
    return EventSheet(event.at, text, note=event.text or note)


def _decided(event: Any) -> EventSheet:
    by_person = event.data.get("state") == "waiting_ops"
    note = "算出的结果要专人看过才办" if by_person else "照规则直接算出，没有人工环节"
    if event.data.get("outcome") == "review":  # nothing was computed
        note = "专人看过就答复您"
    return EventSheet(event.at, _DECIDED.get(event.data.get("outcome", ""), "系统受理并决定"), note=note)


def _remedy(event: Any, data: dict[str, Any], kind: str) -> EventSheet:
    thing, state = _THING.get(data["remedy"], "补发"), data["state"]
    if kind == "units" or (state == "processing" and data["delivered"]):
        return EventSheet(event.at, f"{thing}陆续到账", figure=str(data["delivered"]))
    if data["amount_fen"] is not None:
        done = {"settled": "退款已付，原路退回", "processing": "退款已受理"}.get(state)
        return EventSheet(
            event.at, done or f"退款：{_REMEDY.get(state, '在办')}", figure=figures.yuan(data["amount_fen"])
        )
    if state == "settled":
        return EventSheet(event.at, f"{thing}到账", figure=str(data["delivered"] or data["quantity"]))
    return EventSheet(event.at, f"{thing}：{_REMEDY.get(state, '在办')}")


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
