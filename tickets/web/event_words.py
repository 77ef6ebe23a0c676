"""What happened to a ticket, one line each, in the buyer's words."""

from collections.abc import Iterable
from typing import Any

from common import figures
from common.language import say, spoken
from common.phrases import mark
from tickets.web.present_ticket import EventSheet

_SAID = {
    "confirm": (mark("您确认收到"), ""),
    "withdraw": (mark("您撤销了申请"), mark("还没发出的不再发，已经到的归您")),
    "appeal": (mark("您提出了申诉"), ""),
    "fulfilled": (mark("全部办好，等您看一眼"), ""),
    "not_yet": (mark("转给专人"), mark("您说还没有解决，专人 30 分钟内答复")),
    "hand_over": (mark("转给专人处理"), mark("系统办不下去的，由专人接手")),
    "resume": (mark("专人看过，接着办"), ""),
    "escalate": (mark("到时没有答复，已上报催办"), mark("换了新的时限，写在上面")),
    "lapse": (mark("到时自动办结"), ""),
    "request_proof": (mark("专人请您补充"), ""),
    "answer": (mark("转回专人"), mark("看过就答复您")),
    "approve": (mark("专人看过，照这样办"), ""),
    "override": (mark("专人改定了结果"), ""),
    "refuse": (mark("专人答复：这次不能办"), ""),
    "establish": (mark("专人核实了情况"), ""),
}
_SPOKE = {
    "buyer": mark("您补充了说明"),
    "ops": mark("专人答复"),
    "developer": mark("商家答复"),
}
_LAPSED = {
    "waiting_buyer": (mark("到时没有补充，转给专人"), mark("按现有的情况决定")),
    "waiting_developer": (mark("商家到时没有答复，转给专人"), mark("按现有的情况决定")),
    "refused": (mark("到时没有申诉，已关闭"), ""),
}
_REMEDY = {
    "processing": mark("{thing}：对方已接单"),
    "settled": mark("{thing}：已经到齐"),
    "failed": mark("{thing}：对方没有办成"),
    "held": mark("{thing}：由专人接手"),
    "voided": mark("{thing}：已取消"),
}
_THING = {
    "refund": mark("退款"),
    "top_up": mark("补发"),
    "gift": mark("赠送"),
    "interaction_pack": mark("互动"),
    "replacement": mark("换新"),
    "points": mark("积分"),
    "goodwill": mark("补偿"),
}
_DECIDED = {
    "guide": mark("系统受理并给出办法"),
    "refuse": mark("系统照规则答复"),
    "review": mark("系统受理，转给专人"),
    "nothing": mark("系统数过，没有要补的"),
}


def event_sheets(events: Iterable[Any]) -> tuple[EventSheet, ...]:
    """One line each; files handed in together are one."""
    together: list[list[Any]] = []
    for event in events:
        last = together[-1][0] if together else None
        if event.kind == "attachment" and last and (last.kind, last.at) == ("attachment", event.at):
            together[-1].append(event)
        else:
            together.append([event])
    return tuple(
        _handed_in(group) if group[0].kind == "attachment" else event_sheet(group[0]) for group in together
    )


def _handed_in(files: list[Any]) -> EventSheet:
    return EventSheet(files[0].at, say("您补充了 {n} 个凭证", n=len(files)))


def event_sheet(event: Any) -> EventSheet:
    """`event` is a row of the history."""
    kind, data = event.kind, event.data
    if kind == "opened":
        said = say("您提交了申请") if event.actor == "buyer" else say("专人替您提交了申请")
        return EventSheet(event.at, said, note=_short(event.text))
    if kind == "decided":
        return _decided(event)
    if kind == "message":
        return EventSheet(event.at, spoken(_SPOKE.get(event.actor, _SPOKE["ops"])), note=event.text)
    if kind == "nudged":
        asked = data.get("turn") == "system"
        note = say("系统马上去问了对方") if asked else say("专人 30 分钟内答复")
        return EventSheet(event.at, say("您催了一下"), note=note)
    if kind == "rated":
        return EventSheet(event.at, say("您给了 {n} 颗星", n=data["stars"]), note=event.text)
    if kind in ("remedy", "units"):
        return _remedy(event, data, kind)
    text, note = _SAID.get(kind, (mark("有新进展"), ""))
    if kind == "lapse":
        text, note = _LAPSED.get(data.get("from", ""), (text, note))
    text = _rather(event, data) or text
    return EventSheet(event.at, spoken(text), note=event.text or spoken(note))


def _rather(event: Any, data: dict[str, Any]) -> str:
    """What the same move is called in a case of its own; "" where the usual words say it."""
    if event.kind == "request_proof" and data.get("whom") == "developer":
        return mark("专人请商家说明")
    if event.kind == "answer" and event.actor == "developer":
        return mark("商家答复了，转回专人")
    if event.kind == "approve" and data.get("answer"):
        return mark("专人答复")
    if event.kind == "override" and data.get("needs_second"):
        return mark("专人改了结果，等另一位批准")
    if event.kind == "refuse" and data.get("to") == "closed":
        return mark("专人复核后书面答复：还是不能办")
    return ""


def _decided(event: Any) -> EventSheet:
    if "from" in event.data:  # on what a person established
        return EventSheet(event.at, say("照核实的情况重新算过"))
    by_person = event.data.get("state") == "waiting_ops"
    note = say("算出的结果要专人看过才办") if by_person else say("照规则直接算出，没有人工环节")
    if event.data.get("outcome") == "review":  # nothing was computed
        note = say("专人看过就答复您")
    said = _DECIDED.get(event.data.get("outcome", ""), mark("系统受理并决定"))
    return EventSheet(event.at, spoken(said), note=note)


def _remedy(event: Any, data: dict[str, Any], kind: str) -> EventSheet:
    thing, state = spoken(_THING.get(data["remedy"], mark("补发"))), data["state"]
    if kind == "units" or (state == "processing" and data["delivered"]):
        return EventSheet(event.at, say("{thing}陆续到账", thing=thing), note=_so_far(data))
    moved = say(_REMEDY.get(state, mark("{thing}：在办")), thing=thing)
    if data["amount_fen"] is not None:
        done = {"settled": say("退款已付，原路退回"), "processing": say("退款已受理")}.get(state)
        return EventSheet(event.at, done or moved, figure=figures.yuan(data["amount_fen"]))
    if state == "settled":
        return EventSheet(event.at, say("{thing}到账", thing=thing), note=_so_far(data))
    return EventSheet(event.at, moved)


def _so_far(data: dict[str, Any]) -> str:
    """Counts of what came are running totals: they are never to be added up."""
    came = data["delivered"] or (data["quantity"] if data["state"] == "settled" else 0)
    return say("累计 {came} / {n}", came=came, n=data["quantity"])


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
