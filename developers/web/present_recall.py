"""From a recall to the pages that show it: to the public, and to whoever asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common import figures
from common.language import say, spoken, tongue_of
from common.phrases import mark
from compensation.queries import Coming
from developers import queries
from developers.models import Recall
from developers.queries import Example
from developers.rules import recall_words as words
from developers.rules.likeness import clipped
from developers.rules.netting import SKIPS
from developers.rules.recall_life import State
from developers.rules.recalls import CAUSES, REFUND

LONGEST_NOTE = 40  # of the words for buyers, in a list
_TONES = {State.DONE: "ok", State.STOPPED: "must", State.CHANGED: "must", State.REFUSED: "must"}


@dataclass(frozen=True)
class Pair:
    label: str
    value: str


@dataclass(frozen=True)
class RecallLine:
    """A recall as one line of a list."""

    no: str
    title: str
    note: str
    state: str


@dataclass(frozen=True)
class PublicRecall:
    no: str
    title: str
    sku: str
    state: str
    tone: str
    why: str
    lang: str
    heading: str
    rule: tuple[Pair, ...]
    to_do: str
    progress: tuple[Pair, ...]
    caption: str


@dataclass(frozen=True)
class Sheet:
    """What its requester reads: the rule, the figures, what some lines look like, and what comes next."""

    no: str
    title: str
    state: str
    tone: str
    why: str
    lang: str
    rule: tuple[Pair, ...]
    figures: tuple[Pair, ...]
    examples: tuple[dict[str, str], ...]
    nets: bool  # each line gets the rest: what it got before is shown beside
    here: str  # over what each line gets now
    progress: tuple[Pair, ...]
    next: str
    refusal: str
    refusal_lang: str
    may_submit: bool
    counting: bool


def lines(recalls: Sequence[Recall], *, now: datetime, public: bool = False) -> list[RecallLine]:
    coming = queries.comings(recalls=recalls)
    return [
        RecallLine(
            each.no, each.product.title, _note(each, now), stands(each, coming.get(each.pk, Coming()), public=public)
        )
        for each in recalls
    ]  # fmt: skip


def _note(recall: Recall, now: datetime) -> str:
    """One product may be recalled twice for the same cause: what is given, and what buyers are told, differ."""
    given = {
        "day": figures.day(recall.approved_at or recall.asked_at, now=now),
        "gives": spoken(words.offered(recall.remedy, recall.quantity)),
        "why": clipped(recall.text, LONGEST_NOTE) or spoken(CAUSES[recall.cause].name),
    }
    return say(
        mark("{day} 开始办，{gives}：{why}") if recall.approved_at else mark("{day} 试算，{gives}：{why}"),
        **given,
    )


def public_page(recall: Recall, *, now: datetime) -> PublicRecall:
    said, coming = words.why(recall.cause, recall.text), queries.coming(recall=recall)
    since = figures.moment(recall.approved_at, now=now) if recall.approved_at else ""
    return PublicRecall(
        no=recall.no, title=recall.product.title, sku=recall.product.sku,
        state=stands(recall, coming, public=True), tone=_tone(recall, coming),
        why=spoken(said), lang=tongue_of(recall.text), heading=spoken(words.said(recall.remedy).heading),
        rule=(*_rule(recall), Pair(say("开始于"), since)), to_do=spoken(words.to_do(recall.remedy)),
        progress=_progress(recall, coming), caption=_caption(recall, coming, now),
    )  # fmt: skip


def _progress(recall: Recall, coming: Coming) -> tuple[Pair, ...]:
    if not recall.progress:
        return ()
    pairs = words.progress_pairs(
        recall.progress, remedy=recall.remedy, coming=coming.lines, by_a_person=coming.by_a_person
    )  # fmt: skip
    return _pairs(pairs)


def _caption(recall: Recall, coming: Coming, now: datetime) -> str:
    if _has_rest(recall):
        return say("没办成的由专人看，原因过去了再接着办。")
    if recall.ended_at and coming.lines:
        return say(words.said(recall.remedy).since, at=figures.moment(recall.ended_at, now=now))
    if recall.ended_at and _all_came(recall, coming):
        return spoken(words.said(recall.remedy).arrived)
    if recall.ended_at:
        return say("{at} 办完。", at=figures.moment(recall.ended_at, now=now))
    if recall.progress:
        return say("每办一批更新一次。")
    if recall.state == State.STOPPED:
        return say("还没有开始给，核对好接着办。")
    return say("名单核对过了，一单单在办，办好一批这里就更新。")


def sheet(recall: Recall, *, reader: Any) -> Sheet:
    own = recall.asked_by_id == reader.pk
    may_submit = own and recall.state == State.SHOWN and recall.submitted_at is None
    shown = (
        words.shown_pairs(recall.figures, remedy=recall.remedy, party=recall.party) if recall.figures else []
    )
    refusal, coming = queries.refusal_of(recall=recall), queries.coming(recall=recall)
    return Sheet(
        no=recall.no, title=recall.product.title, state=stands(recall, coming),
        tone=_tone(recall, coming), why=spoken(words.why(recall.cause, recall.text)),
        lang=tongue_of(recall.text), rule=(Pair(say("原因"), spoken(CAUSES[recall.cause].name)), *_rule(recall)),
        figures=_pairs(shown), examples=tuple(_example(recall, each) for each in queries.examples(recall=recall)),
        nets=recall.gives_the_rest, here=spoken(words.said(recall.remedy).here),
        progress=_progress(recall, coming), next=_next(recall, coming),
        refusal=refusal, refusal_lang=tongue_of(refusal),
        may_submit=may_submit and bool(recall.figures["gets"]),
        counting=recall.state in (State.COUNTING, State.CHECKING),
    )  # fmt: skip


def _rule(recall: Recall) -> tuple[Pair, ...]:
    return (
        Pair(say("哪些订单"), spoken(words.which(recall.rule, supplier=str(recall.supplier or "")))),
        Pair(spoken(words.said(recall.remedy).how), spoken(words.offered(recall.remedy, recall.quantity))),
    )


def stands(recall: Recall, coming: Coming, *, public: bool = False) -> str:
    """To the public it is not said what we do among ourselves."""
    if public and recall.state == State.STOPPED:
        return say("暂停，核对后接着办")
    return spoken(recall.standing(coming=coming.lines, undone=coming.undone))


def _tone(recall: Recall, coming: Coming) -> str:
    return "half" if coming.lines or _has_rest(recall) else _TONES.get(State(recall.state), "half")


def _all_came(recall: Recall, coming: Coming) -> bool:
    return bool(recall.progress["given"]) and not coming.lines and not coming.undone


def _has_rest(recall: Recall) -> bool:
    """Gone through once, and some lines may be given something yet."""
    return recall.state == State.DONE and bool(words.still_to_do(recall.progress["skipped"]))


def _pairs(rows: words.Pairs) -> tuple[Pair, ...]:
    return tuple(Pair(spoken(label), spoken(value)) for label, value in rows)


def _example(recall: Recall, each: Example) -> dict[str, str]:
    if each.skip:
        gives = say("不给：{why}", why=spoken(SKIPS[each.skip]))
    elif recall.remedy == REFUND:
        gives = figures.yuan(each.fen)
    else:
        gives = say("{n} 个", n=each.units)
    paid = figures.yuan(each.paid_fen)
    before = "" if each.before_fen is None else figures.yuan(each.before_fen)
    return {"order": each.order_no, "buyer": each.buyer, "paid": paid, "before": before, "gives": gives}


def _next(recall: Recall, coming: Coming) -> str:
    """What happens next, and by whom."""
    if recall.state == State.SHOWN and recall.submitted_at is None:
        if not recall.figures["gets"]:
            return say("这样选没有一单要给什么，换个条件再试算。")
        return say("这只是试算，还没通知买家，也没动钱和货。提交以后由运营批准，批准的就是这一份。")
    if recall.state == State.SHOWN and recall.approvals_needed > 1:
        return say("已提交。钱多，要两位运营批准。批准后自动一单单办，进度在这一页看。")
    if _has_rest(recall):
        return say("办过一遍了。没办成的几单由运营看，原因过去了再接着办。")
    if recall.state == State.DONE and coming.lines:
        return say(
            "{what}，还没到的几单写在「办到哪里了」。", what=spoken(words.said(recall.remedy).all_begun)
        )
    if recall.state == State.DONE and _all_came(recall, coming):
        return spoken(words.said(recall.remedy).arrived)
    return spoken(_NEXT[State(recall.state)])


_NEXT = {
    State.COUNTING: mark("单多，正在一批批数。过一会儿刷新这一页。"),
    State.SHOWN: mark("已提交，等运营批准。批准后自动一单单办，进度在这一页看。"),
    State.CHECKING: mark("批准了，正在核对名单和试算时是不是一样。"),
    State.CHANGED: mark("试算以后又有订单落进了范围，一分没给。请按同样的条件重新试算。"),
    State.RUNNING: mark("正在一单单办，买家会收到消息。"),
    State.STOPPED: mark("运营先停下了，已经给的不收回。"),
    State.DONE: mark("办完了。"),
    State.REFUSED: mark("运营没有批准，一分没给。"),
}
