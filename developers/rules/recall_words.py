"""What is said of a recall: to the buyer of a line, to the public, and to whoever asks for it or agrees to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from common.clock import shanghai
from common.phrases import Phrase, joined, mark, phrase
from developers.rules.netting import IN_REVIEW, NOTHING_DUE, SKIPS
from developers.rules.recall_life import LABELS, State
from developers.rules.recalls import BASES, CAUSES, PARTIES, REFUND, REPLACEMENT, TOP_UP, Rule

Pairs = list[tuple[Phrase, str]]


class _Said(NamedTuple):
    """The words of one remedy. What a payer confirmed went back; when a bank shows it, nobody tells us."""

    heading: str
    how: str  # what stands before `offered`
    due: str
    here: str  # over what one line is given
    begun: str
    coming: str
    all_begun: str
    all_came: str
    since: str
    arrived: str


_SAID = {
    REFUND: _Said(
        mark("哪些订单，怎么退"),
        mark("怎么退"), mark("要退款的"), mark("这次退"), mark("已开始退款"), mark("还没退回"),
        mark("都已开始退款"), mark("钱都已退回"), mark("{at} 已全部开始退款。退回没有，看您的订单页。"),
        mark("钱都已退回原付款账户，一般 1 至 3 个工作日到账。"),
    ),
    TOP_UP: _Said(
        mark("哪些订单，怎么补"),
        mark("怎么补"), mark("要补发的"), mark("这次补"), mark("已开始补发"), mark("还没补到"),
        mark("都已开始补发"), mark("都已补到"), mark("{at} 已全部开始补发。补到没有，看您的订单页。"),
        mark("都已补到原来的地方。"),
    ),
    REPLACEMENT: _Said(
        mark("哪些订单，怎么换"),
        mark("怎么换"), mark("要换新的"), mark("这次换"), mark("已开始换新"), mark("还没换好"),
        mark("都已开始换新"), mark("都已换好"), mark("{at} 已全部开始换新。换好没有，看您的订单页。"),
        mark("都已换好，在订单页里看。"),
    ),
}  # fmt: skip
HAS_REST = mark("还有几单没办完")


def said(remedy: str) -> _Said:
    return _SAID[remedy]


def ended(remedy: str, progress: Mapping[str, Any], *, coming: int, undone: int) -> str:
    """What a recall is called that was gone through: that all came is said only where it is known."""
    if still_to_do(progress["skipped"]):
        return HAS_REST
    if coming:
        return said(remedy).all_begun
    return said(remedy).all_came if progress["given"] and not undone else LABELS[State.DONE]


def why(cause: str, text: str) -> str:
    """The words of whoever asked for it, else the cause."""
    return text or phrase("这件商品有一批要召回：{cause}。", cause=phrase(CAUSES[cause].name))


def told(*, title: str, remedy: str, fen: int, units: int) -> Phrase:
    """What it is about, what comes of it, and that there is nothing to do."""
    return phrase(
        "您买的「{title}」在召回，{gives}，不用您做什么。点开看进展。",
        title=title, gives=gives(remedy=remedy, fen=fen, units=units),
    )  # fmt: skip


def gives(*, remedy: str, fen: int, units: int) -> Phrase:
    """What one line is given."""
    if remedy == REFUND:
        return phrase("退您 {yuan}", yuan=yuan(fen))
    if remedy == TOP_UP:
        return phrase("补 {n} 个", n=units)
    return phrase("换新 {n} 份", n=units)


def offered(remedy: str, quantity: int | None) -> Phrase:
    """What every line is given, before anything is taken off."""
    if quantity is None:
        whole = {REFUND: phrase("没退过的全部退"), TOP_UP: phrase("按买的数量全部补发")}
        return whole.get(remedy, phrase("按买的数量全部换新"))
    if remedy == REFUND:
        return phrase("每单退 {n} 份的钱", n=quantity)
    return phrase("每单补 {n} 个", n=quantity) if remedy == TOP_UP else phrase("每单换新 {n} 份", n=quantity)


def to_do(remedy: str) -> Phrase:
    """What the buyer has to do: nothing; and where it arrives."""
    if remedy == REFUND:
        return phrase("不用申请。钱退回原来付款的账户，进展在您的订单页里。")
    if remedy == TOP_UP:
        return phrase("不用申请。补到原来的地方，进展在您的订单页里。")
    return phrase("不用申请。换好的在您的订单页里看。")


def which(rule: Rule, *, supplier: str) -> Phrase:
    """2026-11-20 08:00 至 09:00 付款的，供货商 南方，批次 B7. `supplier`: what the rule's is called.

    The day is said twice only where it is another one; no line breaks inside a day or between it and its hour.
    """
    start, end = (moment(at).replace(" ", "\u00a0").replace("-", "-\u2060") for at in (rule.start, rule.end))
    if shanghai(rule.start).date() == shanghai(rule.end).date():
        end = f"{shanghai(rule.end):%H:%M}"
    parts = [phrase("{start} 至 {end} {basis}的", start=start, end=end, basis=phrase(BASES[rule.by]))]
    if rule.supplier:
        parts += [phrase("，供货商 {supplier}", supplier=supplier)]
    if rule.batch:
        parts += [phrase("，批次 {batch}", batch=rule.batch)]
    if rule.version:
        parts += [phrase("，版本 {version}", version=rule.version)]
    return joined(parts)


def shown_pairs(figures: Mapping[str, Any], *, remedy: str, party: str) -> Pairs:
    """The figures of a dry run."""
    total = yuan(figures["fen"]) if remedy == REFUND else phrase("{n} 个", n=figures["units"])
    pairs: Pairs = [
        (phrase("选中"), phrase("{n} 单", n=figures["lines"])),
        (phrase(said(remedy).due), phrase("{n} 单，{m} 位买家", n=figures["gets"], m=figures["buyers"])),
        (phrase("合计"), total),
        (phrase("谁来承担"), phrase(PARTIES[party])),
    ]
    if figures["short"]:
        pairs.append((phrase("额度不够给全"), phrase("{n} 单", n=figures["short"])))
    return pairs + skipped_pairs(figures["nothing"])


def skipped_pairs(counted: Mapping[str, int]) -> Pairs:
    return [(phrase(SKIPS[reason]), phrase("{n} 单", n=n)) for reason, n in counted.items()]


def progress_pairs(
    progress: Mapping[str, Any], *, remedy: str, coming: int = 0, by_a_person: int = 0
) -> Pairs:
    """How far it has come; nothing of any one line. `coming`: lines that were given what has not come yet."""
    total = yuan(progress["fen"]) if remedy == REFUND else phrase("{n} 个", n=progress["units"])
    pairs: Pairs = [
        (phrase(said(remedy).begun), phrase("{n} 单", n=progress["given"])),
        (phrase("合计"), total),
    ]
    rest = (
        (said(remedy).coming, coming), (mark("其中等专人办的"), by_a_person),
        (mark("还在排队"), progress["waiting"]),
    )  # fmt: skip
    pairs += [(phrase(label), phrase("{n} 单", n=n)) for label, n in rest if n]
    return pairs + _left_out(progress["skipped"])


def _left_out(skipped: Mapping[str, int]) -> Pairs:
    """Why lines were passed over: nothing is due, a claim for the same is looked at first, or it did not work out."""
    nothing = sum(n for reason, n in skipped.items() if reason in NOTHING_DUE)
    review = skipped.get(IN_REVIEW, 0)
    failed = still_to_do(skipped) - review
    counted = (
        (mark("没有要给的"), nothing), (mark("先等申请的"), review), (mark("没办成的"), failed)
    )  # fmt: skip
    return [(phrase(label), phrase("{n} 单", n=n)) for label, n in counted if n]


def still_to_do(skipped: Mapping[str, int]) -> int:
    """Lines that were passed over and may be given something yet."""
    return sum(n for reason, n in skipped.items() if reason not in NOTHING_DUE)


def moment(at: datetime) -> str:
    return f"{shanghai(at):%Y-%m-%d %H:%M}"


def yuan(fen: int) -> str:
    return f"¥{fen // 100}.{fen % 100:02d}"
