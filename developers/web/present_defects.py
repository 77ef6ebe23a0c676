"""Defects on a page: the list of them, and one with all that was said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from common import figures
from common.clock import shanghai
from common.language import say, spoken
from common.phrases import mark, unpacked
from developers.models import Defect, DefectFix, DefectMember, DefectWord
from developers.queries import Cost
from developers.queries import defects as queries
from developers.queries.defects import A_PAGE, Listed
from developers.rules import masking
from developers.rules.defect_life import LABELS, SIDES, UNANSWERED, WITH_FIX, State
from developers.rules.defect_words import UNKNOWN_VERSION, named
from developers.web import present_recall, words
from developers.web.recall_fields import Field, opened_at_the_first_wrong
from tickets.queries import reason_names

SAID = {
    "answer": mark("答复"), "announce": mark("宣布修复"), "fixed": mark("说修好了"), "close": mark("关闭"),
    "reopen": mark("重新打开"), "back": mark("修好的版本上又有人遇到，重新打开"), "move": mark("移动售后单"),
    "split": mark("拆分"), "merge": mark("合并"), "rename": mark("改名"), "owed": mark("开始等开发者答复"),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    no: str
    title: str
    goods: str
    version: str
    state: str
    tone: str
    real: int
    checking: int
    this: int
    change: str
    cost: str
    due: str
    late: bool


@dataclass(frozen=True)
class Case:
    """An example: enough of it to tell two apart, and why it is here."""

    no: str
    order: str
    buyer: str
    text: str
    when: str
    machine: str
    version: str
    cost: str
    why: str
    checking: bool
    major: bool


@dataclass(frozen=True)
class Said:
    action: str
    who: str
    when: str
    text: str
    more: str


@dataclass(frozen=True)
class Told:
    """How far the telling of a fix has come."""

    version: str
    day: str
    found: str
    advice: str
    come: str
    over: bool


@dataclass(frozen=True)
class DefectPage:
    line: Line
    number: int  # the version number that forms carry
    reason: str
    period: str
    before: int
    dates: str
    examples: tuple[Case, ...]
    said: tuple[Said, ...]
    fix: Told | None
    buyers: int
    recalls: tuple[tuple[str, str], ...]
    recall_query: str
    others: tuple[tuple[str, str], ...]
    merged_into: str


def name_of(defect: Defect) -> str:
    reason = str(reason_names()[defect.reason])
    return named(title=defect.title, symptoms=defect.symptoms, reason=reason)


def version_of(defect: Defect) -> str:
    return defect.goods_version or spoken(UNKNOWN_VERSION)


def line(row: Listed, *, now: datetime) -> Line:
    one = row.defect
    return Line(
        no=one.no, title=name_of(one), goods=one.product.title, version=version_of(one),
        state=spoken(LABELS[State(one.state)]), tone=_tone(one), real=one.real, checking=one.checking, this=row.this,
        change=words.change(row.this, row.before), cost=words.cost(_cost(one)) or "—",
        due=figures.moment(row.due_at, now=now) if row.due_at else "",
        late=row.due_at is not None and row.due_at < now,
    )  # fmt: skip


def page(defect: Defect, *, now: datetime) -> DefectPage:
    listed = queries.listed_alone(defect, now=now)
    fix = queries.fix_of(defect=defect)
    found = queries.members_of(defect=defect, what=queries.REAL, now=now, most=queries.EXAMPLES)
    recalls = queries.recalls_of_defect(defect=defect)
    first, last = (f"{shanghai(at):%m-%d}" if at else "" for at in (defect.first_at, defect.last_at))
    return DefectPage(
        line=line(listed, now=now), number=defect.version, reason=str(reason_names()[defect.reason]),
        period=say("本月"), before=listed.before,
        dates=first if first == last else say("{first} 至 {last}", first=first, last=last),
        examples=tuple(case(row, now=now) for row in found[: queries.EXAMPLES]),
        said=tuple(_said(word, now) for word in reversed(queries.words_of(defect=defect))),
        fix=_told(fix, defect, now) if fix else None, buyers=queries.buyers_of(defect=defect),
        recalls=tuple((one.no, one.state) for one in present_recall.lines(recalls, now=now)),
        recall_query=_recall_query(defect, now),
        others=tuple((one.no, _choice(one)) for one in queries.others(defect=defect)),
        merged_into=defect.merged_into.no if defect.merged_into else "",
    )  # fmt: skip


def case(row: DefectMember, *, now: datetime) -> Case:
    ticket = row.ticket
    return Case(
        no=ticket.no, order=masking.order_no(ticket.order.order_no), buyer=masking.name(ticket.order.buyer.name),
        text=masking.words(ticket.text), when=figures.moment(row.opened_at, now=now),
        machine=figures.machine_moment(row.opened_at), version=row.goods_version,
        cost=words.cost(Cost(row.fen, row.units, row.gifts)), why=spoken(unpacked(row.why)) if row.why else "",
        checking=row.standing == queries.CHECKING, major=row.major,
    )  # fmt: skip


def older(rows: list[DefectMember], kept: Mapping[str, str]) -> str:
    """The rest of an address, where there is more than a page."""
    if len(rows) <= A_PAGE:
        return ""
    last = rows[A_PAGE - 1]
    return urlencode({**kept, "at": last.opened_at.isoformat(), "id": last.pk})


def heading(what: str) -> str:
    return {
        queries.REAL: say("属实的每一件"), queries.CHECKING: say("核实中的每一件"),
        queries.COST: say("花了钱物的每一件"),
        queries.THIS: say("本月属实的每一件"), queries.BEFORE: say("上月同期属实的每一件"),
    }[what]  # fmt: skip


def _cost(defect: Defect) -> Cost:
    return Cost(defect.fen, defect.units, defect.gifts)


def _tone(defect: Defect) -> str:
    if defect.state in UNANSWERED:
        return "must"
    return "half" if defect.state in ("answered", "fix_announced") else "ok"


def _choice(defect: Defect) -> str:
    return say(
        "{title}（{version}，{n} 件）", title=name_of(defect), version=version_of(defect), n=defect.real
    )


def _said(word: DefectWord, now: datetime) -> Said:
    """Developers learn no names of ops: a side has said it."""
    return Said(
        spoken(SAID[word.action]),
        spoken(SIDES[word.side]),
        figures.moment(word.at, now=now),
        word.text,
        _more(word),
    )


def _more(word: DefectWord) -> str:
    data = word.data
    if word.action == "announce":
        return say(
            "{version} 版，{day}。{advice}", version=data["version"], day=data["on"], advice=data["advice"]
        )
    if word.action in ("move", "split", "merge"):
        number, other = len(data.get("tickets", ())), data.get("to") or data.get("from")
        if word.action == "merge":
            return say("并到 {no}", no=other) if "to" in data else say("{no} 并进来", no=other)
        return (
            say("{n} 张到 {no}", n=number, no=other)
            if "to" in data
            else say("{n} 张从 {no} 来", n=number, no=other)
        )
    return ""


def _told(fix: DefectFix, defect: Defect, now: datetime) -> Told:
    if fix.done_at:
        come = say("已经告诉了 {n} 位买家。", n=fix.told)
    elif defect.state in WITH_FIX:
        come = say("正在告诉买家，已经告诉了 {n} 位；夜里不打扰，早上 8 点接着。", n=fix.told)
    else:
        come = say("没有再告诉别的买家：修好的版本上又有人遇到，或已关闭。已经告诉了 {n} 位。", n=fix.told)
    return Told(fix.goods_version, str(fix.fixed_on), fix.found, fix.advice, come, bool(fix.done_at))


def _recall_query(defect: Defect, now: datetime) -> str:
    """The form of recalls with what is known of the defect filled in."""
    start = shanghai(defect.first_at or now)
    given = {
        "sku": defect.product.sku, "version": defect.goods_version, "cause": "defect", "defect": defect.no,
        "text": name_of(defect), "from": f"{start:%Y-%m-01T00:00}", "to": f"{shanghai(now):%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    return urlencode({name: value for name, value in given.items() if value})


def fields_of_answer(given: Mapping[str, str], errors: Mapping[str, str]) -> list[Field]:
    rows = (
        (
            "text",
            mark("查到了什么"),
            "lines",
            mark("照实说：是什么、影响哪些人。每一位买家在自己的售后单上都读得到。"),
        ),
        ("fix_version", mark("在哪一版修好"), "text", mark("像 1.3；要比出过问题的都新。")),
        ("fixed_on", mark("哪一天发布"), "day", mark("可以是将来的一天。")),
        ("advice", mark("买家现在可以怎么做"), "lines", mark("像：在订单页点「换新」，换成新版的激活码。")),
    )
    return opened_at_the_first_wrong(
        Field(name, spoken(label), given.get(name, ""), errors.get(name, ""), (), sort, spoken(help_))
        for name, label, sort, help_ in rows
    )
