"""What ops read of states, turns and limits: short, from where they sit."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from common import figures
from common.language import say, spoken
from common.phrases import mark
from tickets.rules.queue import OURS

STATES = {
    "open": mark("刚提交"),
    "waiting_ops": mark("等我们处理"),
    "waiting_buyer": mark("等买家补充"),
    "waiting_developer": mark("等开发者答复"),
    "fulfilling": mark("正在办"),
    "confirming": mark("等买家确认"),
    "refused": mark("未予补偿，买家可申诉"),
    "appealed": mark("买家申诉"),
    "arbitrating": mark("评审中"),
    "resolved": mark("已办结"),
    "closed": mark("已关闭"),
    "withdrawn": mark("买家撤销"),
}
TURNS = {
    "system": mark("系统"),
    "ops": mark("我们"),
    "buyer": mark("买家"),
    "developer": mark("开发者"),
    "panel": mark("仲裁员"),
    "nobody": "—",
}
# Why a case is major: whose lines fell together.
TOGETHER = {
    "product": mark("这种商品很多单一起掉"), "supplier": mark("这家供货商的货很多单一起掉"),
}  # fmt: skip
SEVERITIES = {"normal": mark("普通"), "urgent": mark("紧急"), "major": mark("重大")}
REMEDIES = {
    "refund": mark("退款"),
    "top_up": mark("补量"),
    "gift": mark("赠送"),
    "interaction_pack": mark("互动包"),
    "replacement": mark("换新"),
    "points": mark("积分"),
    "goodwill": mark("额外补偿"),
}
REMEDY_STATES = {
    "awaiting_approval": mark("等批准"),
    "pending": mark("待发出"),
    "sending": mark("正在发"),
    "processing": mark("对方在办"),
    "unknown": mark("结果不明，在核实"),
    "held": mark("停下，等人"),
    "settled": mark("办完"),
    "failed": mark("没办成"),
    "voided": mark("已作废"),
}


def state(value: str) -> str:
    return spoken(STATES.get(value, value))


def turn(value: str) -> str:
    return spoken(TURNS.get(value, value))


def masked(name: str) -> str:
    """林**: enough to tell two buyers apart, not to know one."""
    return f"{name[:1]}**" if name else "—"


def buyer(row: Any) -> str:
    """Nobody is named in full in a list that may hang on a wall."""
    return masked(row.name or row.external_id)


def left(limit: datetime | None, *, now: datetime) -> str:
    """还剩 1 小时 20 分, 已超 3 分钟; "" where nothing runs."""
    if limit is None:
        return ""
    if limit < now:
        return say("已超 {span}", span=span(now - limit))
    return say("还剩 {span}", span=span(limit - now))


def span(length: timedelta) -> str:
    """The two largest parts: 2 天 3 小时, 1 小时 20 分, 7 分钟."""
    minutes = int(length.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return say("{d} 天 {h} 小时", d=days, h=hours) if hours else say("{d} 天", d=days)
    if hours:
        return say("{h} 小时 {m} 分", h=hours, m=rest) if rest else say("{h} 小时", h=hours)
    return say("{m} 分钟", m=max(1, minutes))


def given(remedy: Any) -> str:
    """退款 ¥50.00, 补量 180 个: of a row or of a decision's own entry."""
    what = spoken(REMEDIES.get(_of(remedy, "kind"), _of(remedy, "kind")))
    if (fen := _of(remedy, "amount_fen")) is not None:
        return f"{what} {figures.yuan(fen)}"
    counted = mark("{what} {n} 份") if _of(remedy, "kind") == "replacement" else mark("{what} {n} 个")
    return say(counted, what=what, n=f"{_of(remedy, 'quantity'):,}")


def all_given(remedies: Iterable[Any]) -> str:
    """退款 ¥50.00，赠送 1,000 个: cash first, as a person weighs it."""
    return say("，").join(
        given(one) for one in sorted(remedies, key=lambda one: _of(one, "amount_fen") is None)
    )


PRESSED = {
    "refund": mark("退 {n}"),
    "top_up": mark("补 {n} 个"),
    "gift": mark("送 {n} 个"),
    "interaction_pack": mark("送 {n} 次互动"),
    "replacement": mark("换 {n} 份"),
}


def to_give(remedies: Iterable[Any]) -> str:
    """退 ¥37.50，补 150 个: what a button says that it gives."""
    said = []
    for one in sorted(remedies, key=lambda one: _of(one, "amount_fen") is None):
        fen, verb = _of(one, "amount_fen"), PRESSED.get(_of(one, "kind"))
        figure = figures.yuan(fen) if fen is not None else f"{_of(one, 'quantity'):,}"
        said.append(say(verb, n=figure) if verb else given(one))
    return say("，").join(said)


def _of(remedy: Any, name: str) -> Any:
    return remedy.get(name) if isinstance(remedy, dict) else getattr(remedy, name)


def is_ours(value: str) -> bool:
    return value in OURS
