"""The conversation and what happened, one line each, with the names that only ops read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common import figures
from common.language import say, spoken
from common.phrases import mark
from tickets.models import Event
from tickets.web.desk import words
from tickets.web.event_words import missed_words, told_words

ACTORS = {
    "system": mark("系统"),
    "buyer": mark("买家"),
    "ops": mark("运营"),
    "supplier": mark("对方"),
    "developer": mark("开发者"),
}
DONE = {
    "opened": mark("提交了申请"),
    "decided": mark("照规则算出结果"),
    "message": mark("说"),
    "remedy": mark("补偿有进展"),
    "units": mark("陆续到账"),
    "confirm": mark("确认收到"),
    "withdraw": mark("撤销了申请"),
    "appeal": mark("提出申诉"),
    "fulfilled": mark("全部办好"),
    "not_yet": mark("说还没有解决"),
    "hand_over": mark("转给专人"),
    "resume": mark("接着办"),
    "escalate": mark("到时没有答复，已上报"),
    "lapse": mark("到时自动往下走"),
    "assigned": mark("转交"),
    "assign": mark("转交"),
    "approve": mark("批准"),
    "approved": mark("批准"),
    "override": mark("改判"),
    "recalled": mark("照召回办"),
    "overridden": mark("改判"),
    "refuse": mark("不予补偿"),
    "request_proof": mark("请补充凭证"),
    "establish": mark("认定了事实，重新决定"),
    "set_responsibility": mark("定了责任方"),
    "contest": mark("对责任提了异议"),
    "answer": mark("答复"),
    "nudge": mark("催了一下"),
    "attachment": mark("补充了凭证"),
    "rating": mark("评价"),
    "details": mark("写明了"),
    "wait": mark("选了再等一个送达时限"),
    "took_refund": mark("选了退没送到的"),
    "graded": mark("定为重大"),
    "guided": mark("给了教程"),
    "guide_solved": mark("说教程解决了"),
    "guide_unsolved": mark("说照教程还是不行"),
}


@dataclass(frozen=True)
class Line:
    when: str
    machine: str
    who: str
    what: str
    text: str
    side: str  # buyer | ops | note | flow


def line(event: Event, *, now: datetime) -> Line:
    who = event.name if event.actor == "ops" and event.name else spoken(ACTORS.get(event.actor, event.actor))
    note = event.internal and event.kind == "message"
    spoke = event.kind in ("message", "opened", "appeal", "answer") and event.text
    return Line(
        when=figures.moment(event.at, now=now),
        machine=figures.machine_moment(event.at),
        who=who,
        what=say("内部备注") if note else _done(event),
        text=event.text or event.data.get("title", "") or _detail(event.data),
        side="note"
        if event.internal
        else event.actor
        if spoke and event.actor in ("buyer", "ops")
        else "flow",
    )


def _done(event: Event) -> str:
    if event.kind == "count_missed":
        return missed_words(event.data)
    return spoken(DONE.get(event.kind, mark("有新进展")))


def _detail(data: dict[str, Any]) -> str:
    """What is known of a step without words: which remedy stands how."""
    if "remedy" in data and "state" in data:
        what = spoken(words.REMEDIES.get(data["remedy"], data["remedy"]))
        parts = [what, spoken(words.REMEDY_STATES.get(data["state"], data["state"]))]
        if data.get("amount_fen") is not None:
            parts.insert(1, figures.yuan(data["amount_fen"]))
        elif data.get("delivered"):
            parts.append(say("{n} 个", n=data["delivered"]))
        return " ".join(parts)
    if "incident" in data:
        return spoken(words.TOGETHER[data["of"]])
    if "looks_fake" in data or "claim" in data:
        return told_words(data)
    if "from" in data and "to" in data and data["from"] != data["to"]:
        return f"{words.state(data['from'])} → {words.state(data['to'])}"
    return ""
