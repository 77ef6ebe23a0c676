"""What happened to a ticket, one line each, in the buyer's words."""

from collections.abc import Iterable
from typing import Any

from common import figures
from common.language import say, spoken
from common.phrases import mark
from tickets.web.ticket_sheet import EventSheet

_SAID = {
    "confirm": (mark("您确认收到"), ""),
    "wait": (mark("您选了再等一个送达时限"), mark("到时再看，没送齐由专人接手")),
    "took_refund": (mark("您选了退没送到的"), mark("退款另有一张售后单")),
    "withdraw": (mark("您撤销了申请"), mark("还没发出的不再发，已经到的归您")),
    "appeal": (mark("您提出了申诉"), ""),
    "fulfilled": (mark("全部办好，等您看一眼"), ""),
    "not_yet": (mark("转给专人"), mark("您说还没有解决，专人 30 分钟内答复")),
    "hand_over": (mark("转给专人处理"), mark("遇到状况，由专人接着办")),
    "resume": (mark("专人看过，接着办"), ""),
    "escalate": (mark("专人到时没有办完，已往上催"), mark("最迟到什么时候，写在最上面")),
    "lapse": (mark("到时自动办结"), ""),
    "request_proof": (mark("专人请您补充"), ""),
    "answer": (mark("转回专人"), mark("看过就答复您")),
    "approve": (mark("专人看过，照这样办"), ""),
    "override": (mark("专人改定了结果"), ""),
    "recalled": (mark("召回批准了，给您办"), ""),
    "refuse": (mark("专人答复：这次不能办"), ""),
    "establish": (mark("专人核实了情况"), ""),
}
_GUIDED = {
    "guided": mark("专人给了教程"),
    "guide_solved": mark("您说照教程解决了"),
    "guide_unsolved": mark("您说照教程还是不行"),
}
_SPOKE = {
    "buyer": mark("您补充了说明"),
    "ops": mark("专人答复"),
    "developer": mark("商家答复"),
}
_OPENED = {
    "buyer": mark("您提交了申请"),
    "ops": mark("专人替您提交了申请"),
    "system": mark("系统替您提交了申请"),
    "recall": mark("商品召回，替您开了这张单"),
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


def told_words(data: dict[str, Any]) -> str:
    """What the buyer said beside the words: of fakes how many and whose, or which claim is untrue."""
    if "looks_fake" in data:
        count = say("大约 {n} 个像假号", n=data["looks_fake"])
        accounts = data.get("accounts")
        return say("{count}：{accounts}", count=count, accounts=accounts) if accounts else count
    claim = data.get("claim")
    if not claim:
        return say("不符的地方说明里没有列")
    return say("不符的是「{name}：{said}」", name=claim["name"], said=claim["said"])


def missed_words(data: dict[str, Any]) -> str:
    """Which fresh count was asked for and not had; old events do not say which."""
    return say("没能问到现在的互动数") if _of_interactions(data) else say("没能问到现在的个数")


def _of_interactions(data: dict[str, Any]) -> bool:
    return data.get("of") == "interactions"


def event_sheets(events: Iterable[Any], *, has_tutorial: bool = True) -> tuple[EventSheet, ...]:
    """One line each; files handed in together are one. Without a tutorial a question was only taken."""
    together: list[list[Any]] = []
    for event in events:
        last = together[-1][0] if together else None
        same = last and (last.kind, last.at, last.actor) == ("attachment", event.at, event.actor)
        if same and event.kind == "attachment":
            together[-1].append(event)
        else:
            together.append([event])
    return tuple(
        _handed_in(group)
        if group[0].kind == "attachment"
        else event_sheet(group[0], has_tutorial=has_tutorial)
        for group in together
    )


def _handed_in(files: list[Any]) -> EventSheet:
    who = mark("您补充了 {n} 个凭证") if files[0].actor == "buyer" else mark("专人补充了 {n} 个凭证")
    return EventSheet(files[0].at, say(who, n=len(files)))


def event_sheet(event: Any, *, has_tutorial: bool = True) -> EventSheet:
    """`event` is a row of the history."""
    kind, data = event.kind, event.data
    if kind == "opened":
        said = _OPENED.get("recall" if data.get("recall") else event.actor, _OPENED["ops"])
        return EventSheet(event.at, spoken(said), note=_short(event.text))
    if kind == "decided":
        asks = data.get("clause") == "guidance" and not has_tutorial
        return EventSheet(event.at, say("收到了您的问题")) if asks else _decided(event)
    if kind == "message":
        return EventSheet(event.at, spoken(_SPOKE.get(event.actor, _SPOKE["ops"])), note=event.text)
    if kind == "nudged":
        asked = data.get("turn") == "system"
        note = say("系统马上去问了对方") if asked else say("专人 30 分钟内答复")
        return EventSheet(event.at, say("您催了一下"), note=note)
    if kind in _GUIDED:
        said = mark("系统给了教程") if (kind, event.actor) == ("guided", "system") else _GUIDED[kind]
        return EventSheet(event.at, spoken(said), note=data["title"])
    if kind == "rated":
        return EventSheet(event.at, say("您给了 {n} 颗星", n=data["stars"]), note=event.text)
    if kind == "count_missed":
        return EventSheet(event.at, missed_words(data), note=_stands(data))
    if kind == "details":
        return EventSheet(event.at, told_words(data))
    if kind in ("remedy", "units"):
        return _remedy(event, data, kind)
    text, note = _SAID.get(kind, (mark("有新进展"), ""))
    if kind == "lapse":
        text, note = _LAPSED.get(data.get("from", ""), (text, note))
    text = _rather(event, data) or text
    return EventSheet(event.at, spoken(text), note=event.text or spoken(note))


def _stands(data: dict[str, Any]) -> str:
    """Which count stands where a fresh one was not had."""
    minutes = data.get("minutes")
    if minutes is None and _of_interactions(data):  # the units may have been, and nothing may be worked out
        return say("还没有数到过互动")
    if minutes is None:
        return say("还没有数到过，数到了再算")
    if minutes < 120:
        return say("照 {n} 分钟前数到的算", n=minutes)
    return say("照 {n} 小时前数到的算", n=minutes // 60)


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
    note = say("照规则算出，接下来由专人办") if by_person else say("照规则直接算出，没有人工环节")
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
        done = {"settled": say("已退回原付款账户"), "processing": say("退款已受理")}.get(state)
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
